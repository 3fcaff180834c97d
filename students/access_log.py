"""Hvem har set mine oplysninger: who looked at a student's data, told day by day."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.purposes import Purpose, purposes

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.access_log.models import AccessLogQuerySet

# Whole days, at least so many entries where there are so many: more than one day can hold.
ENTRIES_PER_PAGE = 60
TIMES_IN_A_LINE = 5
# A page about one student names at most this many: the window of an assessment the one before and the one after, too.
NAMED_ON_ONES_PAGE = 3

ADMINISTRATION = _("Portalens administratorer")


@dataclass(frozen=True)
class Entry:
    """What one organisation did on one day for one purpose, and each time that it did."""

    day: datetime.date
    organisation: str
    purpose: Purpose
    # Whether it was the student's own page, or one of many that a list named.
    is_opened: bool
    moments: list[datetime.datetime]

    @property
    def shown(self) -> StrPromise:
        return self.purpose.shown

    @property
    def times(self) -> list[str]:
        return [time_format(timezone.localtime(moment), "TIME_FORMAT") for moment in self.moments]

    @property
    def counted_times(self) -> list[tuple[str, int]]:
        """Each time of day once, and how often it occurs."""
        return list(Counter(self.times).items())

    @property
    def is_told_in_a_line(self) -> bool:
        return len(self.counted_times) <= TIMES_IN_A_LINE


@dataclass(frozen=True)
class Day:
    """One day: who opened the student's page, and on whose lists they stood."""

    date: datetime.date
    entries: list[Entry]

    @property
    def opened(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_opened]

    @property
    def listed(self) -> list[tuple[str, int, list[Entry]]]:
        """Each organisation with how often it had the student on a list, and what for."""
        lists = [entry for entry in self.entries if not entry.is_opened]
        by_organisation = [(name, list(group)) for name, group in itertools.groupby(lists, attrgetter("organisation"))]
        return [(name, sum(len(entry.moments) for entry in group), group) for name, group in by_organisation]


@dataclass(frozen=True)
class Page:
    """Some days of the log, the newest first; `older` is the day from which the next page goes back."""

    days: list[Day]
    # Of the whole log.
    opened: int
    listed: int
    older: datetime.date | None


def is_opened() -> Q:
    codes = [str(purpose) for purpose in purposes().values() if purpose.opens_page]
    return Q(purpose__in=codes, students__len__lte=NAMED_ON_ONES_PAGE)


def page_of(membership: Membership, before: str | None) -> Page:
    """The days before `before` ("2026-03-02"), or the newest."""
    own = AccessLogEntry.objects.visible_to(membership)
    day = parsed(before)
    found = entries(own.filter(at__lt=midnight(day)) if day else own)
    has_more = len(found) > ENTRIES_PER_PAGE
    if has_more:
        # The last day may not be all there.
        found = [entry for entry in found if entry.day != found[-1].day]
    days = [Day(day, list(group)) for day, group in itertools.groupby(found, attrgetter("day"))]
    told = own.aggregate(opened=Count("pk", filter=is_opened()), all=Count("pk"))
    return Page(days, told["opened"], told["all"] - told["opened"], days[-1].date if has_more else None)


def entries(log: AccessLogQuerySet) -> list[Entry]:
    grouped = (
        log.annotate(day=TruncDate("at"), is_opened=ExpressionWrapper(is_opened(), output_field=BooleanField()))
        .values("day", "company", "school", "company__name", "school__name", "purpose", "is_opened")
        .annotate(moments=ArrayAgg("at", order_by="at"))
        .order_by("-day", "company__name", "school__name", "purpose", "-is_opened")
    )
    return [
        Entry(
            row["day"],
            row["company__name"] or row["school__name"] or str(ADMINISTRATION),
            purposes()[row["purpose"]],
            row["is_opened"],
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
