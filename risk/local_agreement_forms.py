"""The form in which a school or a company proposes a local agreement, and the one that ends one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.design_system.forms import DateField, DateInput
from laereplads.people.models import Education
from risk.local_agreement_words import USUALLY_PASSED_ON_TO
from risk.local_agreements import A_DAY, RULES
from risk.models import LocalAgreement
from risk.models.local_agreements import (
    GRACE_DAYS,
    SHORTEST_DAYS,
    WEEKS,
    Assessor,
    ChangeTold,
    FollowUpWithin,
    PassedOnTo,
    SchoolTold,
    StudentTold,
    Teller,
    Timing,
)

if TYPE_CHECKING:
    import datetime

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

CHOOSE_ONE = gettext_lazy("Vælg en af mulighederne.")
NOT_A_DATE = gettext_lazy("Skriv datoen som dag, måned og år, fx 24.12.2026.")
# What stands for all SOSU educations.
ALL = "alle"
TIMINGS = (
    (Timing.MIDDLE, Timing.MIDDLE.label),
    (Timing.AFTER_START, gettext_lazy("Et antal uger efter start")),
    (Timing.BEFORE_END, gettext_lazy("Et antal uger før slut")),
    (Timing.EVERY, Timing.EVERY.label),
)


def radios(label: StrOrPromise, choices: Any, *, initial: Any, help_text: StrOrPromise = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=initial,
        help_text=help_text,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )


class WholeNumber(forms.IntegerField):
    """A whole number within bounds that one message tells."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        self.least, self.most = least, most
        wrong = format_lazy(gettext_lazy("Skriv et helt tal mellem {least} og {most}."), least=least, most=most)
        attrs = {"inputmode": "numeric", "class": "input-width-xs", "autocomplete": "off"}
        super().__init__(
            **options, error_messages={"required": wrong, "invalid": wrong}, widget=forms.TextInput(attrs=attrs)
        )

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and not self.least <= value <= self.most:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class LocalAgreementForm(forms.Form):
    """All rules, the usual choice first; or those of an agreement that is to be changed."""

    education = forms.ChoiceField(
        label=gettext_lazy("Uddannelse"),
        initial=ALL,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("En aftale om en enkelt uddannelse gælder frem for en aftale om alle."),
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    valid_from = DateField(
        label=gettext_lazy("Gælder fra"),
        help_text=gettext_lazy("Siger modparten ja senere, gælder aftalen fra den dag: dd.mm.åååå"),
        widget=DateInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Skriv den dag, aftalen skal gælde fra."),
            "invalid": NOT_A_DATE,
        },
    )
    timing = radios(gettext_lazy("Hvornår vurderes eleven?"), TIMINGS, initial=Timing.MIDDLE)
    weeks = WholeNumber(
        1,
        26,
        label=gettext_lazy("Antal uger"),
        help_text=gettext_lazy("Skriv 1 til 26 efter start eller før slut, og 4 til 26 ved faste mellemrum."),
        required=False,
    )
    grace_days = WholeNumber(
        0,
        60,
        label=gettext_lazy("Hvor mange dage kan vurderingen vente?"),
        initial=GRACE_DAYS,
        help_text=gettext_lazy("0 til 60. Derefter står eleven under Dagen er passeret."),
    )
    shortest_days = WholeNumber(
        14,
        90,
        label=gettext_lazy("Hvor mange dage er en oplæringsperiode mindst for at tælle med?"),
        initial=SHORTEST_DAYS,
        help_text=gettext_lazy("14 til 90. I en kortere periode er der ikke meget at vurdere."),
    )
    assessor = radios(gettext_lazy("Hvem vurderer?"), Assessor.choices, initial=Assessor.TRAINER)
    student_told = radios(gettext_lazy("Hvordan oplyses eleven?"), StudentTold.choices, initial=StudentTold.TALK_BEFORE)
    student_told_by = radios(gettext_lazy("Hvem taler med eleven?"), Teller.choices, initial=Teller.TRAINER)
    change_told = radios(
        gettext_lazy("Hvordan oplyses eleven, når vurderingen ændres?"), ChangeTold.choices, initial=ChangeTold.SAME
    )
    school_told = radios(gettext_lazy("Hvornår oplyses skolen?"), SchoolTold.choices, initial=SchoolTold.HIGH_NOW)
    passed_on_to = forms.MultipleChoiceField(
        label=gettext_lazy("Hvem på skolen får beskeden?"),
        choices=PassedOnTo.choices,
        initial=USUALLY_PASSED_ON_TO,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOOSE_ONE, "invalid_list": CHOOSE_ONE},
    )
    follow_up_within = forms.TypedChoiceField(
        label=gettext_lazy("Hvornår følger skolen op?"),
        choices=FollowUpWithin.choices,
        initial=FollowUpWithin.FIVE,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def __init__(self, data: QueryDict | None = None, *, of: LocalAgreement | None = None) -> None:
        """`of`: the agreement or proposal that it is a change of."""
        initial: dict[str, Any] = {"valid_from": timezone.localdate()}
        if of:
            initial |= {name: getattr(of, name) for name in RULES}
            # Of what is agreed another version begins a day later at the earliest.
            begun = of.valid_from + A_DAY if of.accepted_at else of.valid_from
            initial["valid_from"] = max(timezone.localdate(), begun)
        super().__init__(data, initial=initial)
        self.educations = {each.code: each for each in Education.objects.filter(is_sosu=True)}
        if of:
            # It is about the same education, or it is no change.
            del self.fields["education"]
            self.chosen_education = of.education
        else:
            self.fields["education"].choices = [  # type: ignore[attr-defined]
                (ALL, _("Alle SOSU-uddannelser")),
                *((code, each.name) for code, each in self.educations.items()),
            ]

    def clean(self) -> dict[str, Any]:
        """The weeks that the timing asks for, and none where it asks for none."""
        super().clean()
        timing = self.cleaned_data.get("timing")
        if timing == Timing.MIDDLE:
            self.cleaned_data["weeks"] = None
        elif timing and "weeks" not in self.errors:
            least, most = WEEKS[Timing(timing)]
            weeks = self.cleaned_data.get("weeks")
            if weeks is None or not least <= weeks <= most:
                told = {"least": least, "most": most}
                self.add_error("weeks", _("Skriv et helt tal mellem %(least)d og %(most)d.") % told)
        if "education" in self.cleaned_data:
            self.chosen_education = self.educations.get(self.cleaned_data["education"])
        return self.cleaned_data

    @property
    def rules(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULES}


class EndForm(forms.Form):
    """On which day an agreement is over."""

    last_day = DateField(
        label=gettext_lazy("Sidste dag"),
        help_text=gettext_lazy("Aftalen gælder til og med denne dag: dd.mm.åååå"),
        widget=DateInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Skriv den sidste dag, aftalen gælder."), "invalid": NOT_A_DATE},
    )

    def __init__(self, data: QueryDict | None, *, first: datetime.date) -> None:
        super().__init__(data, initial={"last_day": first})
