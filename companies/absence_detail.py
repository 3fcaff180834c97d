"""What the page of one student's absence says of a school period: its weeks as bars, and what was told."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from absence.figures import NOTHING, Sums, minutes_in_words
from absence.models import NoticeKind
from absence.weeks import Week
from laereplads.design_system.charts import Bars, Group
from laereplads.web.words import long_date

if TYPE_CHECKING:
    from absence.models import AbsenceDay, AbsenceNotice, PeriodListEntry
    from absence.queries import AgreementPeriod

ALL_OF_IT = 1000


@dataclass(frozen=True)
class PeriodView:
    """A period of the page."""

    period: AgreementPeriod

    @property
    def entry(self) -> PeriodListEntry:
        return self.period.entry

    @cached_property
    def chart(self) -> Bars | None:
        """Percent of the timetable, week by week, of the days until yesterday; None where there are none."""
        today = timezone.localdate()
        counted = [day for day in self.period.days if day.day < today]
        return chart_of(counted, f"weeks-{self.entry.period_public_id}") if counted else None

    @property
    def sentences(self) -> list[str]:
        """What the company was told, the oldest first. What is older than notices are kept is not said."""
        notices = self.period.notices
        first = [first_notice(notice) for notice in notices[:1] if notice.kind == NoticeKind.FINAL]
        return first + [correction(before, after) for before, after in pairwise(notices)]


def chart_of(days: list[AbsenceDay], chart_id: str) -> Bars:
    """Of days in order, at least one: a bar for each week from the first to the last."""
    in_weeks: dict[Week, Sums] = {}
    for day in days:
        week = Week.of(day.day)
        in_weeks[week] = in_weeks.get(week, NOTHING) + day.sums
    first, last = Week.of(days[0].day).monday, Week.of(days[-1].day).monday
    mondays = [first + datetime.timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return Bars(
        id=chart_id,
        name=_("Søjlediagram over fraværet uge for uge, i procent af skemaet"),
        caption=_("Fravær uge for uge"),
        heading=_("Uge"),
        series=[_("Lovligt"), _("Ulovligt")],
        groups=[week_of(monday, in_weeks.get(Week.of(monday))) for monday in mondays],
        unit="%",
        decimals=1,
        whole=ALL_OF_IT,
        nothing=_("Ingen skoledage"),
    )


def week_of(monday: datetime.date, sums: Sums | None) -> Group:
    label = _("uge %(number)d") % {"number": Week.of(monday).number}
    in_table = _("%(week)s, fra %(day)s") % {"week": label, "day": long_date(monday)}
    if sums is None:
        return Group(label, None, in_table=in_table)
    # So that both add up to the whole as it is shown elsewhere.
    absent, unlawful = sums.tenths or 0, sums.unlawful_tenths or 0
    return Group(label, [absent - unlawful, unlawful], in_table=in_table)


def first_notice(notice: AbsenceNotice) -> str:
    told = _("Underrettet den %(day)s.") % {"day": long_date(notice.made_at)}
    if notice.through is None:
        return told
    return f"{told} " + _("Opgjort til og med den %(day)s.") % {"day": long_date(notice.through)}


def correction(before: AbsenceNotice, after: AbsenceNotice) -> str:
    """In minutes of absence; where these are the same, of unlawful absence."""
    was, now = before.sums, after.sums
    words = _("Rettet den %(day)s: fraværet var %(before)s og er nu %(after)s")
    minutes = was.absent, now.absent
    if was.absent == now.absent:
        words = _("Rettet den %(day)s: det ulovlige fravær var %(before)s og er nu %(after)s")
        minutes = was.unlawful, now.unlawful
    told = map(minutes_in_words, minutes)
    sentence = words % dict(zip(("before", "after"), told, strict=True), day=long_date(after.made_at))
    # Not two where it ends with “15 min.”.
    return f"{sentence.removesuffix('.')}."
