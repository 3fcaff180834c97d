"""How the school's pages say how far off a day is, and how much a student was absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from absence.figures import latest_days_in_words, percent_in_words, tenths
from laereplads.web.words import cached_per_language
from schools.models import NO_DAYS, absence_tenths

if TYPE_CHECKING:
    import datetime

    from schools.models import StudentListEntry
    from schools.queries import Line

DAYS_OF_A_WEEK = 7
# Fewer are said in weeks, more in months.
DAYS_SAID_IN_WEEKS = 60


def until(day: datetime.date, today: datetime.date) -> str:
    """How far off a coming day is, in the largest whole unit: "om 12 uger", "om 3 dage", "i dag"."""
    return in_days((day - today).days)


@cached_per_language
def in_days(days: int) -> str:
    if days < 1:
        return _("i dag")
    if days < DAYS_OF_A_WEEK:
        return ngettext("om %(days)d dag", "om %(days)d dage", days) % {"days": days}
    weeks = days // DAYS_OF_A_WEEK
    return ngettext("om %(weeks)d uge", "om %(weeks)d uger", weeks) % {"weeks": weeks}


def since(day: datetime.date) -> str:
    """How long ago a day was, in the largest whole unit: "for mere end 1 år siden", "for 3 uger siden", "i dag"."""
    today = timezone.localdate()
    days = (today - day).days
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    years, rest = divmod(months, 12)
    if days < 1:
        return _("i dag")
    if days < DAYS_OF_A_WEEK:
        return ngettext("for %(count)d dag siden", "for %(count)d dage siden", days) % {"count": days}
    if days < DAYS_SAID_IN_WEEKS:
        weeks = days // DAYS_OF_A_WEEK
        return ngettext("for %(count)d uge siden", "for %(count)d uger siden", weeks) % {"count": weeks}
    if not years:
        return ngettext("for %(count)d måned siden", "for %(count)d måneder siden", months) % {"count": months}
    if rest or today.day != day.day:
        return ngettext("for mere end %(count)d år siden", "for mere end %(count)d år siden", years) % {"count": years}
    return ngettext("for %(count)d år siden", "for %(count)d år siden", years) % {"count": years}


def latest_absence(line: Line | StudentListEntry) -> str:
    """The absence of the latest school days: "Fravær: 12,5 % (ulovligt 5,0 %) seneste 20 skoledage"."""
    return in_percent((line.absence_key, line.unlawful_tenths))


@cached_per_language
def in_percent(absence: tuple[int, int | None]) -> str:
    key, unlawful = absence
    return latest_days_in_words(absence_tenths(key), unlawful, has_days=key != NO_DAYS)


def share(part_and_whole: tuple[int, int]) -> str:
    """“12,5 %”, and a dash of nothing."""
    return percent_in_words(tenths(*part_and_whole))


FILTERS = [latest_absence, share, since, until]
