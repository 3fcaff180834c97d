"""From a file's bytes to its cells, each with its place in the file. Knows nothing of what they mean."""

from __future__ import annotations

import codecs
import csv
import functools
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from laereplads.imports.files.cells import Unreadable
from laereplads.imports.files.columns import Column, ColumnGroup
from laereplads.imports.files.problems import FileRejected, Problem, Problems, listed

MEGABYTE = 1024 * 1024
# As much of a file as is looked at in one go.
PIECE = 64 * 1024
DELIMITERS = ";,\t"
# What begins files that are often taken for CSV.
SIGNATURES = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF"}
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
# What DOS put at the end of a text.
END_OF_FILE = b"\x1a\x00"
# Says to Excel what parts the cells.
SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>.)"?\s*', re.IGNORECASE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SOMETHING = re.compile(rb"[^\xef\xbb\xbf \t\r\n;,]")
# The bytes that mean nothing in Windows-1252.
NOT_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@dataclass(frozen=True)
class Layout:
    """What a file looks like: its columns, how large it may be, and what a row is about."""

    name: str | Promise
    groups: tuple[ColumnGroup, ...]
    # As in “mindst én række med en elev”.
    one: str | Promise
    # What to do with a file that is too large.
    how_to_part: str | Promise
    max_megabytes: int = 20
    max_rows: int = 200_000

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for group in self.groups for column in group.columns)

    @cached_property
    def headers(self) -> dict[str, Column]:
        return {column.header: column for column in self.columns}

    @property
    def max_bytes(self) -> int:
        return self.max_megabytes * MEGABYTE

    def too_big(self, max_megabytes: int) -> str:
        return _("Filen fylder mere end %(max)s MB. %(part)s") % {"max": max_megabytes, "part": self.how_to_part}

    def strangeness(self, names: Sequence[str]) -> int:
        """How many headings are wrong in a file of such names: of several layouts, the least is meant."""
        missing = sum(not column.may_be_absent and column.header not in names for column in self.columns)
        return missing + sum(name not in self.headers for name in names)


@dataclass(frozen=True)
class Table:
    """The file's rows, under its columns in its own order."""

    layout: Layout
    columns: Sequence[Column]
    # Each with the line that it begins on, from 1. They are read as they are asked for, once.
    rows: Iterator[tuple[int, list[str]]]
    # How many lines the file has: rarely less than its rows, and known before they are read.
    line_count: int

    def written(self, line: int, cells: list[str], problems: Problems) -> dict[str, Any] | None:
        """What stands in the row's columns, by attribute; None where it has too many cells or too few."""
        while len(cells) > len(self.columns) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) == len(self.columns):
            return {column.attribute: cell for column, cell in zip(self.columns, cells, strict=True)}
        problems.add(
            line,
            "",
            _("Rækken har %(cells)s celler, men der er %(columns)s kolonner. Sæt tekst med ; eller , i anførselstegn.")
            % {"cells": len(cells), "columns": len(self.columns)},
        )
        return None


def read_table(content: bytes, *layouts: Layout) -> Table:
    """The file's rows, by that of the layouts which its headings fit best.

    Raises FileRejected when the file as a whole cannot be read: the wrong kind, size, encoding or columns. What shows
    only later, as an open quotation mark or a row too many, is raised by `rows`.
    """
    largest = max(layouts, key=lambda layout: layout.max_bytes)
    table = lines(content, largest)
    headings = next(table, None)
    if headings is None:
        raise FileRejected.because(_("Filen er tom."))
    header_line, header = headings
    layout, columns = columns_of(header, header_line, layouts)
    if len(content) > layout.max_bytes:
        raise FileRejected.because(layout.too_big(layout.max_megabytes))
    first = next(table, None)
    if first is None:
        text = _("Filen har kun en overskrift. Der skal være mindst én række med %(one)s.")
        raise FileRejected.because(text % {"one": layout.one})
    rows = at_most(layout, itertools.chain([first], table))
    return Table(layout, columns, rows, max(content.count(b"\n"), content.count(b"\r")) + 1)


def at_most[Row](layout: Layout, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, as long as the layout allows more."""
    yield from itertools.islice(rows, layout.max_rows)
    if next(rows, None) is not None:
        raise FileRejected.because(
            _("Filen har mere end %(max)s rækker. %(part)s")
            % {"max": f"{layout.max_rows:,}".replace(",", "."), "part": layout.how_to_part}
        )


def decoded(content: bytes, layout: Layout) -> str:
    """The text of the file. Raises FileRejected as `text_lines` does."""
    return "".join(text_lines(content, layout))


def text_lines(content: bytes, layout: Layout) -> Iterator[str]:
    """The lines of the file with their ends, whether it is UTF-8 (with or without a mark) or Windows-1252.

    Raises FileRejected, before the first, when it is neither, or no text, or too large.
    """
    if len(content) > layout.max_bytes:
        raise FileRejected.because(layout.too_big(layout.max_megabytes))
    if not SOMETHING.search(content):
        raise FileRejected.because(_("Filen er tom."))
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise FileRejected.because(_("Filen er en %(kind)s-fil. Gem den som CSV, og prøv igen.") % {"kind": kind})
    if content.startswith(IMAGES):
        raise FileRejected.because(_("Filen er et billede. Vælg en CSV-fil."))
    if content.startswith(UTF_16):
        raise FileRejected.because(_("Filen er gemt som UTF-16. Gem den som UTF-8, og prøv igen."))
    if content[-10:].rstrip(b"\r\n").endswith((b"\x1a", b"\0")):
        content = content.rstrip(END_OF_FILE + b"\r\n")
        if not SOMETHING.search(content):
            raise FileRejected.because(_("Filen er tom."))
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding_of(content), newline="")
    return map(functools.partial(unicodedata.normalize, "NFC"), stream)


def encoding_of(content: bytes) -> str:
    """UTF-8 or Windows-1252. The file is looked through piece by piece, so that no second copy of it takes memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), PIECE):
            decoder.decode(content[start : start + PIECE], final=start + PIECE >= len(content))
    except UnicodeDecodeError:
        if wrong := NOT_WINDOWS_1252.search(content):
            raise FileRejected.because(
                _("Filen er hverken UTF-8 eller Windows-1252. Gem den som UTF-8, og prøv igen."),
                line=content.count(b"\n", 0, wrong.start()) + 1,
            ) from None
        return "windows-1252"
    return "utf-8-sig"


