"""The chart of absence week by week."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from absence.figures import NOTHING
from absence.weeks import Week
from laereplads.design_system.charts import Bars, Group
from laereplads.web.words import long_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from absence.figures import Sums
    from absence.models import AbsenceDay

# A hundred percent, in tenths.
WHOLE = 1000


def weeks_chart(days: Sequence[AbsenceDay], chart_id: str) -> Bars:
    """Percent of the timetable, a bar for each week of these days: at least one, and in order."""
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
        groups=[week_group(monday, in_weeks.get(Week.of(monday))) for monday in mondays],
        unit="%",
        decimals=1,
        whole=WHOLE,
        nothing=_("Ingen skoledage"),
    )


def week_group(monday: datetime.date, sums: Sums | None) -> Group:
    label = _("uge %(number)d") % {"number": Week.of(monday).number}
    in_table = _("%(week)s, fra %(day)s") % {"week": label, "day": long_date(monday)}
    if sums is None:
        return Group(label, None, in_table=in_table)
    # So that both add up to the whole as it is shown elsewhere.
    absent, unlawful = sums.tenths or 0, sums.unlawful_tenths or 0
    return Group(label, [absent - unlawful, unlawful], in_table=in_table)
