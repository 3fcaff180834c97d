"""How pages say figures of absence, and how far a school period has come."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.text import capfirst

from absence.figures import minutes_in_words, percent_in_words
from absence.models import PeriodState
from absence.weeks import weeks_in_words
from laereplads.design_system.markup import badge
from laereplads.web.words import long_date

if TYPE_CHECKING:
    from markupsafe import Markup


def period_badge(state: str) -> Markup:
    """In no colour of the traffic light, which is the company's judgement of somebody."""
    return badge("none", str(PeriodState(state).label))


def weekday_and_date(day: datetime.date) -> str:
    """“Mandag 11. januar 2027”."""
    return capfirst(f"{date_format(day, 'l')} {long_date(day)}")


FILTERS = [minutes_in_words, percent_in_words, period_badge, weekday_and_date, weeks_in_words]
