"""The days and moments that the conditions of the rules are compared with."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from laereplads.database.retention import Months, Time

if TYPE_CHECKING:
    from collections.abc import Mapping


def bounds(periods: Mapping[str, Months | Time], now: datetime.datetime) -> dict[str, Any]:
    """What a condition in SQL compares with: `%(name)s` is a day, `%(name_at)s` a moment; all before it has to go."""
    found: dict[str, Any] = {"now": now, "today": timezone.localdate(now)}
    for name, period in periods.items():
        if isinstance(period, Time):
            found[f"{name}_at"] = now - period.length
        else:
            day = period.first_kept(timezone.localdate(now))
            found[name] = day
            found[f"{name}_at"] = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    return found
