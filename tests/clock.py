"""When the tests take place."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pytest

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
# A Wednesday to a Tuesday: summer time begins on the Sunday, and the month ends with the week.
WEEK = [datetime.date(2026, 3, day) for day in range(25, 32)]


def day_of_run(config: pytest.Config) -> datetime.date:
    """One day of the week, chosen by the seed that the tests are shuffled with."""
    seed: int = config.getoption("randomly_seed", 0)
    return WEEK[seed % len(WEEK)]


def moment_of(node: pytest.Item | pytest.Collector) -> str:
    """Nine o'clock in Copenhagen on the day that a test or its module names: `@pytest.mark.today("2026-03-02")`.

    One that names no day must hold on any.
    """
    named = node.get_closest_marker("today")
    day = datetime.date.fromisoformat(named.args[0]) if named else day_of_run(node.config)
    # As a text: of a time with a zone the machine would take on the zone, too.
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=COPENHAGEN).isoformat()
