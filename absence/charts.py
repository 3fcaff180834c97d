"""Charts of absence in percent of the timetable: bars of lawful and unlawful absence, by the week or anything else."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

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


def absence_bars(groups: Sequence[Group], **words: Any) -> Bars:
    """Bars of groups that `absence_group` makes; `words` are what `Bars` is called, and more columns of its table."""
    return Bars(series=[_("Lovligt"), _("Ulovligt")], groups=groups, unit="%", decimals=1, whole=WHOLE, **words)


def absence_group(label: str, sums: Sums | None, *, beside: Sequence[str] = (), in_table: str = "") -> Group:
    """Both parts in tenths of a percent, which add up to the whole as it is shown elsewhere; None of no days."""
    values = None
    if sums and (absent := sums.tenths) is not None and (unlawful := sums.unlawful_tenths) is not None:
        values = [absent - unlawful, unlawful]
    return Group(label, values, beside=beside, in_table=in_table)


def weeks_chart(days: Sequence[AbsenceDay], chart_id: str) -> Bars:
    """A bar for each week of these days: at least one, and in order."""
    in_weeks: dict[Week, Sums] = {}
    for day in days:
        week = Week.of(day.day)
        in_weeks[week] = in_weeks.get(week, NOTHING) + day.sums
    first, last = Week.of(days[0].day).monday, Week.of(days[-1].day).monday
    mondays = [first + datetime.timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return absence_bars(
        [week_group(monday, in_weeks.get(Week.of(monday))) for monday in mondays],
        id=chart_id,
        name=_("Søjlediagram over fraværet uge for uge, i procent af skemaet"),
        caption=_("Fravær uge for uge"),
        heading=_("Uge"),
        nothing=_("Ingen skoledage"),
    )


def week_group(monday: datetime.date, sums: Sums | None) -> Group:
    label = _("uge %(number)d") % {"number": Week.of(monday).number}
    in_table = _("%(week)s, fra %(day)s") % {"week": label, "day": long_date(monday)}
    return absence_group(label, sums, in_table=in_table)
