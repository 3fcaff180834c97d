"""On which days Denmark works."""

import datetime

import pytest

from laereplads.web.working_days import is_working_day, working_day_from


@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-01", "2026-04-02", "2026-04-03", "2026-04-05", "2026-04-06", "2026-05-14", "2026-05-24"),
        *("2026-05-25", "2026-12-25", "2026-12-26", "2027-03-26", "2027-05-17"),
        # No public holidays.
        *("2026-06-05", "2026-12-24", "2026-12-31"),
        # Store bededag, the last time.
        "2023-05-05",
        # Saturday, Sunday.
        *("2026-11-28", "2026-11-29"),
    ],
)
def test_nobody_works(day):
    assert not is_working_day(datetime.date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    [
        # What was Store bededag.
        *("2024-04-26", "2025-05-16", "2026-05-01", "2027-04-23"),
        # The day between, and those around the ones that are off.
        *("2026-05-15", "2026-06-04", "2026-12-23", "2026-12-30", "2027-01-04"),
    ],
)
def test_people_work(day):
    assert is_working_day(datetime.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        ("2026-11-30", "2026-11-30"),
        ("2026-11-28", "2026-11-30"),
        ("2026-12-24", "2026-12-28"),
        ("2026-12-31", "2027-01-04"),
        ("2027-03-25", "2027-03-30"),
    ],
)
def test_the_next_working_day_is_the_day_itself_if_people_work(day, next_one):
    assert working_day_from(datetime.date.fromisoformat(day)) == datetime.date.fromisoformat(next_one)
