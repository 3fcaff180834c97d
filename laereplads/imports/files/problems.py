"""What is wrong with a file, said so that the one who made it can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from django.utils.translation import gettext as _

# A file whose every cell is wrong has one cause: the first problems say it as well as all of them.
KEPT = 1_000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `line` is None when the whole file is meant, `column` is empty when the whole row is."""

    line: int | None
    column: str
    text: str

    def __str__(self) -> str:
        line = _("Linje %(line)s") % {"line": self.line} if self.line else _("Filen")
        where = f"{line}, {self.column}" if self.column else line
        return f"{where}: {self.text}"


@dataclass
class Problems:
    """The problems found so far: the first 1,000 of them, and how many there are in all."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0
    # Every line that has one.
    lines: set[int] = field(default_factory=set)

    def add(self, line: int | None, column: str, text: str) -> None:
        self.count += 1
        if line:
            self.lines.add(line)
        if len(self.kept) < KEPT:
            self.kept.append(Problem(line, column, text))

    def shown(self) -> list[Problem]:
        return sorted(self.kept, key=lambda problem: problem.line or 0)[:SHOWN]

    @property
    def not_shown(self) -> int:
        return self.count - min(len(self.kept), SHOWN)


class FileRejected(Exception):
    """The file has problems or needs answers, so nothing in it was saved."""

    def __init__(self, problems: Problems) -> None:
        super().__init__()
        self.problems = problems

    @classmethod
    def because(cls, *texts: str, line: int | None = None) -> Self:
        problems = Problems()
        for text in texts:
            problems.add(line, "", text)
        return cls(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems.shown())


def listed(words: Iterable[str]) -> str:
    """The words as a choice between them: a, b eller c."""
    *most, last = words
    return _("%(most)s eller %(last)s") % {"most": ", ".join(most), "last": last} if most else last
