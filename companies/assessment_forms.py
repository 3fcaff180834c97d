"""What a company chooses in its overviews, and in the window of one student."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from laereplads.design_system.forms import DateField, LightForm
from laereplads.design_system.markup import badge
from laereplads.web.filters import FilterForm
from risk.models import BY_STUDENT, KEYS, NOT_REGISTERED, DueTab, Level, Order
from risk.queries import AgreementFilter, AgreementList, workplaces_of
from risk.template_filters import NO_LEVEL, level_badge

if TYPE_CHECKING:
    from django.http import QueryDict
    from markupsafe import Markup

    from laereplads.access.models import Membership

ONE_OF_THESE = {"invalid_choice": _("Vælg en af mulighederne på listen.")}


class OverviewFilterForm(FilterForm):
    """Narrows an overview of the company's. What cannot be used is said beside its field, too."""

    PARAMETERS: ClassVar[dict[str, str]] = {"name": "navn", "workplace": "arbejdssted"}
    # Whether its list shows only those whose students can be assessed now.
    ASSESSABLE: ClassVar[bool]

    name = forms.CharField(label=_("Lærlingens navn"), required=False, max_length=100)
    workplace = forms.ChoiceField(label=_("Arbejdssted"), required=False, error_messages=ONE_OF_THESE)

    def __init__(self, data: QueryDict, membership: Membership) -> None:
        super().__init__(data)
        self.membership = membership
        # Read where it matters: the form is shown, or one is chosen.
        self.offer("workplace", lambda: self.workplaces)
        self.full_clean()

    @cached_property
    def workplaces(self) -> list[tuple[str, Any]]:
        return [("", _("Alle arbejdssteder")), *workplaces_of(self.membership, assessable=self.ASSESSABLE)]

    @property
    def has_workplaces_to_choose(self) -> bool:
        """Not where there is one; but what was chosen wrongly is said beside the field."""
        _all, *places = self.workplaces
        return len(places) > 1 or "workplace" in self.errors

    @property
    def wanted(self) -> AgreementFilter:
        """The agreements that match what was chosen."""
        name, workplace = self.value("name"), self.value("workplace")
        return AgreementFilter(self.ASSESSABLE, words=name or "", workplace=workplace or "")

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the chosen order."""
        return BY_STUDENT

    @property
    def agreements(self) -> AgreementList:
        return AgreementList(self.membership, self.wanted, self.keys)


class AssessmentFilterForm(OverviewFilterForm):
    ASSESSABLE = True
    PARAMETERS: ClassVar[dict[str, str]] = {
        "tab": "vis",
        **OverviewFilterForm.PARAMETERS,
        "level": "niveau",
        "order": "sortering",
    }

    tab = forms.ChoiceField(
        label=_("Del af listen"),
        required=False,
        choices=DueTab,
        widget=forms.HiddenInput,
        error_messages=ONE_OF_THESE,
    )
    order = forms.ChoiceField(label=_("Sorter efter"), required=False, choices=Order, error_messages=ONE_OF_THESE)
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
    def chosen_tab(self) -> DueTab | None:
        tab = self.value("tab")
        return DueTab(tab) if tab else None

    @property
    def narrowing(self) -> list[str]:
        """The filters in force within the chosen tab."""
        return [name for name in self.active if name != "tab"]

    @property
    def unnarrowed(self) -> str:
        """The address of the chosen tab, without filters."""
        return self.query(without=self.narrowing)

    @property
    def chosen_order(self) -> Order:
        return Order(self.cleaned_data.get("order") or Order.STUDENT)

    @property
    def keys(self) -> tuple[str, ...]:
        return KEYS[self.chosen_order]

    @property
    def wanted(self) -> AgreementFilter:
        levels = tuple("" if level == NO_LEVEL else level for level in sorted(set(self.value("level") or [])))
        return replace(super().wanted, levels=levels, tab=self.chosen_tab, company=self.membership.company_id)


class AgreementFilterForm(OverviewFilterForm):
    ASSESSABLE = False
    SOON = "snart"

    PARAMETERS: ClassVar[dict[str, str]] = {**OverviewFilterForm.PARAMETERS, "ending": "slutter"}

    ending = forms.ChoiceField(
        label=_("Uddannelsesaftaler"),
        required=False,
        choices=[("", _("Alle aftaler")), (SOON, _("Slutter inden for tre måneder"))],
        error_messages=ONE_OF_THESE,
    )

    @property
    def wanted(self) -> AgreementFilter:
        return replace(super().wanted, ends_soon=self.value("ending") == self.SOON)


def levels_in_words() -> list[tuple[str, Markup]]:
    return [*((code, level_badge(code)) for code in Level.values), (NO_LEVEL, badge("none", str(_("Ikke angivet"))))]


class PauseForm(LightForm):
    """Until when a student is not to be assessed. No cause is asked for."""

    until = DateField(
        label=_("Ikke relevant nu til og med"),
        help_text=_("Højst 180 dage frem. Skriv dd.mm.åååå. I skal ikke skrive hvorfor."),
        error_messages={
            "required": _("Skriv en dag, fx 31.01.2027."),
            "invalid": _("Skriv en dag, der findes, fx 31.01.2027."),
        },
    )


class AssessmentForm(LightForm):
    """The window: one choice. `seen` is the latest assessment it was made in view of, `next` whom to go on to.

    `assessed` is whether the student had an assessment when the window was opened, as the list behind it still says.
    """

    level = forms.TypedChoiceField(
        label=_("Frafaldsrisiko"),
        choices=levels_in_words,
        widget=forms.RadioSelect,
        coerce=lambda value: None if value == NO_LEVEL else Level(value),
        error_messages={"required": _("Vælg en frafaldsrisiko."), "invalid_choice": _("Vælg en frafaldsrisiko.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    next = forms.UUIDField(widget=forms.HiddenInput, required=False)
    assessed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> int:
        """A form that does not say has seen nothing, and is shown what there is."""
        seen = self.cleaned_data["seen"]
        return int(seen) if seen.isdecimal() else 0
