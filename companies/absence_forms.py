"""What a company chooses in its lists of school periods and absence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from absence.models import MONTHS_AHEAD
from absence.queries import (
    BY_FIRST_DAY,
    BY_WORKPLACE,
    MOST_ABSENT_FIRST,
    PeriodFilter,
    PeriodList,
    at_any_time,
    lately,
    meets,
)
from absence.weeks import Week, typed_week
from laereplads.web.filters import FilterForm
from risk.models import months_after

if TYPE_CHECKING:
    from django.http import QueryDict

    from absence.models import PeriodListEntryQuerySet
    from laereplads.access.models import Membership

NO_SUCH_WEEK = _("Skriv en uge, der findes, fx 2 eller 2 2027.")


class PeriodFilterForm(FilterForm):
    """Narrows a list of periods. What cannot be used is said beside its field, too."""

    PARAMETERS: ClassVar[dict[str, str]] = {"name": "navn", "workplace": "arbejdssted"}

    name = forms.CharField(
        label=_("Fritekstsøgning"),
        required=False,
        max_length=100,
        help_text=_("Skriv en del af navnet."),
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Skriv højst 100 tegn.")},
    )
    workplace = forms.ChoiceField(
        label=_("Arbejdssted"),
        required=False,
        error_messages={"invalid_choice": _("Vælg en af mulighederne på listen.")},
    )

    def __init__(self, data: QueryDict, membership: Membership) -> None:
        super().__init__(data)
        self.membership = membership
        # Read where it matters: the form is shown, or one is chosen.
        self.offer("workplace", lambda: self.workplaces)
        self.full_clean()

    @cached_property
    def workplaces(self) -> list[tuple[str, Any]]:
        return [("", _("Alle arbejdssteder")), *self.unnarrowed.workplaces]

    @property
    def has_workplaces_to_choose(self) -> bool:
        """Not where there is one; but what was chosen wrongly is said beside the field."""
        _all, *places = self.workplaces
        return len(places) > 1 or "workplace" in self.errors

    @property
    def unnarrowed(self) -> PeriodList:
        """The list as it is when nothing is chosen."""
        raise NotImplementedError

    @property
    def periods(self) -> PeriodList:
        raise NotImplementedError

    @property
    def words(self) -> list[str]:
        """What was chosen, for paper and files: “Fritekstsøgning: anna”."""
        return [self.said(name) for name in self.active]

    def said(self, name: str) -> str:
        label, value = self.fields[name].label, self.value(name)
        if value is True:
            return str(label)
        if name == "workplace":
            value = dict(self.workplaces)[value]
        return f"{label}: {value}"


class AbsenceFilterForm(PeriodFilterForm):
    PARAMETERS: ClassVar[dict[str, str]] = {**PeriodFilterForm.PARAMETERS, "running": "igang", "absent": "fravaer"}

    running = forms.BooleanField(label=_("Kun skoleophold i gang"), required=False)
    absent = forms.BooleanField(label=_("Kun med fravær"), required=False)

    @property
    def unnarrowed(self) -> PeriodList:
        return PeriodList(self.membership, PeriodFilter(lately), MOST_ABSENT_FIRST)

    @property
    def periods(self) -> PeriodList:
        wanted = PeriodFilter(
            lately,
            words=self.value("name") or "",
            workplace=self.value("workplace") or "",
            running=bool(self.value("running")),
            absent=bool(self.value("absent")),
        )
        return PeriodList(self.membership, wanted, MOST_ABSENT_FIRST)


def coming(membership: Membership) -> PeriodListEntryQuerySet:
    """The list of Skoleophold: what runs, and what begins in the next months."""
    today = timezone.localdate()
    return at_any_time(membership).filter(meets(today, months_after(today, MONTHS_AHEAD)))


class SchoolPeriodFilterForm(PeriodFilterForm):
    PARAMETERS: ClassVar[dict[str, str]] = {"week": "uge", **PeriodFilterForm.PARAMETERS}

    week = forms.CharField(
        label=_("Uge"),
        required=False,
        max_length=20,
        help_text=_("Se, hvem der er på skole: fx 2 eller 2 2027."),
        widget=forms.TextInput(attrs={"class": "input-width-s"}),
        error_messages={"max_length": NO_SUCH_WEEK},
    )

    def clean_week(self) -> Week | None:
        typed = self.cleaned_data["week"]
        week = typed_week(typed, timezone.localdate()) if typed else None
        if typed and week is None:
            raise ValidationError(NO_SUCH_WEEK)
        return week

    def said(self, name: str) -> str:
        week: Week | None = self.value(name) if name == "week" else None
        if week is None:
            return super().said(name)
        return gettext("Uge %(number)d, %(year)d") % {"number": week.number, "year": week.year}

    @property
    def chosen_week(self) -> Week | None:
        """The week that is asked about; None for what runs and comes."""
        week: Week | None = self.value("week")
        return week

    @property
    def unnarrowed(self) -> PeriodList:
        return PeriodList(self.membership, PeriodFilter(coming), BY_FIRST_DAY)

    @property
    def periods(self) -> PeriodList:
        words, workplace = self.value("name") or "", self.value("workplace") or ""
        if self.chosen_week is None:
            return PeriodList(self.membership, PeriodFilter(coming, words, workplace), BY_FIRST_DAY)
        wanted = PeriodFilter(at_any_time, words, workplace, days=(self.chosen_week.monday, self.chosen_week.sunday))
        return PeriodList(self.membership, wanted, BY_WORKPLACE)
