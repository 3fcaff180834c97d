"""How long is how long: calendar months by the day in Copenhagen, and shorter times by the clock."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Months:
    """Kept for the whole of the day so many months later: what ended on 31 August goes on 1 March, not before."""

    number: int

    def __str__(self) -> str:
        if self.number % 12 == 0:
            years = self.number // 12
            return ngettext("%(number)d år", "%(number)d år", years) % {"number": years}
        return ngettext("%(number)d måned", "%(number)d måneder", self.number) % {"number": self.number}

    def first_kept(self, today: datetime.date) -> datetime.date:
        """The first day of which nothing has to go today."""
        yesterday = today - datetime.timedelta(days=1)
        month = yesterday.year * 12 + yesterday.month - 1 - self.number
        last = calendar.monthrange(month // 12, month % 12 + 1)[1]
        # The months that end with yesterday are also those of the days that a shorter month does not have.
        is_whole_month = yesterday.day == calendar.monthrange(yesterday.year, yesterday.month)[1]
        day = last if is_whole_month else min(yesterday.day, last)
        return datetime.date(month // 12, month % 12 + 1, day) + datetime.timedelta(days=1)


@dataclass(frozen=True)
class Time:
    """Kept for so long, to the second."""

    length: datetime.timedelta

    def __str__(self) -> str:
        if self.length.days:
            return ngettext("%(number)d dag", "%(number)d dage", self.length.days) % {"number": self.length.days}
        hours = self.length.seconds // 3600
        return ngettext("%(number)d time", "%(number)d timer", hours) % {"number": hours}


def bounds(periods: Mapping[str, Months | Time], now: datetime.datetime) -> dict[str, Any]:
    """What a condition in SQL compares with: `%(name)s` is a day, `%(name_at)s` a moment; all before it has to go."""
    found: dict[str, Any] = {"now": now, "today": timezone.localdate(now)}
    for name, period in periods.items():
        if isinstance(period, Time):
            found[f"{name}_at"] = now - period.length
        else:
            day = period.first_kept(timezone.localdate(now))
            found[name] = day
            found[f"{name}_at"] = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    return found
