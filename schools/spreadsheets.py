"""The overview as a spreadsheet: the students on all its pages, in the same order, with what the rows show."""

from __future__ import annotations

from decimal import Decimal
from itertools import batched
from typing import IO, TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from laereplads.access_log.left_out import left_out
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH
from laereplads.people.models import AgreementType, ProfileVisibility
from laereplads.web import spreadsheets
from laereplads.web.spreadsheets import ROWS_AT_A_TIME, SHORT_DAY, Column, Layout, row_by_row
from schools.forms import ORDER_LABELS
from schools.models import ASSESSED, Rank, StudentListEntry, absence_tenths
from schools.purposes import STUDENT_SPREADSHEET
from schools.queries import everybody_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.access.models import Membership
    from laereplads.web.spreadsheets import Cell
    from schools.forms import StudentFilterForm

# As many as one entry of the access log names. Today's schools have fewer; larger ones leave several entries, so that
# memory does not grow.
STUDENTS_PER_ENTRY = 5 * ROWS_AT_A_TIME


def columns() -> list[Column]:
    return [
        Column(_("Navn"), 36),
        Column(_("Uddannelse"), 32),
        Column(_("Igangværende aftale"), 24),
        Column(_("Aftalen slutter"), 16),
        Column(_("Profil"), 16),
        Column(_("Frafaldsrisiko"), 18),
        Column(_("Registreret"), 14),
        Column(_("Fravær i procent"), 18),
        Column(_("Ulovligt fravær i procent"), 26),
    ]


def said_above(membership: Membership, filters: StudentFilterForm) -> list[str]:
    """What a reader must know who finds the file later: it is of one moment, and may not be everybody."""
    chosen = ", ".join(chip.text for chip in filters.chips) or _("ingen, alle skolens elever er med")
    order = str(ORDER_LABELS[filters.chosen_order])
    return [
        _("Elevoversigt: %(school)s") % {"school": membership.school},
        _("Hentet %(moment)s") % {"moment": date_format(timezone.localtime(), r"j. F Y \k\l. H.i")},
        _("Filtre: %(filters)s") % {"filters": chosen},
        _("Sorteret efter: %(order)s") % {"order": order.lower()},
        _("Filen indeholder personoplysninger. Slet den, når du ikke skal bruge den mere."),
    ]


def rows(membership: Membership, filters: StudentFilterForm) -> Iterator[tuple[Cell, ...]]:
    """A line for each student. Logged as they are read, in the same transaction."""
    educations = {education.pk: education.name for education in filters.educations.values()}
    types, visibilities, levels = (
        {code: str(label) for code, label in choices.choices} for choices in (AgreementType, ProfileVisibility, Rank)
    )
    found = everybody_wanted(membership, filters.wanted, filters.chosen_order).values_list(
        *("student_id", "name", "education_id", "is_running", "agreement_type", "ends_on", "visibility"),
        *("rank", "assessed_on", "absence_key", "unlawful_tenths"),
    )
    for students in batched(row_by_row(found), STUDENTS_PER_ENTRY, strict=False):
        log_access(membership, STUDENT_SPREADSHEET, [student for student, *_others in students])
        for _student, name, education, is_running, agreement_type, ends_on, visibility, *figures in students:
            rank, assessed_on, absence_key, unlawful = figures
            yield (
                name,
                educations.get(education) or _("Uddannelse ikke valgt"),
                types[agreement_type] if is_running else _("Ingen"),
                ends_on if is_running else None,
                visibilities[visibility],
                None if rank == Rank.NOT_ASSESSABLE else levels[rank],
                assessed_on if rank in ASSESSED else None,
                in_percent(absence_tenths(absence_key)),
                in_percent(unlawful),
            )


def in_percent(tenths: int | None) -> Decimal | None:
    return None if tenths is None else Decimal(tenths).scaleb(-1)


def student_sheet(membership: Membership, filters: StudentFilterForm) -> IO[bytes]:
    own = StudentListEntry.objects.visible_to(membership)
    log_access(membership, SEARCH, left_out(own, filters.wanted.conditions(membership)))
    layout = Layout(_("Elevoversigt"), columns(), SHORT_DAY, said_above(membership, filters))
    return spreadsheets.xlsx(layout, rows(membership, filters))
