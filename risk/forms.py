"""What a company chooses in its overviews, and in the window of one student."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from laereplads.design_system.templatetags.design_system import badge
from laereplads.filters import FilterForm
from risk.models import NOT_REGISTERED, TONES, Level, Order, OverviewQuerySet

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

NO_LEVEL = "none"
ONE_OF_THESE = {"invalid_choice": _("Vælg en af mulighederne på listen.")}


class OverviewFilterForm(FilterForm):
    """Narrows an overview of the company's. What cannot be used is said beside its field, too."""

    PARAMETERS: ClassVar[dict[str, str]] = {"name": "navn", "workplace": "arbejdssted"}

    name = forms.CharField(label=_("Lærlingens navn"), required=False, max_length=100)
    workplace = forms.ChoiceField(label=_("Arbejdssted"), required=False, error_messages=ONE_OF_THESE)

    def __init__(self, data: QueryDict, agreements: OverviewQuerySet) -> None:
        super().__init__(data)
        places = agreements.workplaces().values_list("p_number", "name")
        # Read where it matters: the form is shown, or one is chosen.
        self.offer("workplace", lambda: [("", _("Alle arbejdssteder")), *places])
        self.full_clean()

    def narrow(self, agreements: OverviewQuerySet) -> OverviewQuerySet:
        """The agreements that match what was chosen."""
        if name := self.cleaned_data.get("name"):
            agreements = agreements.of_students_named_like(name)
        if workplace := self.cleaned_data.get("workplace"):
            agreements = agreements.filter(workplace__p_number=workplace)
        return agreements


class AssessmentFilterForm(OverviewFilterForm):
    PARAMETERS: ClassVar[dict[str, str]] = {
        **OverviewFilterForm.PARAMETERS,
        "level": "niveau",
        "order": "sortering",
    }

    order = forms.ChoiceField(label=_("Sortér efter"), required=False, choices=Order, error_messages=ONE_OF_THESE)
    level = forms.MultipleChoiceField(
        label=_("Seneste vurdering"),
        required=False,
        choices=[*Level.choices, (NO_LEVEL, NOT_REGISTERED)],
        widget=forms.CheckboxSelectMultiple,
        error_messages=ONE_OF_THESE,
    )

    def clean_order(self) -> str:
        """Empty for the order that is there unasked, so that it is not taken for a choice."""
        order: str = self.cleaned_data["order"]
        return "" if order == Order.STUDENT else order

    @property
    def chosen_order(self) -> Order:
        return Order(self.cleaned_data.get("order") or Order.STUDENT)

    def narrow(self, agreements: OverviewQuerySet) -> OverviewQuerySet:
        agreements = super().narrow(agreements)
        if levels := self.cleaned_data.get("level"):
            agreements = agreements.with_levels(set(levels) - {NO_LEVEL}, or_none=NO_LEVEL in levels)
        return agreements


class AgreementFilterForm(OverviewFilterForm):
    SOON = "snart"

    PARAMETERS: ClassVar[dict[str, str]] = {**OverviewFilterForm.PARAMETERS, "ending": "slutter"}

    ending = forms.ChoiceField(
        label=_("Uddannelsesaftaler"),
        required=False,
        choices=[("", _("Alle aftaler")), (SOON, _("Slutter inden for tre måneder"))],
        error_messages=ONE_OF_THESE,
    )

    def narrow(self, agreements: OverviewQuerySet) -> OverviewQuerySet:
        agreements = super().narrow(agreements)
        return agreements.ending_soon() if self.cleaned_data.get("ending") == self.SOON else agreements


class AssessmentForm(forms.Form):
    """The window: one choice. `seen` is the latest assessment it was made in view of, `next` whom to go on to."""

    level = forms.TypedChoiceField(
        label=_("Frafaldsrisiko"),
        widget=forms.RadioSelect,
        coerce=lambda value: None if value == NO_LEVEL else Level(value),
        error_messages={"required": _("Vælg en frafaldsrisiko."), "invalid_choice": _("Vælg en frafaldsrisiko.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    next = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: MultiValueDict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            *((level.value, badge(TONES[level], str(level.label))) for level in Level),
            (NO_LEVEL, badge("none", str(_("Ikke angivet")))),
        ]

    def clean_seen(self) -> int:
        """A form that does not say has seen nothing, and is shown what there is."""
        seen = self.cleaned_data["seen"]
        return int(seen) if seen.isdecimal() else 0
