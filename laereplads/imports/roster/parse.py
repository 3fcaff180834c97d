"""From the file's bytes to typed rows, each with its place in the file. Knows nothing of the database's content."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from laereplads.imports.roster.columns import (
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

MEGABYTE = 1024 * 1024
MAX_MEGABYTES = 20
MAX_ROWS = 200_000
DELIMITERS = ";,"
# What begins files that are often taken for CSV.
SIGNATURES = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF"}
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CPR_DIGITS = 10
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


class Values:
    """What a row says, under the names of the model's fields."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        # asdict() copies every value deeply: half the time of an import.
        return {name: getattr(self, name) for name in self.__slots__}  # type: ignore[var-annotated]


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


@dataclass(frozen=True, slots=True)
class AgreementRow(Values):
    """What a row says of an agreement."""

    number: str
    type: str
    starts_on: datetime.date
    ends_on: datetime.date
    ended_early_on: datetime.date | None

    @property
    def last_day(self) -> datetime.date:
        return self.ended_early_on or self.ends_on


@dataclass(frozen=True, slots=True)
class References:
    """What a row refers to and must exist already; empty where the row says nothing that can be read."""

    institution_number: str
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
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    found = 0
    try:
        for cells in reader:
            trimmed = [cell if cell.isalnum() else " ".join(words(cell)) for cell in cells]
            if any(trimmed):
                found += 1
                yield begins, trimmed
            begins = reader.line_num + 1
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
    names = [name.lower().translate(DANISH_LETTERS) for name in header]
    if not any(name in HEADERS for name in names):
        raise RosterRejected.because(
            _("Den første linje skal være overskrifter, der begynder med %(example)s. Brug ; eller , mellem dem.")
            % {"example": ", ".join(column.header for column in COLUMNS[:3])},
            line=line,
        )
    problems = Problems()
    for name, written in zip(names, header, strict=True):
        if name not in HEADERS:
            problems.add(line, written[:40], _("Kolonnen kendes ikke. Slet den, eller ret dens overskrift."))
    for name in sorted({name for name in names if name in HEADERS and names.count(name) > 1}):
        problems.add(line, name, _("Kolonnen er der mere end én gang. Slet den ene."))
    for column in COLUMNS:
        if column.header not in names and not column.may_be_absent:
            problems.add(line, column.header, _("Kolonnen mangler. Tilføj den."))
    if problems.count:
        raise RosterRejected(problems)
    return [HEADERS[name] for name in names]


def parsed(line: int, cells: list[str], columns: list[Column], problems: Problems) -> Row:
    if len(cells) != len(columns):
        problems.add(
            line,
            "",
            _("Rækken har %(cells)s celler, men der er %(columns)s kolonner. Sæt tekst med ; eller , i anførselstegn.")
            % {"cells": len(cells), "columns": len(columns)},
        )
        return Row(line, References("", "", "", "", "", ""), None, None)
    written = {column.attribute: cell for column, cell in zip(columns, cells, strict=True)}
    mistakes: list[Problem] = []
    student = read(written, STUDENT_COLUMNS, line, mistakes)
    agreement: dict[str, Any] = {}
    if any(written.get(column.attribute) for column in AGREEMENT_COLUMNS):
        agreement = read(written, AGREEMENT_COLUMNS, line, mistakes)
    for attribute, text in contradictions(student | agreement):
        mistakes.append(Problem(line, HEADER_OF[attribute], text))
    for mistake in mistakes:
        problems.add(mistake.line, mistake.column, mistake.text)
    found = student | agreement
    references = References(*(found.get(name, "") for name in References.__slots__))
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
        cell = written.get(column.attribute, "")
        if cell:
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
    number, born = values.get("student_number", ""), values.get("birth_date")
    if born and len(number.replace("-", "")) == CPR_DIGITS and number.startswith(f"{born:%d%m%y}"):
        yield "student_number", _("Det ligner et CPR-nummer. Portalen gemmer ingen CPR-numre. Skriv elevnummeret.")
    completes = values.get("expected_completion_on")
    if completes and born and completes <= born:
        yield "expected_completion_on", _("Datoen skal ligge efter fødselsdatoen.")
    starts, ends, ended_early = (values.get(name) for name in ("starts_on", "ends_on", "ended_early_on"))
    if starts and ends and ends <= starts:
        yield "ends_on", _("Aftalen skal slutte, efter at den er begyndt.")
    elif starts and ends and ended_early and not starts <= ended_early < ends:
        yield "ended_early_on", _("Datoen skal ligge i aftalens periode og før dens sidste dag.")
    if starts and values.get("education", "?") == "" and not values.get("agreement_education"):
        yield "education", _("En elev med en aftale skal have en uddannelse. Skriv den, fx ssa.")
