"""A company's rejections as .xlsx and .csv: nothing of the applicants."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

from laereplads.web import spreadsheets
from laereplads.web.spreadsheets import LONG_DAY, Column, Layout, row_by_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.web.spreadsheets import Cell
    from rejections.models import RejectionQuerySet


def columns() -> list[Column]:
    return [
        Column(_("Afslag givet den"), 22),
        Column(_("Registreret den"), 22),
        Column(_("Inden for 14 dage"), 18),
        Column(_("Uddannelse"), 32),
        Column(_("Primær begrundelse for afslag"), 50),
        Column(_("Sekundær begrundelse"), 50),
        Column(_("Registreret af"), 32),
    ]


def rows(rejections: RejectionQuerySet) -> Iterator[tuple[Cell, ...]]:
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
    for given_on, registered_on, is_late, *texts in row_by_row(found):
        yield given_on, registered_on, no if is_late else yes, *texts


def xlsx(rejections: RejectionQuerySet) -> IO[bytes]:
    return spreadsheets.xlsx(Layout(_("Registrerede afslag"), columns(), LONG_DAY), rows(rejections))


def csv_file(rejections: RejectionQuerySet) -> IO[bytes]:
    return spreadsheets.csv_file(columns(), rows(rejections))
