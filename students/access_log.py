"""Hvem har set mine oplysninger: who looked at a student's data, told day by day."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.purposes import SEARCH, Purpose, purposes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from laereplads.access.models import Membership
    from laereplads.access_log.models import AccessLogQuerySet

# Whole days, at least so many entries where there are so many: more than one day can hold.
ENTRIES_PER_PAGE = 60
TIMES_IN_A_LINE = 5

ADMINISTRATION = _("Portalens administratorer")


@dataclass(frozen=True)
class Entry:
    """What one organisation did on one day for one purpose, and each time that it did."""

    day: datetime.date
    organisation: str
    purpose: Purpose
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


# An organisation, how often it did something, and what for.
type Summary = tuple[str, int, list[Entry]]


@dataclass(frozen=True)
class Day:
    """One day: who opened the student's page, on whose lists they stood, and whose searches told of them."""

    date: datetime.date
    entries: list[Entry]

    @property
    def opened(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.purpose.opens_page]

    @property
    def listed(self) -> list[Summary]:
        return by_organisation(entry for entry in self.entries if is_list(entry.purpose))

    @property
    def searched(self) -> list[Summary]:
        return by_organisation(entry for entry in self.entries if entry.purpose == SEARCH)


@dataclass(frozen=True)
class Page:
    """Some days of the log, the newest first; `older` is the day from which the next page goes back."""

    days: list[Day]
    # Of the whole log.
    opened: int
    listed: int
    searched: int
    older: datetime.date | None


def is_list(purpose: Purpose) -> bool:
    return not purpose.opens_page and purpose != SEARCH


def by_organisation(entries: Iterable[Entry]) -> list[Summary]:
    groups = [(name, list(group)) for name, group in itertools.groupby(entries, attrgetter("organisation"))]
    return [(name, sum(len(entry.moments) for entry in group), group) for name, group in groups]


def count_of(wanted: Callable[[Purpose], bool]) -> Count:
    return Count("pk", filter=Q(purpose__in=[str(purpose) for purpose in purposes().values() if wanted(purpose)]))


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
    told = own.aggregate(
        opened=count_of(lambda purpose: purpose.opens_page),
        listed=count_of(is_list),
        searched=count_of(lambda purpose: purpose == SEARCH),
    )
    return Page(days, **told, older=days[-1].date if has_more else None)


def entries(log: AccessLogQuerySet) -> list[Entry]:
    grouped = (
        log.annotate(day=TruncDate("at"))
        .values("day", "company", "school", "company__name", "school__name", "purpose")
        .annotate(moments=ArrayAgg("at", order_by="at"))
        .order_by("-day", "company__name", "school__name", "purpose")
    )
    return [
        Entry(
            row["day"],
            row["company__name"] or row["school__name"] or str(ADMINISTRATION),
            purposes()[row["purpose"]],
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
