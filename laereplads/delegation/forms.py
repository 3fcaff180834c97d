"""Whom to invite and with which rights, from when somebody's access ends, and who still acts for the organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import FLAGS_OF_SCHOOLS, RIGHTS
from laereplads.database.text import holds_words
from laereplads.delegation.import_users.columns import LAYOUT
from laereplads.design_system.forms import DateField
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.files.reading import decoded
from laereplads.people.models import Education, Workplace
from laereplads.web.filters import FilterForm

if TYPE_CHECKING:
    from django.http import QueryDict

    from laereplads.access.models import Membership
    from laereplads.people.models.students import StudentQuerySet

LARGEST_FILE = 1_000_000
WORDS_OF_FLAGS = {
    "is_user_administrator": (_("Brugeradministrator"), _("Bestemmer, hvem der har adgang hos jer.")),
    "is_absence_officer": (_("Fraværsansvarlig"), _("Indlæser skolens fravær og sætter grænser for signaler.")),
    "is_support_officer": (_("Støtteansvarlig"), _("Ser og svarer på behov for støtte.")),
    "is_leader": (_("Leder"), _("Ser skolens tal for frafald.")),
}


class RightsForm(forms.Form):
    """What somebody may do beyond what everybody at the organisation may, as the giver may give it."""

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        flags = ("is_user_administrator", *(FLAGS_OF_SCHOOLS if by.school_id else ()))
        for flag in flags:
            label, hint = WORDS_OF_FLAGS[flag]
            self.fields[flag] = forms.BooleanField(label=label, help_text=hint, required=False)
        if by.company_id and not by.workplace_id:
            # Also one that has gone to another company: a choice that is missing would be taken for all workplaces.
            held = Q(p_number=self.initial.get("workplace"))
            places = Workplace.objects.filter(Q(company=by.company_id) | held).order_by("sort_key", "id")
            if places:
                self.fields["workplace"] = forms.ModelChoiceField(
                    places,
                    label=_("Arbejdssted"),
                    required=False,
                    empty_label=_("Alle arbejdssteder"),
                    to_field_name="p_number",
                    help_text=_("Vælg ét, hvis personen kun skal se lærlinge dér."),
                )

    def clean(self) -> dict[str, Any]:
        place = self.by.workplace
        if place and place.company_id != self.by.company_id:
            raise ValidationError(
                _("%(place)s er gået over til en anden virksomhed. Du kan ikke længere give adgang dér.")
                % {"place": place.name}
            )
        return super().clean() or self.cleaned_data

    @property
    def rights(self) -> dict[str, Any]:
        """Who is limited to a workplace gives rights at that one only."""
        given = {name: self.cleaned_data[name] for name in RIGHTS if name in self.cleaned_data}
        return given | ({"workplace": self.by.workplace} if self.by.workplace_id else {})


class InviteForm(RightsForm):
    people = forms.CharField(
        label=_("Navne og e-mailadresser"),
        help_text=_("Én person på hver linje, fx: Karin Vester; navn@eksempel.dk. Indsæt gerne fra et regneark."),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Eller en CSV-fil"),
        help_text=_("Med navn og e-mailadresse i hver linje."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={"empty": _("Filen er tom. Vælg en anden.")},
    )
    field_order = ("people", "file")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file and file.size > LARGEST_FILE:
            self.add_error("file", _("Filen er for stor. Del den op."))
        elif file:
            try:
                cleaned["people"] = "\n".join([cleaned.get("people", ""), decoded(file.read(), LAYOUT)]).strip()
            except FileRejected as refusal:
                self.add_error("file", [problem.text for problem in refusal.problems.shown()])
        elif not cleaned.get("people", "").strip() and not self.errors:
            self.add_error("people", _("Skriv mindst ét navn og én e-mailadresse."))
        return cleaned


class EndForm(forms.Form):
    ends_on = DateField(
        label=_("Sidste dag med adgang"),
        help_text=_("Skriv dagen som dd.mm.åååå."),
        error_messages={
            "required": _("Skriv den sidste dag."),
            "invalid": _("Skriv dagen som dd.mm.åååå."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"ends_on": timezone.localdate()}


class StudentFilterForm(FilterForm):
    """Narrows the students without access."""

    PARAMETERS: ClassVar[dict[str, str]] = {"name": "navn", "education": "uddannelse"}

    name = forms.CharField(
        label=_("Navn"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    education = forms.ChoiceField(
        label=_("Uddannelse"), required=False, error_messages={"invalid_choice": _("Vælg en af uddannelserne.")}
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        educations = Education.objects.filter(is_sosu=True).values_list("code", "name")
        self.offer("education", [("", _("Alle uddannelser")), *educations])
        self.full_clean()

    def narrow(self, students: StudentQuerySet) -> StudentQuerySet:
        if name := self.value("name"):
            students = students.filter(holds_words(name))
        if education := self.value("education"):
            students = students.filter(education__code=education)
        return students
