"""The form in which a company registers a rejection, and the filters of its list."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from laereplads.design_system.forms import DateField, DateInput
from laereplads.people.models import Education
from laereplads.web.filters import FilterForm
from rejections.applicants import NO_CONTACT, NO_NAME, Identity, name_in, ways_in
from rejections.encryption import keyed_hash
from rejections.models import DUTY_BEGAN_ON, RejectionReason

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet
    from django.http import QueryDict

    from laereplads.people.models import Company
    from rejections.models import RejectionQuerySet

LONGEST_NAME, LONGEST_CONTACT = 200, 300
TOO_LONG = _("Skriv højst %(limit_value)d tegn. Du har skrevet %(show_value)d.")
NOT_A_DATE = _("Skriv datoen som dag, måned og år, fx 24.12.2025.")
# The browser shall remember nothing of an applicant, and send nothing of one to a spelling service.
PRIVATE = {"autocomplete": "off", "autocorrect": "off", "spellcheck": "false"}


def by_code[Coded: (Education, RejectionReason)](rows: QuerySet[Coded]) -> dict[str, Coded]:
    """Read once, for the choices and for what was chosen."""
    return {row.code: row for row in rows}


class RejectionForm(forms.Form):
    """One rejection, in the guide's order of fields."""

    education = forms.TypedChoiceField(
        label=_("Uddannelse"),
        empty_value=None,
        error_messages={"required": _("Vælg en uddannelse."), "invalid_choice": _("Vælg en af de to uddannelser.")},
    )
    applicant_name = forms.CharField(
        label=_("Navn"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={**PRIVATE, "autocapitalize": "words"}),
        error_messages={"required": NO_NAME, "max_length": TOO_LONG},
    )
    applicant_contact = forms.CharField(
        label=_("Adresse, e-mail eller mobilnummer"),
        max_length=LONGEST_CONTACT,
        help_text=_("Fx Prøvevej 1, 9999 Prøveby"),
        widget=forms.TextInput(attrs=PRIVATE),
        error_messages={"required": NO_CONTACT, "max_length": TOO_LONG},
    )
    primary_reason = forms.TypedChoiceField(
        label=_("Primær begrundelse for afslag"),
        empty_value=None,
        error_messages={
            "required": _("Vælg den begrundelse, der passer bedst."),
            "invalid_choice": _("Begrundelsen kan ikke længere vælges. Vælg en anden."),
        },
    )
    second_reason = forms.TypedChoiceField(
        label=_("Sekundær begrundelse (valgfri)"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Begrundelsen kan ikke længere vælges. Vælg en anden.")},
    )
    given_on = DateField(
        label=_("Afslag givet den"),
        help_text=_("Den dag, ansøgeren fik besked: dd.mm.åååå"),
        widget=DateInput(attrs={"autocomplete": "off"}),
        validators=[
            MinValueValidator(
                DUTY_BEGAN_ON, _("Pligten til at registrere afslag begyndte den 15. april 2021. Skriv en senere dato.")
            )
        ],
        error_messages={"required": _("Skriv den dato, hvor ansøgeren fik besked."), "invalid": NOT_A_DATE},
    )
    form_token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Siden er for gammel. Hent den igen, og udfyld den på ny."),
            "invalid": _("Siden er for gammel. Hent den igen, og udfyld den på ny."),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, just_saved: bool = False) -> None:
        """`just_saved` puts the focus where the next rejection begins."""
        today = timezone.localdate()
        initial = {"given_on": today, "form_token": uuid.uuid4()}
        super().__init__(data, initial=initial)
        self.educations = by_code(Education.objects.filter(is_sosu=True))
        self.reasons = by_code(RejectionReason.objects.valid_today())
        reasons = [(code, reason.label) for code, reason in self.reasons.items()]
        educations = [(code, education.name) for code, education in self.educations.items()]
        self.choose_among("education", [("", _("Vælg uddannelse")), *educations], self.educations)
        self.choose_among("primary_reason", [("", _("Vælg begrundelse")), *reasons], self.reasons)
        self.choose_among("second_reason", [("", _("Ingen sekundær begrundelse")), *reasons], self.reasons)
        if just_saved:
            # The focus would talk over the message, so the field says it, too.
            self.fields["education"].widget.attrs |= {"autofocus": True, "aria-describedby": "messages"}

    def choose_among(self, name: str, choices: list[Any], rows: dict[str, Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices
        field.coerce = rows.__getitem__

    @sensitive_variables()
    def clean_applicant_name(self) -> str:
        return name_in(self.cleaned_data["applicant_name"])

    @sensitive_variables()
    def clean_applicant_contact(self) -> dict[str, str]:
        return ways_in(self.cleaned_data["applicant_contact"])

    def clean_given_on(self) -> datetime.date:
        given_on: datetime.date = self.cleaned_data["given_on"]
        if given_on > timezone.localdate():
            raise ValidationError(_("Datoen ligger i fremtiden. Skriv den dato, hvor ansøgeren fik besked."))
        return given_on

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """With the applicant as one, where both fields are right."""
        name, ways = (self.cleaned_data.pop(f"applicant_{part}", None) for part in ("name", "contact"))
        if name and ways:
            self.cleaned_data["applicant"] = Identity(name, **ways)
        second = self.cleaned_data.get("second_reason")
        if second and second == self.cleaned_data.get("primary_reason"):
            self.add_error("second_reason", _("Vælg en anden sekundær begrundelse end den primære, eller vælg ingen."))
        return self.cleaned_data

    @sensitive_variables()
    def repetition(self, company: Company) -> str:
        """What the button **Gem alligevel** answers with: it holds for this form and this applicant only."""
        applicant: Identity = self.cleaned_data["applicant"]
        digests = sorted(digest.hex() for digest in applicant.fingerprints(company, self.cleaned_data["education"]))
        return keyed_hash("repetition", self.cleaned_data["form_token"], *digests).hex()

    def renew(self) -> None:
        """Make the form, as it was typed, a new one: its token has been used for something else."""
        data = cast("QueryDict", self.data).copy()
        data["form_token"] = str(uuid.uuid4())
        self.data = data


class RejectionFilterForm(FilterForm):
    """Narrows the list. What cannot be used is said beside its field, too."""

    PARAMETERS: ClassVar[dict[str, str]] = {
        "given_from": "fra",
        "given_until": "til",
        "education": "uddannelse",
        "reason": "begrundelse",
    }

    given_from = DateField(
        label=_("Givet fra og med"),
        required=False,
        help_text=_("dd.mm.åååå"),
        error_messages={"invalid": NOT_A_DATE},
    )
    given_until = DateField(
        label=_("Givet til og med"),
        required=False,
        help_text=_("dd.mm.åååå"),
        error_messages={"invalid": NOT_A_DATE},
    )
    education = forms.ChoiceField(
        label=_("Uddannelse"), required=False, error_messages={"invalid_choice": _("Vælg en af uddannelserne.")}
    )
    reason = forms.ChoiceField(
        label=_("Begrundelse"),
        required=False,
        error_messages={"invalid_choice": _("Vælg en af begrundelserne.")},
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.educations = by_code(Education.objects.filter(is_sosu=True))
        self.reasons = by_code(RejectionReason.objects.all())
        educations = [(code, education.name) for code, education in self.educations.items()]
        self.offer("education", [("", _("Begge uddannelser")), *educations])
        reasons = [(code, reason.label) for code, reason in self.reasons.items()]
        self.offer("reason", [("", _("Alle begrundelser")), *reasons])
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("given_from"), self.cleaned_data.get("given_until")
        if first and last and last < first:
            self.add_error("given_until", _("Datoen ligger før den første dato. Ret en af dem."))
        return self.cleaned_data

    def narrow(self, rejections: RejectionQuerySet) -> RejectionQuerySet:
        """The rejections that match what was chosen."""
        if given_from := self.cleaned_data.get("given_from"):
            rejections = rejections.filter(given_on__gte=given_from)
        if given_until := self.cleaned_data.get("given_until"):
            rejections = rejections.filter(given_on__lte=given_until)
        if education := self.cleaned_data.get("education"):
            rejections = rejections.filter(education=self.educations[education])
        if reason := self.cleaned_data.get("reason"):
            rejections = rejections.giving(self.reasons[reason])
        return rejections
