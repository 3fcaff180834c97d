"""Spreadsheets of many rows, in constant memory. Cells are text, numbers or days, never formulas or links."""

from __future__ import annotations

import codecs
import csv
import datetime
import tempfile
import unicodedata
from contextlib import contextmanager
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import xlsxwriter
from django.template.response import TemplateResponse

from laereplads.database.locks import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase

type Cell = datetime.date | Decimal | str | None

ROWS_AT_A_TIME = 2000
# How many large files are made at the same time, by all workers on all machines: half of the workers of two cores.
AT_ONCE = 2
# One of the largest schools takes half a minute.
RETRY_AFTER_SECONDS = 30
# Danish forms of a date, whatever language the reader's Excel speaks.
LONG_DAY = "[$-406]d\\. mmmm yyyy"
SHORT_DAY = "[$-406]dd\\.mm\\.yyyy"
# What spreadsheet programs take for a formula when they open text, in any width; the minus of mathematics, too.
FORMULA = "=+-@|%−"
LINE_BREAKS = "\t\r\n"
# Nobody sees them: blanks, controls, formats, marks without a letter, and letters that are drawn as nothing.
UNSEEN = {"Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Co", "Mn", "Me"}
UNSEEN_LETTERS = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"


class Column(NamedTuple):
    heading: str
    width: int


class Layout(NamedTuple):
    """What a sheet is called, and how it looks. `above` are lines over the headings, the first of them in bold."""

    title: str
    columns: Sequence[Column]
    day_format: str
    above: Sequence[str] = ()


def row_by_row(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a `values_list`, all as they are at this moment, a few in memory at a time.

    Read through a cursor on the server, so that `statement_timeout` is about each step. Behind PgBouncer, too, where
    `iterator()` would fetch all at once: the transaction keeps its connection.
    """
    compiler = rows.query.get_compiler(rows.db)
    yield from compiler.results_iter(tuple_expected=True, chunked_fetch=True, chunk_size=ROWS_AT_A_TIME)


def take_turn(user: int) -> bool:
    """Whether `user` may have a file made in this transaction: one at a time. Whoever must wait keeps no worker."""
    return try_lock("spreadsheet of user", user)


def take_turn_for_large(user: int) -> bool:
    """As `take_turn`, and all users together have AT_ONCE large files made at a time."""
    return take_turn(user) and any(try_lock("spreadsheet", place) for place in range(AT_ONCE))


def busy(request: HttpRequest, *, back_to: str, back_words: str) -> HttpResponseBase:
    """The page that asks to come again, with a way back to the list that the file would have been of."""
    context = {"back_to": back_to, "back_words": back_words}
    response = TemplateResponse(request, "spreadsheets/busy.html", context, status=429)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


@contextmanager
def kept_open() -> Iterator[IO[bytes]]:
    """A temporary file for the response to close; closed here only when something goes wrong before that."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # it outlives this block
    try:
        yield file
    except BaseException:
        file.close()
        raise


def xlsx(layout: Layout, rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """An open temporary file: a response that is streamed would read after the transaction had ended."""
    with kept_open() as file:
        # A folder of its own: what the library puts aside is gone even when something goes wrong.
        with (
            tempfile.TemporaryDirectory() as folder,
            xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}) as workbook,
        ):
            workbook.set_properties({"title": layout.title})
            write(workbook, layout, rows)
        file.seek(0)
        return file


def write(workbook: xlsxwriter.Workbook, layout: Layout, rows: Iterable[Sequence[Cell]]) -> None:
    bold = workbook.add_format({"bold": True})
    heading = workbook.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    day = workbook.add_format({"num_format": layout.day_format, "align": "left"})
    number = workbook.add_format({"num_format": "0.0"})
    sheet = workbook.add_worksheet(layout.title)
    top = len(layout.above) + 1 if layout.above else 0
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for line, text in enumerate(layout.above):
        sheet.write_string(line, 0, text, None if line else bold)
    for place, column in enumerate(layout.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(top, place, column.heading, heading)
    line = top
    for line, row in enumerate(rows, start=top + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime.date):
                sheet.write_datetime(line, place, cell, day)
            elif isinstance(cell, Decimal):
                sheet.write_number(line, place, float(cell), number)
            elif cell:
                sheet.write_string(line, place, cell)
    sheet.autofilter(top, 0, line, len(layout.columns) - 1)


def csv_file(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """An open temporary file, as Danish spreadsheet programs read it: semicolons, and a mark that says UTF-8."""
    with kept_open() as file:
        writer = csv.writer(codecs.getwriter("utf-8-sig")(file), delimiter=";")
        writer.writerow([column.heading for column in columns])
        for row in rows:
            writer.writerow([as_text(cell) for cell in row])
        file.seek(0)
        return file


def as_text(cell: Cell) -> str:
    """A text has an apostrophe before it if a program could run it: .csv has no other way to say that it is text."""
    if isinstance(cell, datetime.date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, Decimal):
        return str(cell).replace(".", ",")
    return f"'{cell}" if cell and could_run(cell) else cell or ""


def could_run(text: str) -> bool:
    """Whether the first sign that anybody sees begins a formula; a line break before it could cut the cell in two."""
    for sign in text:
        if sign in LINE_BREAKS:
            return True
        if unicodedata.category(sign) not in UNSEEN and sign not in UNSEEN_LETTERS:
            return unicodedata.normalize("NFKC", sign)[0] in FORMULA
    return False
