"""Skoleophold: when a student is at school, in words and as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from absence.models import PeriodState, SchoolPeriod
from laereplads.web.words import long_date

if TYPE_CHECKING:
    import datetime

    from laereplads.access.models import Membership

DAYS_OF_A_WEEK = 7
# Fewer days that are no whole week are said in days.
SAID_IN_WEEKS = 14


@dataclass(frozen=True)
class SchoolPeriods:
    """All of a student's own, at any school; the newest first."""

    periods: list[SchoolPeriod]

    @classmethod
    def visible_to(cls, membership: Membership) -> SchoolPeriods:
        own = SchoolPeriod.objects.visible_to(membership).select_related("school", "student")
        return cls(list(own.order_by("-starts_on", "-id")))

    @property
    def sentences(self) -> list[str]:
        """What runs and what comes next."""
        held = [period for period in reversed(self.periods) if not period.cancelled_on]
        running = [running_in_words(period) for period in held if period.state == PeriodState.RUNNING]
        coming = [coming_in_words(period) for period in held if period.state == PeriodState.COMING]
        return running + coming[:1] or [_("Du har ikke noget skoleophold, der er i gang eller på vej.")]


def running_in_words(period: SchoolPeriod) -> str:
    today, last = timezone.localdate(), long_date(period.last_day)
    if period.starts_on == period.last_day:
        return _("Du har skoleophold i dag.")
    if period.starts_on == today:
        return _("Dit skoleophold begynder i dag. Det varer til og med den %(day)s.") % {"day": last}
    if period.last_day == today:
        return _("Dit skoleophold slutter i dag.")
    return _("Du er på skoleophold til og med den %(day)s.") % {"day": last}


def coming_in_words(period: SchoolPeriod) -> str:
    told = {"day": long_date(period.starts_on), "when": until(period.starts_on)}
    return _("Dit næste skoleophold begynder den %(day)s, %(when)s.") % told


def until(day: datetime.date) -> str:
    """How far off a coming day is: “i morgen”, “om 3 dage”, “om 1 uge”, “om 6 uger”."""
    days = (day - timezone.localdate()).days
    if days == 1:
        return _("i morgen")
    if days != DAYS_OF_A_WEEK and days < SAID_IN_WEEKS:
        return _("om %(days)d dage") % {"days": days}
    weeks = days // DAYS_OF_A_WEEK
    return ngettext("om %(weeks)d uge", "om %(weeks)d uger", weeks) % {"weeks": weeks}
