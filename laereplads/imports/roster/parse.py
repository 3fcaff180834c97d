"""From the file's bytes to typed rows, each with its place in the file. Knows nothing of the database's content."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.imports.files.columns import ABSENT
from laereplads.imports.files.problems import Problem, Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.files.reading import Layout, Table, read, read_table
from laereplads.imports.roster.columns import HEADER_OF, OF_AGREEMENT, OF_STUDENT
from laereplads.people.models import EducationStatus
from laereplads.people.plausible import problems_of_agreement, problems_of_student

LAYOUT = Layout(
    gettext_lazy("Elever"),
    (OF_STUDENT, OF_AGREEMENT),
    one=gettext_lazy("en elev"),
    how_to_part=gettext_lazy("Del den op, fx i én fil for hver skole."),
)


class Values:
    """What a row says, under the names of the model's fields."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """Without columns that the file does not have: they change nothing."""
        # asdict() copies every value deeply: half the time of an import.
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}  # type: ignore[var-annotated]
        return {name: value for name, value in values.items() if value is not ABSENT}


@dataclass(frozen=True, slots=True)
class StudentRow(Values):
    """What a row says of a student."""

    student_number: str
    name: str
    birth_date: datetime.date
    email: str
    phone: str
    student_type: str
    status: str
    basic_programme: str
    relation: str
    visibility: str
    expected_completion_on: datetime.date | None
    signed_off_on: datetime.date | None
    residence_municipality: str
    has_completed_youth_education: bool | None
    education_starts_on: datetime.date | None
    main_programme_starts_on: datetime.date | None
    has_credit: bool | None
    uniid: str
    is_protected: bool
    dropped_out_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class AgreementRow(Values):
    """What a row says of an agreement."""

    number: str
    type: str
    starts_on: datetime.date
    ends_on: datetime.date
    ended_early_on: datetime.date | None
    annulled_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class References:
    """What a row refers to and must exist already; empty where the row says nothing that can be read."""

    institution_number: str
    student_number: str
    education: str
    cvr: str
    p_number: str
    agreement_education: str
    agreement_institution_number: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file. `student` and `agreement` are None where a cell could not be read; `line` counts from 1."""

    line: int
    references: References
    student: StudentRow | None
    agreement: AgreementRow | None


def parse(content: bytes, problems: Problems, *, progress: Progress = silent) -> list[Row]:
    """The rows of the file; what cannot be read is added to `problems`. Raises FileRejected as `read_table` does."""
    table = read_table(content, LAYOUT)
    rows = progress(_("Læser filen"), table.rows, total=table.line_count)
    return [parsed(line, cells, table, problems) for line, cells in rows]


def parsed(line: int, cells: list[str], table: Table, problems: Problems) -> Row:
    written = table.written(line, cells, problems)
    if written is None:
        return Row(line, References("", "", "", "", "", "", ""), None, None)
    mistakes: list[Problem] = []
    student = read(written, OF_STUDENT, line, mistakes)
    agreement: dict[str, Any] = {}
    if any(written.get(column.attribute) for column in OF_AGREEMENT.columns):
        agreement = read(written, OF_AGREEMENT, line, mistakes)
    for attribute, text in contradictions(student | agreement):
        mistakes.append(Problem(line, HEADER_OF[attribute], text))
    for mistake in mistakes:
        problems.add(mistake.line, mistake.column, mistake.text)
    if agreement.get("ended_early_on") and agreement.get("ended_early_on") == agreement.get("ends_on"):
        # On its last day an agreement is not ended early.
        agreement["ended_early_on"] = None
    found = student | agreement
    references = References(*(found.get(name) or "" for name in References.__slots__))
    if mistakes:
        return Row(line, references, None, None)
    return Row(
        line,
        references,
        StudentRow(**{name: student[name] for name in StudentRow.__slots__}),
        AgreementRow(**{name: agreement[name] for name in AgreementRow.__slots__}) if agreement else None,
    )


def contradictions(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What cannot be true together, as (attribute, what to do)."""
    known = {name: value for name, value in values.items() if value is not ABSENT}
    of_student = list(problems_of_student(known))
    yield from of_student
    # One mistake in the birth date is told once.
    born = None if any(field == "birth_date" for field, _text in of_student) else values.get("birth_date")
    yield from problems_of_agreement(known, born)
    starts, ends, ended_early = (values.get(name) for name in ("starts_on", "ends_on", "ended_early_on"))
    if starts and ends and ends <= starts:
        yield "ends_on", _("Aftalen skal slutte efter, at den er begyndt.")
    elif starts and ends and ended_early and not starts <= ended_early <= ends:
        yield "ended_early_on", _("Datoen skal ligge i aftalens periode.")
    if values.get("status") == EducationStatus.DROPPED_OUT and values.get("dropped_out_on", "?") is None:
        yield "dropped_out_on", _("Cellen er tom. Skriv dagen, hvor uddannelsen blev afbrudt.")
    if starts and values.get("education", "?") == "" and not values.get("agreement_education"):
        yield "education", _("En elev med en aftale skal have en uddannelse. Skriv den, fx ssa.")
