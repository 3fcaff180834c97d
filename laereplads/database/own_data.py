"""What apps declare in their `own_data.py`: what a student's own file tells of a table (`OWN_TABLES`, `OWN_COUNTS`), or
why it tells nothing of one (`NOT_IN_OWN_FILE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Count, Model
    from django_stubs_ext import StrOrPromise

    from laereplads.access.models import Membership

# Columns of any table that the file leaves out.
NEVER_TOLD = {
    "id": "the database's own number of the row",
    "sort_key": "the name once more, for the order of lists",
    "search_key": "the name once more, for search",
}


@dataclass(frozen=True)
class OwnTable:
    """A table that the file tells of, in a section called `key`."""

    key: str
    model: str
    heading: StrOrPromise
    # The values of each row that the file has, by the path to them.
    labels: Mapping[str, StrOrPromise]
    # The rows about the student who acts.
    rows: Callable[[Membership], Iterable[Model]]
    # Said where there is nothing. Without it, the section is one row.
    nothing: StrOrPromise = ""
    # What the page says of values that are not there, by the path to them; of others that they are not known.
    absent: Mapping[str, StrOrPromise] = field(default_factory=dict)
    # Columns that the file leaves out, each for a reason.
    left_out: Mapping[str, str] = field(default_factory=dict)
    # Or it has a page of its own.
    is_on_the_page: bool = True


@dataclass(frozen=True)
class OwnCount:
    """A number that stands with the only row of another app's section."""

    section: str
    name: str
    label: StrOrPromise
    count: Count
