"""Days, times and other words as templates say them."""

from __future__ import annotations

import datetime
import functools
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Callable


def cached_per_language[Thing](say: Callable[[Thing], str]) -> Callable[[Thing], str]:
    """`functools.lru_cache` for what is said otherwise in each language. Nothing of any person belongs here."""

    @functools.lru_cache(maxsize=5000)
    def said(thing: Thing, _language: str | None) -> str:
        return say(thing)

    return functools.wraps(say)(lambda thing: said(thing, get_language()))


@cached_per_language
def day_in_words(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")


def as_day(day: datetime.date) -> datetime.date:
    """The day in Copenhagen, of a moment too."""
    return timezone.localdate(day) if isinstance(day, datetime.datetime) else day


def long_date(day: datetime.date) -> str:
    """A day, or that of a moment, in words: "2. marts 2026"."""
    return day_in_words(as_day(day))


def short_date(day: datetime.date) -> str:
    """A day, or that of a moment, in figures: "02.03.2026"."""
    day = as_day(day)
    return f"{day.day:02}.{day.month:02}.{day.year}"


def clock(moment: datetime.datetime) -> str:
    """The time of day in Copenhagen: "14.05"."""
    return time_format(timezone.localtime(moment), "TIME_FORMAT")