def lines(content: bytes, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with the line that each begins on. Which delimiter is used shows in the first."""
    text = text_lines(content, layout)
    first = next(text)
    skipped = 0
    delimiter = ""
    if said := SEPARATOR_LINE.fullmatch(first):
        first, skipped, delimiter = next(text, ""), 1, said["separator"]
    peeked = [first]
    if delimiter not in DELIMITERS or not delimiter:
        while not peeked[-1].strip("\r\n ") and (following := next(text, None)) is not None:
            peeked.append(following)
        delimiter = max(DELIMITERS, key=peeked[-1].count)
    reader = csv.reader(itertools.chain(peeked, text), delimiter=delimiter, strict=True)
    begins = 1 + skipped
    try:
        for cells in reader:
            trimmed = without_spaces_around(cells)
            if any(trimmed):
                yield begins, trimmed
            begins = reader.line_num + 1 + skipped
    except csv.Error:
        raise FileRejected.because(
            _('Et anførselstegn (") er ikke lukket rigtigt. Ret cellen, eller slet anførselstegnet.'), line=begins
        ) from None


def without_spaces_around(cells: list[str]) -> list[str]:
    whole = "".join(cells)
    # Most rows have none anywhere; what is no printable sign may be one of another kind.
    if " " not in whole and whole.isprintable():
        return cells
    return [cell if cell.isalnum() else " ".join(words(cell)) for cell in cells]


def words(cell: str) -> list[str]:
    """The cell's words; only spaces part them, so that a tab or a line break is seen and refused."""
    return [word for word in cell.replace("\xa0", " ").strip().split(" ") if word]


def columns_of(header: list[str], line: int, layouts: Sequence[Layout]) -> tuple[Layout, list[Column]]:
    """The layout that is meant, and its columns in the file's own order.

    Capitals do not matter, and æ ø å may stand for ae oe aa.
    """
    # Some systems end every line with a delimiter.
    while header and not header[-1]:
        header = header[:-1]
    names = [name.lower().translate(DANISH_LETTERS) for name in header]
    layout = min(layouts, key=lambda layout: layout.strangeness(names))
    if not any(name in layout.headers for name in names):
        # Kinds of files may begin alike.
        begin = (", ".join(column.header for column in each.columns[:3]) for each in layouts)
        raise FileRejected.because(
            _("Den første linje skal være overskrifter, der begynder med %(example)s. Brug ; eller , mellem dem.")
            % {"example": listed(dict.fromkeys(begin))},
            line=line,
        )
    problems = Problems()
    for position, (name, written) in enumerate(zip(names, header, strict=True), start=1):
        if not name:
            text = _("Kolonne nr. %(position)s har ingen overskrift. Slet den, eller skriv overskriften.")
            problems.add(line, "", text % {"position": position})
        elif name not in layout.headers:
            text = _("Kolonnen kendes ikke. Den er nr. %(position)s. Slet den, eller ret dens overskrift.")
            problems.add(line, written[:40], text % {"position": position})
    for name in sorted({name for name in names if name in layout.headers and names.count(name) > 1}):
        problems.add(line, name, _("Kolonnen er der mere end én gang. Slet den ene."))
    for column in layout.columns:
        if column.header not in names and not column.may_be_absent:
            problems.add(line, column.header, _("Kolonnen mangler. Tilføj den."))
    if problems.count:
        raise FileRejected(problems)
    return layout, [layout.headers[name] for name in names]


def read(written: dict[str, Any], group: ColumnGroup, line: int, mistakes: list[Problem]) -> dict[str, Any]:
    """The values of the cells that can be read; the others are added to `mistakes`."""
    values: dict[str, Any] = {}
    for column in group.columns:
        cell = written.get(column.attribute)
        if cell is None:
            values[column.attribute] = column.absent
        elif cell:
            try:
                values[column.attribute] = column.read(cell)
            except Unreadable as problem:
                mistakes.append(Problem(line, column.header, str(problem)))
        elif column.is_required:
            mistakes.append(Problem(line, column.header, str(group.is_empty)))
        else:
            values[column.attribute] = column.blank
    return values
