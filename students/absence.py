"""Fravær: a student's own absence, what the school sees of it, and what companies were told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.utils import timezone

from absence.charts import weeks_chart
from absence.figures import NOTHING, Sums, latest_days_in_words
from absence.models import AbsenceDay, AbsenceNotice, AbsenceStanding, PeriodListEntry
from absence.told import told_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from laereplads.access.models import Membership
    from laereplads.design_system.charts import Bars


class Period(NamedTuple):
    """A school period that has begun, with the days in it that are kept, in order."""

    entry: PeriodListEntry
    days: list[AbsenceDay]

    @property
    def has_archived_days(self) -> bool:
        """Whether the sums count days that are no longer kept."""
        return self.entry.school_days > len(self.days)

    @property
    def chart(self) -> Bars | None:
        """Of the days until yesterday, where these are of several weeks."""
        today = timezone.localdate()
        counted = [day for day in self.days if day.day < today]
        if not counted:
            return None
        chart = weeks_chart(counted, "weeks")
        return chart if len(chart.groups) > 1 else None


class Told(NamedTuple):
    """What one company was told of one period."""

    company: str
    period: str
    sentences: list[str]


@dataclass(frozen=True)
class Absence:
    """What a student sees of their own absence at all schools, the newest first. Today counts from tomorrow on."""

    periods: list[Period]
    told: list[Told]
    # Of the school of today, as it has the student in its lists.
    standing: AbsenceStanding | None

    @classmethod
    def visible_to(cls, membership: Membership) -> Absence:
        begun = Q(starts_on__lte=timezone.localdate()) | Q(last_day__isnull=False)
        entries = PeriodListEntry.objects.visible_to(membership).whole().filter(begun).select_related("school")
        days = AbsenceDay.objects.visible_to(membership).order_by("period_id", "day")
        days_of = {period: list(of_period) for period, of_period in groupby(days, attrgetter("period_id"))}
        notices = AbsenceNotice.objects.visible_to(membership).select_related("agreement__company", "period")
        standings = AbsenceStanding.objects.visible_to(membership)
        return cls(
            [Period(entry, days_of.get(entry.period_id, [])) for entry in entries.order_by("-starts_on", "-period_id")],
            [
                Told(pair[0].agreement.company.name, pair[0].period.name, told_in_words(pair))
                for pair in in_pairs(notices.order_by("-period__starts_on", "-period", "-agreement", "sequence"))
            ],
            standings.filter(student=membership.student_id).first(),
        )

    @cached_property
    def total(self) -> Sums:
        """Of all delivered days, those too that are no longer kept one by one."""
        return sum((period.entry.sums for period in self.periods), NOTHING)

    @property
    def is_delivered(self) -> bool:
        return any(period.entry.last_day for period in self.periods)

    @property
    def drawn(self) -> tuple[Period, Bars] | None:
        """The latest period with weeks to compare, and its chart."""
        charts = ((period, period.chart) for period in self.periods)
        return next(((period, chart) for period, chart in charts if chart), None)

    @property
    def in_several_schools(self) -> bool:
        return len({period.entry.school_id for period in self.periods}) > 1

    @property
    def seen_by_the_school(self) -> str:
        """The line of the school's overview, to the letter."""
        has_days = self.standing is not None and self.standing.counted_days > 0
        sums = self.standing.sums if self.standing else None
        return latest_days_in_words(
            sums.tenths if sums else None, sums.unlawful_tenths if sums else None, has_days=has_days
        )


def in_pairs(notices: Iterable[AbsenceNotice]) -> list[list[AbsenceNotice]]:
    """Those of one period and agreement together."""
    return [list(pair) for _key, pair in groupby(notices, attrgetter("period_id", "agreement_id"))]
