"""The columns of the three files: periods, absence by day, and absence by lesson."""

from __future__ import annotations

import datetime
import functools
import re

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from absence.models import MINUTES_OF_A_DAY, DeliveryKind, PeriodKind, SchoolPeriod
from laereplads.imports.files import cells
from laereplads.imports.files.cells import Unreadable, shortened
from laereplads.imports.files.columns import Column, ColumnGroup, choice_column, longest
from laereplads.imports.files.reading import Layout
from laereplads.people.models import Student

MUST = gettext_lazy("Altid")
IS_EMPTY = gettext_lazy("Cellen er tom. Den skal udfyldes i alle rækker.")
TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::00)?", re.ASCII)
MOST_ROWS, MOST_MEGABYTES = 1_000_000, 100
# Numbers are looked through for CPR numbers once, though they stand in the row of each day.
KNOWN_NUMBERS = 50_000


class LessonStatus(TextChoices):
    PRESENT = "present", gettext_lazy("til stede")
    LAWFUL = "lawful", gettext_lazy("lovligt")
    UNLAWFUL = "unlawful", gettext_lazy("ulovligt")


read_student_number = functools.lru_cache(KNOWN_NUMBERS)(
    functools.partial(cells.number, max_length=longest(Student, "student_number"))
)
read_period_number = functools.lru_cache(KNOWN_NUMBERS)(
    functools.partial(cells.number, max_length=longest(SchoolPeriod, "number"))
)


def minutes(value: str) -> int:
    """Whole minutes of a day."""
    if value.isascii() and value.isdecimal() and len(value) <= len(str(MINUTES_OF_A_DAY)):
        found = int(value)
        if found <= MINUTES_OF_A_DAY:
            return found
    raise Unreadable(
        _("“%(value)s” kan ikke bruges. Skriv et helt tal fra 0 til %(most)s.")
        % {"value": shortened(value), "most": MINUTES_OF_A_DAY}
    )


def time(value: str) -> datetime.time:
    match = TIME.fullmatch(value)
    if match is None:
        raise Unreadable(_("“%(value)s” er ikke et klokkeslæt. Skriv det som 08:25.") % {"value": shortened(value)})
    hour, minute = match.groups()
    return datetime.time(int(hour), int(minute))


def moment(value: str) -> datetime.datetime:
    """A day and a time in Copenhagen."""
    day, _space, clock = value.partition(" ")
    try:
        return datetime.datetime.combine(cells.date(day), time(clock), timezone.get_default_timezone())
    except Unreadable:
        raise Unreadable(
            _("“%(value)s” er ikke en dato og et klokkeslæt. Skriv det som 2027-01-12 08:25.")
            % {"value": shortened(value)}
        ) from None


def columns(*own: Column) -> tuple[ColumnGroup, ...]:
    return (ColumnGroup((*WHOSE, *own), MUST, IS_EMPTY),)


WHOSE = (
    Column(
        "institutionsnummer",
        "institution_number",
        functools.partial(cells.digits, count=6, name=gettext_lazy("institutionsnummer")),
        gettext_lazy("Skolens 6 cifre."),
    ),
    Column(
        "elevnummer",
        "student_number",
        read_student_number,
        gettext_lazy("Elevens nummer på skolen, som i elevfilen. Ikke CPR-nummer."),
    ),
    Column("skoleophold", "number", read_period_number, gettext_lazy("Skolens eget nummer på elevens skoleophold.")),
)
DAY = Column("dag", "day", cells.date, gettext_lazy("Dato i skoleopholdet. Ikke i fremtiden."))
REGISTERED = Column(
    "registreret",
    "registered_at",
    moment,
    gettext_lazy("Hvornår skolen skrev det ned: ÅÅÅÅ-MM-DD TT:MM. Det skal bruges til straksbeskeder."),
    is_required=False,
    blank=None,
)

PERIODS = Layout(
    DeliveryKind.PERIODS.label,
    columns(
        Column(
            "navn",
            "name",
            functools.partial(cells.name, max_length=longest(SchoolPeriod, "name")),
            gettext_lazy("Skoleopholdets navn, fx Skoleperiode 1A. Højst 60 tegn."),
        ),
        choice_column("type", "kind", PeriodKind),
        Column(
            "hold",
            "class_code",
            functools.partial(cells.number, max_length=longest(SchoolPeriod, "class_code")),
            gettext_lazy("Elevens hold. Højst 40 tegn."),
            is_required=False,
        ),
        Column("start", "starts_on", cells.date, gettext_lazy("Dato.")),
        Column("slut", "ends_on", cells.date, gettext_lazy("Dato. Højst 370 dage efter start.")),
        Column(
            "aflyst",
            "cancelled_on",
            cells.past_date,
            gettext_lazy("Datoen, når skoleopholdet er aflyst. Ikke i fremtiden. Ellers tom."),
            is_required=False,
            blank=None,
        ),
    ),
    one=gettext_lazy("et skoleophold"),
    how_to_part=gettext_lazy("Del den op i flere filer."),
    max_megabytes=MOST_MEGABYTES,
    max_rows=MOST_ROWS,
)

DAYS = Layout(
    DeliveryKind.DAYS.label,
    columns(
        DAY,
        Column(
            "skema_minutter",
            "scheduled",
            minutes,
            gettext_lazy("Elevens skema den dag, 0–720 hele minutter. 0 fjerner dagen."),
        ),
        Column("lovligt_minutter", "lawful", minutes, gettext_lazy("Lovligt fravær, hele minutter.")),
        Column("ulovligt_minutter", "unlawful", minutes, gettext_lazy("Ulovligt fravær, hele minutter.")),
        REGISTERED,
    ),
    one=gettext_lazy("en skoledag"),
    how_to_part=gettext_lazy("Del den op i flere filer."),
    max_megabytes=MOST_MEGABYTES,
    max_rows=MOST_ROWS,
)

LESSONS = Layout(
    DeliveryKind.LESSONS.label,
    columns(
        DAY,
        Column("lektion_start", "starts_at", time, gettext_lazy("Klokkeslæt, TT:MM.")),
        Column("lektion_slut", "ends_at", time, gettext_lazy("Klokkeslæt efter lektion_start, samme dag.")),
        choice_column("status", "status", LessonStatus),
        REGISTERED,
    ),
    one=gettext_lazy("en lektion"),
    how_to_part=gettext_lazy("Del den op, så alle en elevs lektioner på en dag er i samme fil."),
    max_megabytes=MOST_MEGABYTES,
    max_rows=MOST_ROWS,
)
