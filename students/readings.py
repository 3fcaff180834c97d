"""Hvem har set mine oplysninger: a student's readings, told day by day."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from laereplads.audit.readings import Purpose, Reading

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.audit.readings import ReadingQuerySet

# Whole days, at least so many entries where there are so many: more than one day can hold.
ENTRIES_PER_PAGE = 60
TIMES_IN_A_LINE = 5

ADMINISTRATION = _("Portalens administratorer")

# What stood on the page, for each purpose.
SHOWN: dict[Purpose, StrPromise] = {
    Purpose.RISK_OVERVIEW: _("En liste med blandt andet dit navn, din aftale og din frafaldsrisiko."),
    Purpose.ASSESSMENT: _("Dit navn og dine vurderinger. Eller kun dit navn, fordi du var den næste på listen."),
    Purpose.AGREEMENT_OVERVIEW: _("En liste med blandt andet dit navn, dit arbejdssted og din aftale."),
    Purpose.STUDENT_OVERVIEW: _("En liste med blandt andet dit navn, din aftale og din frafaldsrisiko."),
    Purpose.STUDENT_SPREADSHEET: _("En fil med blandt andet dit navn, din aftale og din frafaldsrisiko."),
    Purpose.STUDENT_PROFILE: _("Din side hos skolen med fødselsdag, uddannelse, aftaler og vurderinger."),
    Purpose.FOLLOWED_STUDENTS: _("Dit navn."),
    Purpose.STUDENT_MAINTENANCE: _("Dit navn og din uddannelse. Ikke din frafaldsrisiko."),
    Purpose.AGREEMENT_MAINTENANCE: _("Dit navn og din aftale. Ikke din frafaldsrisiko."),
    Purpose.USER_MAINTENANCE: _("Dit navn, din e-mailadresse og din adgang. Ikke din frafaldsrisiko."),
    Purpose.ROSTER_IMPORT: _("Dit navn og dit elevnummer. Ikke din frafaldsrisiko."),
}


@dataclass(frozen=True)
class Entry:
    """What one organisation did on one day for one purpose, and each time that it did."""

    day: datetime.date
    organisation: str
    purpose: Purpose
    moments: list[datetime.datetime]

    @property
    def shown(self) -> StrPromise:
        return SHOWN[self.purpose]

    @property
    def times(self) -> list[str]:
        return [time_format(timezone.localtime(moment), "TIME_FORMAT") for moment in self.moments]

    @property
    def is_told_in_a_line(self) -> bool:
        return len(self.moments) <= TIMES_IN_A_LINE


@dataclass(frozen=True)
class Page:
    """Some days of the log, the newest first; `older` is the day from which the next page goes back."""

    days: list[tuple[datetime.date, list[Entry]]]
    total: int
    older: datetime.date | None


def page_of(membership: Membership, before: str | None) -> Page:
    """The days before `before` ("2026-03-02"), or the newest."""
    own = Reading.objects.visible_to(membership)
    day = parsed(before)
    found = entries(own.filter(at__lt=midnight(day)) if day else own)
    has_more = len(found) > ENTRIES_PER_PAGE
    if has_more:
        # The last day may not be all there.
        found = [entry for entry in found if entry.day != found[-1].day]
    days = [(day, list(group)) for day, group in itertools.groupby(found, attrgetter("day"))]
    return Page(days, own.count(), days[-1][0] if has_more else None)


def entries(readings: ReadingQuerySet) -> list[Entry]:
    grouped = (
        readings.annotate(day=TruncDate("at"))
        .values("day", "company", "school", "company__name", "school__name", "purpose")
        .annotate(moments=ArrayAgg("at", order_by="at"))
        .order_by("-day", "company__name", "school__name", "purpose")
    )
    return [
        Entry(
            row["day"],
            row["company__name"] or row["school__name"] or str(ADMINISTRATION),
            Purpose(row["purpose"]),
            row["moments"],
        )
        for row in grouped[: ENTRIES_PER_PAGE + 1]
    ]


def parsed(day: str | None) -> datetime.date | None:
    try:
        return parse_date(day or "")
    except ValueError:
        return None


def midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
