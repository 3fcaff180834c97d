"""Files in which each row is one record, known by its number: rows read, compared with what there is, and saved."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.imports.files.changes import Changed, Line, Names, update
from laereplads.imports.files.columns import ABSENT
from laereplads.imports.files.plan import FilePlan, Tally
from laereplads.imports.files.reading import read

if TYPE_CHECKING:
    from django.db import models
    from django.utils.functional import Promise

    from laereplads.imports.files.problems import Problem, Problems
    from laereplads.imports.files.progress import Progress
    from laereplads.imports.files.reading import Layout, Table

CHANGED = gettext_lazy("Ændret")


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose every cell could be read: its values by attribute, without the columns that the file lacks."""

    line: int
    values: dict[str, Any]


def readable_rows(table: Table, problems: Problems, *, progress: Progress) -> list[Row]:
    """The rows of a table of one group; what cannot be read is added to `problems`."""
    (group,) = table.layout.groups
    found = []
    for line, cells in progress(_("Læser filen"), table.rows, total=table.line_count):
        written = table.written(line, cells, problems)
        if written is None:
            continue
        mistakes: list[Problem] = []
        values = read(written, group, line, mistakes)
        for mistake in mistakes:
            problems.add(mistake.line, mistake.column, mistake.text)
        if not mistakes:
            found.append(Row(line, {name: value for name, value in values.items() if value is not ABSENT}))
    return found


@dataclass
class Draft[Record: models.Model]:
    """What one row would do: a record that is new, or one with its new values set, and what they were before."""

    row: Row
    record: Record
    is_new: bool
    before: dict[str, Any]


@dataclass
class RecordPlan[Record: models.Model](FilePlan):
    """What a file of records would do; a wrong row is left out."""

    label: str | Promise = ""
    new_label: str | Promise = ""
    # The field that it is known by.
    key: str = ""
    drafts: list[Draft[Record]] = field(default_factory=list)

    @property
    def new(self) -> list[Record]:
        return [draft.record for draft in self.drafts if draft.is_new]

    @property
    def changed(self) -> list[Changed[Record]]:
        return [Changed(draft.record, draft.before) for draft in self.drafts if draft.before]

    @property
    def changes_nothing(self) -> bool:
        return not any(draft.is_new or draft.before for draft in self.drafts)

    def tallies(self) -> list[Tally]:
        new, changed = len(self.new), len(self.changed)
        return [Tally(self.label, new, changed, len(self.drafts) - new - changed)]

    def lines(self, *, with_missing: bool = False) -> list[Line]:
        changes = self.changed
        names = Names(changes)
        told = [
            Line(str(CHANGED), getattr(change.record, self.key), str(change.record), *names.told(change.record, *was))
            for change in changes
            for was in change.before.items()
        ]
        return told + [Line(str(self.new_label), getattr(record, self.key), str(record)) for record in self.new]


@dataclass
class Comparing[Record: models.Model]:
    """The rows of a file, held against what there is. `locks` keeps what is compared as it is until it is saved."""

    layout: Layout
    rows: Sequence[Row]
    problems: Problems
    locks: bool

    @property
    @abstractmethod
    def model(self) -> type[Record]: ...

    @property
    @abstractmethod
    def key(self) -> str: ...

    @abstractmethod
    def values(self, row: Row, existing: Record | None) -> dict[str, Any]:
        """The record's values by field; what is wrong with them is said by `problem`."""

    @cached_property
    def headers(self) -> dict[str, str]:
        return {column.attribute: column.header for column in self.layout.columns}

    def problem(self, row: Row, attribute: str, text: str) -> None:
        self.problems.add(row.line, self.headers[attribute], text)

    def wanted(self, attribute: str) -> set[Any]:
        return {row.values[attribute] for row in self.rows if row.values.get(attribute)}

    @cached_property
    def existing(self) -> dict[str, Record]:
        manager = self.model._default_manager  # noqa: SLF001  # of any model
        records = manager.filter(**{f"{self.key}__in": self.wanted(self.key)}).order_by("pk")
        if self.locks:
            records = records.select_for_update(no_key=True)
        return {getattr(record, self.key): record for record in records}

    def drafts(self, progress: Progress) -> list[Draft[Record]]:
        """One for each row that is right."""
        self.check_once(self.key)
        found = []
        for row in progress(_("Sammenligner"), self.rows):
            record = self.existing.get(row.values[self.key])
            values = self.values(row, record)
            if row.line in self.problems.lines:
                continue
            before = update(record, values) if record else {}
            found.append(Draft(row, record or self.model(**values), record is None, before))
        return self.of_right_rows(found)

    def of_right_rows(self, drafts: Iterable[Draft[Record]]) -> list[Draft[Record]]:
        return [draft for draft in drafts if draft.row.line not in self.problems.lines]

    def check_once(self, attribute: str) -> None:
        """A number stands once in the file; where it stands twice, nobody knows which row is right."""
        lines: dict[str, int] = {}
        for row in self.rows:
            value = row.values[attribute]
            if value in lines:
                text = _("%(value)s står også på linje %(line)s. Slet den ene af rækkerne.")
                self.problem(row, attribute, text % {"value": value, "line": lines[value]})
                self.problems.lines.add(lines[value])
            else:
                lines[value] = row.line
