"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A night's work is far less; more than this at once is a clock that is wrong or a date that was mistyped.
PLAUSIBLE_SHARE = 0.2
# So few rows are no share of anything.
FEW_ROWS = 20


@dataclass(frozen=True)
class Keep:
    """Nothing of the table ever goes."""


@dataclass(frozen=True)
class Follow:
    """The rows belong to another table's, and whatever deletes those deletes them, too."""

    table: str


@dataclass(frozen=True)
class Delete:
    """Rows of which the SQL condition `rows` is true are deleted; `period` names how long they are kept, if at all."""

    period: str | None
    rows: str


@dataclass(frozen=True)
class Empty:
    """The columns of overdue rows get values that tell of nobody; `rows` is not true of rows that have them."""

    period: str | None
    rows: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """Overdue rows are left to the only function that may touch the table; it gets their keys and all limits.

    It returns how many rows it took. `says` tells what it does.
    """

    period: str | None
    rows: str
    function: Callable[[list[Any], Mapping[str, Any]], int]
    says: StrOrPromise
    # More than of other rules: each call of the record's functions first looks through all of it for the unsealed.
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
        return overdue > FEW_ROWS and overdue > self.limit * rows
