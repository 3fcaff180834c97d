"""The company's lists of absence and of school periods as spreadsheets: all rows that the filter shows."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from absence.figures import NOTHING, minutes_in_words, percent_in_words
from absence.weeks import weeks_in_words
from companies.purposes import ABSENCE_SPREADSHEET, SCHOOL_PERIOD_SPREADSHEET
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH
from laereplads.people.educations import name_of
from laereplads.web import spreadsheets
from laereplads.web.spreadsheets import LONG_DAY, Column, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from absence.figures import Sums
    from absence.models import PeriodListEntry
    from companies.absence_forms import AbsenceFilterForm, PeriodFilterForm, SchoolPeriodFilterForm
    from laereplads.access_log.purposes import Purpose
    from laereplads.web.spreadsheets import Cell


def absence_sheet(filters: AbsenceFilterForm) -> IO[bytes]:
    entries = logged(filters, ABSENCE_SPREADSHEET)
    sums = filters.periods.sums_of_agreements(entries)
    columns = [
        *(Column(_("Lærling"), 36), Column(_("Uddannelse"), 32), Column(_("Arbejdssted"), 36)),
        *(Column(_("Skoleophold"), 24), Column(_("Begynder"), 20), Column(_("Slutter"), 20), Column(_("Status"), 12)),
        *(Column(_("Fravær i skoleopholdet i procent"), 18), Column(_("Fravær i skoleopholdet"), 22)),
        *(Column(_("Heraf ulovligt i procent"), 18), Column(_("Heraf ulovligt"), 22)),
        *(Column(_("Fravær i aftalen i procent"), 18), Column(_("Fravær i aftalen"), 22)),
        Column(_("Opdateret"), 20),
    ]

    def rows() -> Iterator[tuple[Cell, ...]]:
        for entry in entries:
            own, in_agreement = entry.sums, sums.get(entry.agreement_id or 0, NOTHING)
            yield (
                *(entry.student_name, education_of(entry), entry.workplace_name),
                *(entry.name, entry.starts_on, entry.ends_on, str(entry.state.label)),
                *figures(own),
                *unlawful_figures(own),
                *figures(in_agreement),
                entry.last_day,
            )

    return spreadsheets.xlsx(Layout(_("Fraværsoversigt"), columns, LONG_DAY, said_above(filters)), rows())


def school_period_sheet(filters: SchoolPeriodFilterForm) -> IO[bytes]:
    entries = logged(filters, SCHOOL_PERIOD_SPREADSHEET)
    columns = [
        *(Column(_("Lærling"), 36), Column(_("Uddannelse"), 32), Column(_("Arbejdssted"), 36)),
        *(Column(_("Skoleophold"), 24), Column(_("Begynder"), 20), Column(_("Slutter"), 20), Column(_("Uger"), 14)),
        *(Column(_("Skole"), 32), Column(_("Status"), 12)),
    ]

    def rows() -> Iterator[tuple[Cell, ...]]:
        for entry in entries:
            weeks = weeks_in_words(entry.starts_on, entry.ends_on)
            yield (
                *(entry.student_name, education_of(entry), entry.workplace_name),
                *(entry.name, entry.starts_on, entry.ends_on, weeks),
                *(entry.school.name, str(entry.state.label)),
            )

    return spreadsheets.xlsx(Layout(_("Skoleophold"), columns, LONG_DAY, said_above(filters)), rows())


def logged(filters: PeriodFilterForm, purpose: Purpose) -> list[PeriodListEntry]:
    """All entries that the filter shows. The file names their students, and tells of those it leaves out."""
    entries = filters.periods.everything()
    named = {entry.student_id for entry in entries}
    log_access(filters.membership, purpose, named)
    log_access(filters.membership, SEARCH, filters.periods.left_out_of_all() - named)
    return entries


def said_above(filters: PeriodFilterForm) -> Sequence[str]:
    """What a reader must know who finds the file later: whose it is, of which moment, and that it may not be all."""
    membership = filters.membership
    place = f" ({membership.workplace.name})" if membership.workplace else ""
    return [
        f"{membership.party_name}{place}",
        _("Hentet %(moment)s") % {"moment": date_format(timezone.localtime(), r"j. F Y \k\l. H.i")},
        _("Filtre: %(filters)s") % {"filters": ", ".join(filters.words) or _("ingen")},
        _("Filen indeholder personoplysninger. Slet den, når du ikke skal bruge den mere."),
    ]


def education_of(entry: PeriodListEntry) -> str:
    return name_of(entry.education_id) if entry.education_id else ""


def figures(sums: Sums) -> tuple[str, str]:
    """Absent, as percent and as time; empty where no day counts yet."""
    return (percent_in_words(sums.tenths), minutes_in_words(sums.absent)) if sums.scheduled else ("", "")


def unlawful_figures(sums: Sums) -> tuple[str, str]:
    return (percent_in_words(sums.unlawful_tenths), minutes_in_words(sums.unlawful)) if sums.scheduled else ("", "")
