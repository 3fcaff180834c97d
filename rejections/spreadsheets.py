"""A company's rejections as .xlsx and .csv, in constant memory. Cells are text or dates, never formulas or links."""

from __future__ import annotations

import codecs
import csv
import re
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

import xlsxwriter
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from rejections.models import RejectionQuerySet

ROWS_AT_A_TIME = 2000
COLUMN_WIDTHS = (22, 22, 18, 32, 50, 50, 32)
# The Danish form of a date, whatever language the reader's Excel speaks.
DATE_FORMAT = "[$-406]d\\. mmmm yyyy"
# What spreadsheet programs take for a formula when they open text, also behind spaces and in full width.
FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@|%＝＋－＠\t\r\n]")


class Row(NamedTuple):
    """What a sheet tells of one rejection, in its order of columns: nothing of the applicant."""

    given_on: datetime.date
    registered_on: datetime.date
    in_time: str
    education: str
    primary_reason: str
    second_reason: str
    registered_by: str


def headings() -> Row:
    return Row(
        given_on=_("Afslag givet den"),  # type: ignore[arg-type]  # a heading stands for a date here
        registered_on=_("Registreret den"),  # type: ignore[arg-type]
        in_time=_("Inden for 14 dage"),
        education=_("Uddannelse"),
        primary_reason=_("Primær begrundelse for afslag"),
        second_reason=_("Sekundær begrundelse"),
        registered_by=_("Registreret af"),
    )


def rows(rejections: RejectionQuerySet) -> Iterator[Row]:
    yes, no = _("Ja"), _("Nej")
    found = rejections.newest_first().values_list(
        "given_on",
        "registered_on",
        "is_late",
        "education__name",
        "primary_reason__label",
        "second_reason__label",
        "registered_by__user__name",
    )
    for given_on, registered_on, is_late, education, primary, second, name in found.iterator(ROWS_AT_A_TIME):
        yield Row(given_on, registered_on, no if is_late else yes, education, primary, second or "", name)


@contextmanager
def kept_open() -> Iterator[IO[bytes]]:
    """A temporary file for the response to close; closed here only when something goes wrong before that."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # it outlives this block
    try:
        yield file
    except BaseException:
        file.close()
        raise


def xlsx(rejections: RejectionQuerySet) -> IO[bytes]:
    """An open temporary file: a response that is streamed would read after the transaction had ended."""
    with kept_open() as file:
        workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
        workbook.set_properties({"title": _("Registrerede afslag")})
        bold = workbook.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        date = workbook.add_format({"num_format": DATE_FORMAT, "align": "left"})
        sheet = workbook.add_worksheet(_("Afslag"))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for column, (heading, width) in enumerate(zip(headings(), COLUMN_WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, str(heading), bold)
        line = 0
        for line, row in enumerate(rows(rejections), start=1):
            given_on, registered_on, *texts = row
            sheet.write_datetime(line, 0, given_on, date)
            sheet.write_datetime(line, 1, registered_on, date)
            for column, text in enumerate(texts, start=2):
                if text:
                    sheet.write_string(line, column, text)
        sheet.autofilter(0, 0, line, len(COLUMN_WIDTHS) - 1)
        workbook.close()
        file.seek(0)
        return file


def csv_file(rejections: RejectionQuerySet) -> IO[bytes]:
    """An open temporary file, as Danish spreadsheet programs read it: semicolons, and a mark that says UTF-8."""
    with kept_open() as file:
        text = codecs.getwriter("utf-8-sig")(file)
        writer = csv.writer(text, delimiter=";")
        writer.writerow(headings())
        for given_on, registered_on, *texts in rows(rejections):
            writer.writerow([f"{given_on:%d-%m-%Y}", f"{registered_on:%d-%m-%Y}", *map(as_text, texts)])
        file.seek(0)
        return file


def as_text(value: str) -> str:
    """`value` with an apostrophe before it if a program could run it: .csv has no other way to say that it is text."""
    return f"'{value}" if FORMULA.match(value) else value
