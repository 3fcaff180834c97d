"""What apps declare in their `privacy.py` (`PROCESSING`): which data of whom, why, by which law and for whom.

The page **Sådan behandles dine oplysninger** and docs/dpia.md say it; how long is said by the retention of the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Person(StrEnum):
    """Whose data they are; its value is the place on the page."""

    STUDENT = "elever"
    EMPLOYEE = "medarbejdere"
    APPLICANT = "ansoegere"


@dataclass(frozen=True)
class Processing:
    """One purpose for which data of some people are processed."""

    about: tuple[Person, ...]
    what: StrOrPromise
    why: StrOrPromise
    # The legal ground, with its paragraph.
    ground: StrOrPromise
    recipients: StrOrPromise
    # Where they lie: each has a published rule of retention.
    tables: tuple[str, ...]
