"""ISO weeks, as they are said and typed: “uge 2–11”, “2 2027”."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

# “2”, “uge 2”, “2 2027”, “uge 2, 2027”, “2/2027”.
TYPED = re.compile(r"(?:uge\s*)?(\d{1,2})(?:\s*[\s,./-]\s*(\d{4}))?", re.ASCII | re.IGNORECASE)
SUNDAY = 7


@dataclass(frozen=True, order=True)
class Week:
    """A week by its ISO year and number: the week of 1 January 2027 is number 53 of 2026."""

    year: int
    number: int

    @classmethod
    def of(cls, day: datetime.date) -> Week:
        year, number, _weekday = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> datetime.date:
        """Raises ValueError where the year has no such week, or the calendar ends before its Sunday."""
        return datetime.date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> datetime.date:
        return datetime.date.fromisocalendar(self.year, self.number, SUNDAY)

    @property
    def exists(self) -> bool:
        try:
            return self.monday < self.sunday
        except (ValueError, OverflowError):
            return False

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.number} {self.year}"


def weeks_in_words(starts_on: datetime.date, ends_on: datetime.date) -> str:
    """The weeks that a span of days touches: “uge 2–11”, “uge 53”."""
    first, last = Week.of(starts_on), Week.of(ends_on)
    if first == last:
        return _("uge %(number)d") % {"number": first.number}
    return _("uge %(first)d–%(last)d") % {"first": first.number, "last": last.number}


def typed_week(text: str, today: datetime.date) -> Week | None:
    """The week that was typed; without a year the next one with this number, from the running week on.

    None where it is no week, or the year has none with this number.
    """
    match = TYPED.fullmatch(text.strip())
    if match is None:
        return None
    number, year = int(match[1]), match[2]
    now = Week.of(today)
    years = [int(year)] if year else [now.year, now.year + 1]
    weeks = [Week(year, number) for year in years]
    return next((week for week in weeks if week.exists and (year or week >= now)), None)
