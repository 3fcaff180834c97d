"""Figures of absence: whole minutes and whole tenths of a percent, so that what one reads is what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan
from django.utils.formats import number_format
from django.utils.translation import gettext as _

# Fewer delivered days say nothing about anybody.
FEWEST_DAYS = 5
# The bounds of the bands that Elevoversigt filters by, in tenths of a percent.
BAND_BOUNDS = (50, 100, 150)


def tenths(part: int, whole: int) -> int | None:
    """`part` of `whole` in tenths of a percent, half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def tenths_expression(part: Combinable, whole: Combinable) -> Case:
    """The same in SQL: PostgreSQL divides whole numbers whole."""
    return Case(
        When(GreaterThan(whole, Value(0)), then=(part * Value(2000) + whole) / (whole * Value(2))),
        default=None,
        output_field=IntegerField(),
    )


def percent_in_words(value: int | None) -> str:
    """“12,5 %”, and a dash of nothing."""
    return "–" if value is None else f"{number_format(Decimal(value).scaleb(-1), 1)} %"


def minutes_in_words(minutes: int) -> str:
    """“22 timer 45 min.”, “9 timer”, “45 min.”."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append((_("%(hours)d time") if hours == 1 else _("%(hours)d timer")) % {"hours": hours})
    if rest or not hours:
        parts.append(_("%(minutes)d min.") % {"minutes": rest})
    return " ".join(parts)


def latest_days_in_words(share: int | None, unlawful: int | None, *, has_days: bool) -> str:
    """The line of Elevoversigt about the latest school days, in tenths of a percent; None of too few days."""
    if share is None:
        return _("Fravær: For få skoledage") if has_days else _("Fravær: Ingen oplysninger")
    told = {"share": percent_in_words(share), "unlawful": percent_in_words(unlawful)}
    return _("Fravær: %(share)s (ulovligt %(unlawful)s) seneste 20 skoledage") % told


@dataclass(frozen=True, slots=True)
class Sums:
    """Minutes of some days: of the timetable, and absent from it."""

    scheduled: int
    lawful: int
    unlawful: int

    @property
    def absent(self) -> int:
        return self.lawful + self.unlawful

    @property
    def tenths(self) -> int | None:
        return tenths(self.absent, self.scheduled)

    @property
    def unlawful_tenths(self) -> int | None:
        return tenths(self.unlawful, self.scheduled)

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.scheduled + other.scheduled, self.lawful + other.lawful, self.unlawful + other.unlawful)


NOTHING = Sums(0, 0, 0)
