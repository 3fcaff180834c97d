"""ISO weeks as they are said and typed."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absence.weeks import Week, typed_week, weeks_in_words

DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2027-01-11", "2027-03-19", "uge 2–11"),
        ("2026-12-28", "2027-01-03", "uge 53"),
        ("2027-01-03", "2027-01-03", "uge 53"),
        ("2027-01-03", "2027-01-04", "uge 53–1"),
        ("2026-11-30", "2027-01-15", "uge 49–2"),
    ],
)
def test_weeks_are_said_by_their_numbers(first, last, words):
    said = weeks_in_words(*map(datetime.date.fromisoformat, (first, last)))
    assert said == words


@pytest.mark.parametrize(
    ("today", "typed", "week"),
    [
        ("2026-12-01", "49", Week(2026, 49)),
        ("2026-12-01", "48", Week(2027, 48)),
        ("2026-12-01", "53", Week(2026, 53)),
        ("2027-01-03", "uge 53", Week(2026, 53)),
        ("2027-01-04", "53", None),
        ("2027-01-04", "53 2026", Week(2026, 53)),
        ("2026-12-01", " UGE 2 / 2027 ", Week(2027, 2)),
        ("2026-12-01", "uge2,2027", Week(2027, 2)),
        ("2026-12-01", "22027", None),
        ("2026-12-01", "0", None),
        ("2026-12-01", "", None),
        ("2026-12-01", "52 9999", None),
    ],
)
def test_a_week_without_a_year_is_the_next_one(today, typed, week):
    assert typed_week(typed, datetime.date.fromisoformat(today)) == week


@given(DAYS, DAYS)
def test_what_is_shown_can_be_typed(day, today):
    week = Week.of(day)
    assert week.monday <= day <= week.sunday
    assert typed_week(str(week), today) == week
