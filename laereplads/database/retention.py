"""What apps declare in their `retention.py`: what becomes of a table's rows, and how long is how long.

`rows` is the condition of SQL under which a row is overdue; `%(name)s` in it is the first day that is still kept by the
period of that name, `%(name_at)s` the moment it begins. Conditions look at what will be left, not at what an earlier
rule has already taken: so the trial run counts exactly what the real one deletes.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A night's work is far less; more than this at once is a clock that is wrong or a date that was mistyped.
PLAUSIBLE_SHARE = 0.2
# Of so few rows half may go, and one of one.
FEW_ROWS = 20
HALF = 0.5


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


@dataclass(frozen=True)
class Keep:
    """Nothing of the table ever goes."""


@dataclass(frozen=True)
class Follow:
    """The rows belong to another table's, and whatever deletes those deletes them, too."""

    table: str


@dataclass(frozen=True)
class Overdue:
    """Something happens to rows of which the condition is true; `period` names how long they are kept, if at all.

    A condition that other apps have a part in is a function: they have all declared theirs when it is called.
    """

    period: str | None
    rows: str | Callable[[], str]

    @property
    def condition(self) -> str:
        return self.rows if isinstance(self.rows, str) else self.rows()


@dataclass(frozen=True)
class Delete(Overdue):
    """The rows are deleted."""


@dataclass(frozen=True)
class Empty(Overdue):
    """The columns of the rows get values that tell of nobody; the condition is not true of rows that have them."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Call(Overdue):
    """The rows are left to the only function that may touch the table; it gets their keys and all limits.

    It returns how many rows it took. `says` tells what it does.
    """

    function: Callable[[list[Any], Mapping[str, Any]], int]
    says: StrOrPromise
    # More than of other rules: each call of the change log's functions first looks through all of it for the unsealed.
    rows_at_a_time: int = 20_000


type Work = Delete | Empty | Call


@dataclass(frozen=True)
class Rule:
    """What becomes of one table's rows. Operators see `what`, `when` and `why`; everybody does if it `is_published`."""

    table: str
    what: StrOrPromise
    does: Keep | Follow | Work
    why: StrOrPromise
    when: StrOrPromise = ""
    # Of a rule that is about one column alone.
    field: str = ""
    is_published: bool = False
    # A run that would touch a greater share of the table stops before it has touched anything.
    limit: float = PLAUSIBLE_SHARE

    @property
    def name(self) -> str:
        return f"{self.table}.{self.field}" if self.field else self.table

    def is_implausible(self, overdue: int, rows: int) -> bool:
        share = self.limit if overdue > FEW_ROWS else max(self.limit, HALF)
        return overdue > 1 and overdue > share * rows
