"""What a file would do, as every preview and every command tells it: counts, changes, questions, and what is wrong."""

from __future__ import annotations

import datetime
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from laereplads.imports.files.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import Promise

    from laereplads.imports.files.changes import Line

type Answers = Mapping[str, str]
# The first day and the last of which the file has everything.
type Covers = tuple[datetime.date, datetime.date]

YES, NO, OTHER = "ja", "nej", "anden"


class Tally(NamedTuple):
    """How many of something are new, changed, as they were, and removed: None where a file removes nothing."""

    label: str | Promise
    new: int
    changed: int
    unchanged: int
    removed: int | None = None

    @property
    def removal(self) -> str:
        """“, 3 fjernede”; empty where a file removes nothing."""
        return "" if self.removed is None else _(", %(count)s fjernede") % {"count": self.removed}


@dataclass(frozen=True)
class Question:
    """What a human must say before the rows of somebody are saved; whoever says no leaves them out."""

    line: int
    kind: str
    # Who it is about, for the eye.
    number: str
    name: str
    text: str
    choices: tuple[tuple[str, Promise | str], ...]
    # What else it depends on: another question after all when that is another.
    subject: str = ""

    @property
    def id(self) -> str:
        whole = f"{self.line} {self.kind} {self.number} {self.subject}"
        return f"svar-{self.line}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


@dataclass
class FilePlan(ABC):
    """What a file would do, and what it would leave alone."""

    # Rows that are wrong are left out.
    problems: Problems = field(default_factory=Problems)
    left_out: int = 0
    # Left out because somebody said no.
    declined: int = 0
    # Not answered yet.
    questions: list[Question] = field(default_factory=list)
    # Those and the answered ones.
    asked: list[Question] = field(default_factory=list)
    # The students whose data questions and problems tell.
    named: set[int] = field(default_factory=set)

    @property
    def is_clean(self) -> bool:
        """Whether every row is right and nothing needs an answer."""
        return not (self.problems.count or self.questions)

    @property
    @abstractmethod
    def changes_nothing(self) -> bool: ...

    @abstractmethod
    def tallies(self) -> Sequence[Tally]: ...

    @abstractmethod
    def lines(self, *, with_missing: bool = False) -> Sequence[Line]:
        """Every change, the weightiest first; with what the portal has and the file lacks, where that is told.

        Pages and commands ask for their number and the first of them, before the transaction ends.
        """

    def notes(self, *, with_missing: bool = False) -> Sequence[str]:
        """What else should be known before a yes."""
        return []


class FileUnanswered(Exception):
    """Somebody must answer first, so nothing was saved."""

    def __init__(self, plan: FilePlan) -> None:
        super().__init__()
        self.plan = plan
