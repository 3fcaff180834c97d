"""The absence of one student as the profile shows it: sums, weeks, weekdays, periods, and what companies were told."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from absence.charts import absence_bars, absence_group
from absence.figures import NOTHING, Sums
from absence.models import AbsenceDay, AbsenceDelivery, AbsenceNotice, DeliveryKind, PeriodListEntry
from absence.told import correction, first_notice
from absence.weeks import Week
from laereplads.database.compiled_queries import compiled_query
from laereplads.web.words import short_date
from schools.profile import STUDENT
from schools.queries import PLACEHOLDER_MEMBERSHIP, ids_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from laereplads.access.models import Membership
    from laereplads.design_system.charts import Bars, Group

A_DAY, A_WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)
WEEKDAYS = 5


@dataclass(frozen=True)
class Absence:
    """What the tab Fravær shows. Days of today count from tomorrow on."""

    # The newest first; a sum of nothing where no days were delivered.
    periods: Sequence[PeriodListEntry]
    notices: Sequence[Told]
    days: Sequence[AbsenceDay]
    # Whether the school has ever delivered days, of whomever.
    school_delivers: bool

    @property
    def total(self) -> Sums:
        """Of all delivered days, those too that are no longer kept one by one."""
        return sum((period.sums for period in self.periods), NOTHING)

    @property
    def weeks(self) -> Bars | None:
        """A bar for each week that the student was at school in, as far back as single days are kept."""
        if not self.days:
            return None
        first, yesterday = self.days[0].day, timezone.localdate() - A_DAY
        mondays = {Week.of(each.day).monday for each in self.days}
        for period in self.periods:
            begins = Week.of(max(period.starts_on, first)).monday
            mondays.update(days_between(begins, min(period.ends_on, yesterday), A_WEEK))
        groups = []
        for monday in sorted(mondays):
            week = Week.of(monday)
            in_table = _("uge %(number)d, fra %(day)s") % {"number": week.number, "day": short_date(monday)}
            days = [each for each in self.days if Week.of(each.day) == week]
            groups.append(group(_("uge %(number)d") % {"number": week.number}, days, in_table=in_table))
        return chart(
            groups,
            id="weeks",
            name=_("Søjlediagram over fraværet i hver uge"),
            caption=_("Fravær i hver uge, den ældste først"),
            heading=_("Uge"),
        )

    @property
    def weekdays(self) -> Bars | None:
        """Monday to Friday, and a day of the weekend that the student was at school on."""
        if not self.days:
            return None
        names = [_("Mandag"), _("Tirsdag"), _("Onsdag"), _("Torsdag"), _("Fredag"), _("Lørdag"), _("Søndag")]
        of_each = [[each for each in self.days if each.day.weekday() == weekday] for weekday in range(len(names))]
        groups = [
            group(name, days)
            for number, (name, days) in enumerate(zip(names, of_each, strict=True))
            if days or number < WEEKDAYS
        ]
        return chart(
            groups,
            id="weekdays",
            name=_("Søjlediagram over fraværet på hver ugedag"),
            caption=_("Fravær på hver ugedag"),
            heading=_("Ugedag"),
        )


def chart(groups: Sequence[Group], **words: str) -> Bars:
    return absence_bars(groups, beside=[_("Skoledage")], nothing=_("Ingen dage leveret"), **words)


def group(label: str, days: Sequence[AbsenceDay], *, in_table: str = "") -> Group:
    sums = sum((each.sums for each in days), NOTHING)
    return absence_group(label, sums, beside=[str(len(days))], in_table=in_table)


def days_between(first: datetime.date, last: datetime.date, step: datetime.timedelta) -> Iterable[datetime.date]:
    return itertools.takewhile(lambda day: day <= last, (first + step * number for number in itertools.count()))


@dataclass(frozen=True)
class Told:
    """A notice, and of a correction the one that it corrects."""

    notice: AbsenceNotice
    before: AbsenceNotice | None = None

    def __str__(self) -> str:
        """What was told and when: “Underrettet den 19. marts 2027. Opgjort til og med den 18. marts 2027.”."""
        return correction(self.before, self.notice) if self.before else first_notice(self.notice)


def told_in_order(notices: Iterable[AbsenceNotice]) -> list[Told]:
    """Notices with those that they correct, the newest first."""
    told: list[Told] = []
    last: dict[tuple[int, int], AbsenceNotice] = {}
    for notice in sorted(notices, key=lambda each: each.sequence):
        pair = (notice.period_id, notice.agreement_id)
        told.append(Told(notice, last.get(pair)))
        last[pair] = notice
    return sorted(told, key=lambda each: (each.notice.made_at, each.notice.pk), reverse=True)


def delivers(membership: Membership) -> bool:
    """Whether the school has ever delivered days."""
    return AbsenceDelivery.objects.visible_to(membership).exclude(kind=DeliveryKind.PERIODS).exists()


def absence_of(membership: Membership, student: int) -> Absence:
    """All that a school may see of the absence of one of its students."""
    asked = {**ids_of(membership), "student": student}
    days = days_query(timezone.localdate()).instances(**asked)
    return Absence(
        periods=periods_query(timezone.localdate()).instances(**asked),
        notices=told_in_order(notices_query(timezone.localdate()).instances(**asked)),
        days=days,
        school_delivers=bool(days) or delivers(membership),
    )


@compiled_query
def periods_query(today: datetime.date) -> QuerySet[Any, Any]:
    visible = PeriodListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP)
    return visible.whole().filter(student=STUDENT).order_by("-starts_on")


@compiled_query
def days_query(today: datetime.date) -> QuerySet[Any, Any]:
    visible = AbsenceDay.objects.visible_to(PLACEHOLDER_MEMBERSHIP)
    return visible.filter(period__student=STUDENT, day__lt=today).order_by("day")


@compiled_query
def notices_query(today: datetime.date) -> QuerySet[Any, Any]:
    visible = AbsenceNotice.objects.visible_to(PLACEHOLDER_MEMBERSHIP).filter(period__student=STUDENT)
    return visible.select_related("agreement__company", "period")
