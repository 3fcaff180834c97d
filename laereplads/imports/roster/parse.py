"""From the file's bytes to typed rows, each with its place in the file. Knows nothing of the database's content."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from laereplads.imports.roster.columns import (
    ABSENT,
    AGREEMENT_COLUMNS,
    COLUMNS,
    HEADER_OF,
    HEADERS,
    STUDENT_COLUMNS,
    Column,
    Unreadable,
)
from laereplads.imports.roster.problems import Problem, Problems, RosterRejected
from laereplads.imports.roster.progress import Progress, silent
from laereplads.people.models import EducationStatus
from laereplads.people.plausible import problems_of_agreement, problems_of_student

MEGABYTE = 1024 * 1024
MAX_MEGABYTES = 20
MAX_ROWS = 200_000
DELIMITERS = ";,\t"
# What begins files that are often taken for CSV.
SIGNATURES = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF"}
# What DOS put at the end of a text.
END_OF_FILE = b"\x1a\x00"
# Says to Excel what parts the cells.
SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>.)"?\s*', re.IGNORECASE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


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
    """The rows of the file; what cannot be read is added to `problems`.

    Raises RosterRejected when the file as a whole cannot be read: the wrong kind, size, encoding or columns.
    """
    table = lines(decoded(content))
    header_line, header = next(table)
    columns = columns_of(header, header_line)
    rows = list(table)
    if not rows:
        raise RosterRejected.because(_("Filen har kun en overskrift. Der skal være mindst én række med en elev."))
    return [parsed(line, cells, columns, problems) for line, cells in progress(_("Læser filen"), rows)]


def decoded(content: bytes) -> str:
    """The text of the file, whether it is UTF-8 (with or without a mark) or Windows-1252."""
    if len(content) > MAX_MEGABYTES * MEGABYTE:
        raise RosterRejected.because(
            _("Filen fylder mere end %(max)s MB. Del den op, fx i én fil for hver skole.") % {"max": MAX_MEGABYTES}
        )
    content = content.rstrip(END_OF_FILE + b"\r\n")
    if not content.strip(codecs.BOM_UTF8 + b" \t\r\n;,"):
        raise RosterRejected.because(_("Filen er tom."))
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise RosterRejected.because(_("Filen er en %(kind)s-fil. Gem den som CSV, og prøv igen.") % {"kind": kind})
    if content.startswith(UTF_16):
        raise RosterRejected.because(_("Filen er gemt som UTF-16. Gem den som UTF-8, og prøv igen."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("windows-1252")
        except UnicodeDecodeError as error:
            raise RosterRejected.because(
                _("Filen er hverken UTF-8 eller Windows-1252. Gem den som UTF-8, og prøv igen."),
                line=content.count(b"\n", 0, error.start) + 1,
            ) from None
    return unicodedata.normalize("NFC", text)


def lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with the line that each begins on. Which delimiter is used shows in the first."""
    first, _end, rest = text.partition("\n")
    skipped = 0
    delimiter = ""
    if said := SEPARATOR_LINE.fullmatch(first):
        text, skipped, delimiter = rest, 1, said["separator"]
    if delimiter not in DELIMITERS or not delimiter:
        delimiter = max(DELIMITERS, key=text.lstrip("\r\n ").partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1 + skipped
    found = 0
    try:
        for cells in reader:
            trimmed = [cell if cell.isalnum() else " ".join(words(cell)) for cell in cells]
            if any(trimmed):
                found += 1
                yield begins, trimmed
            begins = reader.line_num + 1 + skipped
            if found > MAX_ROWS:
                raise RosterRejected.because(
                    _("Filen har mere end %(max)s rækker. Del den op, fx i én fil for hver skole.")
                    % {"max": f"{MAX_ROWS:,}".replace(",", ".")}
                )
    except csv.Error:
        raise RosterRejected.because(
            _('Et anførselstegn (") er ikke lukket rigtigt. Ret cellen, eller slet anførselstegnet.'), line=begins
        ) from None


def words(cell: str) -> list[str]:
    """The cell's words; only spaces part them, so that a tab or a line break is seen and refused."""
    return [word for word in cell.replace("\xa0", " ").strip().split(" ") if word]


def columns_of(header: list[str], line: int) -> list[Column]:
    """The columns in the file's own order. Capitals do not matter, and æ ø å may stand for ae oe aa."""
    # Some systems end every line with a delimiter.
    while header and not header[-1]:
        header = header[:-1]
    names = [name.lower().translate(DANISH_LETTERS) for name in header]
    if not any(name in HEADERS for name in names):
        raise RosterRejected.because(
            _("Den første linje skal være overskrifter, der begynder med %(example)s. Brug ; eller , mellem dem.")
            % {"example": ", ".join(column.header for column in COLUMNS[:3])},
            line=line,
        )
    problems = Problems()
    for position, (name, written) in enumerate(zip(names, header, strict=True), start=1):
        if not name:
            text = _("Kolonne nr. %(position)s har ingen overskrift. Slet den, eller skriv overskriften.")
            problems.add(line, "", text % {"position": position})
        elif name not in HEADERS:
            text = _("Kolonnen kendes ikke. Den er nr. %(position)s. Slet den, eller ret dens overskrift.")
            problems.add(line, written[:40], text % {"position": position})
    for name in sorted({name for name in names if name in HEADERS and names.count(name) > 1}):
        problems.add(line, name, _("Kolonnen er der mere end én gang. Slet den ene."))
    for column in COLUMNS:
        if column.header not in names and not column.may_be_absent:
            problems.add(line, column.header, _("Kolonnen mangler. Tilføj den."))
    if problems.count:
        raise RosterRejected(problems)
    return [HEADERS[name] for name in names]


def parsed(line: int, cells: list[str], columns: list[Column], problems: Problems) -> Row:
    while len(cells) > len(columns) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(columns):
        problems.add(
            line,
            "",
            _("Rækken har %(cells)s celler, men der er %(columns)s kolonner. Sæt tekst med ; eller , i anførselstegn.")
            % {"cells": len(cells), "columns": len(columns)},
        )
        return Row(line, References("", "", "", "", "", "", ""), None, None)
    written: dict[str, str] = dict.fromkeys((column.attribute for column in COLUMNS), ABSENT)
    written |= {column.attribute: cell for column, cell in zip(columns, cells, strict=True)}
    mistakes: list[Problem] = []
    student = read(written, STUDENT_COLUMNS, line, mistakes)
    agreement: dict[str, Any] = {}
    if any(written[column.attribute] not in ("", ABSENT) for column in AGREEMENT_COLUMNS):
        agreement = read(written, AGREEMENT_COLUMNS, line, mistakes)
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


def read(written: dict[str, str], columns: tuple[Column, ...], line: int, mistakes: list[Problem]) -> dict[str, Any]:
    """The values of the cells that can be read; the others are added to `mistakes`."""
    values: dict[str, Any] = {}
    for column in columns:
        cell = written[column.attribute]
        if cell is ABSENT:
            values[column.attribute] = "" if column.attribute in References.__slots__ else ABSENT
        elif cell:
            try:
                values[column.attribute] = column.read(cell)
            except Unreadable as problem:
                mistakes.append(Problem(line, column.header, str(problem)))
        elif column.is_required:
            text = (
                _("Cellen er tom. En række med en aftale skal have den udfyldt.")
                if column in AGREEMENT_COLUMNS
                else _("Cellen er tom. Den skal udfyldes for alle elever.")
            )
            mistakes.append(Problem(line, column.header, text))
        else:
            values[column.attribute] = column.blank
    return values


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
