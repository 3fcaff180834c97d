"""Percentages in whole tenths and minutes in words: the right values of the specification."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from absence.figures import Sums, minutes_in_words, percent_in_words, tenths


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (225, 1800, "12,5 %"),
        (90, 1800, "5,0 %"),
        (1365, 10800, "12,6 %"),
        (540, 10800, "5,0 %"),
        (45, 2000, "2,3 %"),
        (9, 2000, "0,5 %"),
        (1, 2000, "0,1 %"),
        (2249, 15000, "15,0 %"),
        (2242, 15000, "14,9 %"),
        (1437, 7200, "20,0 %"),
        (1436, 7200, "19,9 %"),
        (735, 1860, "39,5 %"),
        (345, 1860, "18,5 %"),
        (1125, 2250, "50,0 %"),
        (735, 2250, "32,7 %"),
        (0, 0, "–"),
        (0, 390, "0,0 %"),
        (390, 390, "100,0 %"),
    ],
)
def test_a_share_is_shown_in_tenths_half_up(part, whole, words):
    assert percent_in_words(tenths(part, whole)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (225, "3 timer 45 min."),
        (1365, "22 timer 45 min."),
        (540, "9 timer"),
        (60, "1 time"),
        (61, "1 time 1 min."),
        (45, "45 min."),
        (0, "0 min."),
        (1125, "18 timer 45 min."),
    ],
)
def test_minutes_are_told_in_hours(minutes, words):
    assert minutes_in_words(minutes) == words


def test_a_group_is_its_minutes_and_not_the_mean_of_percentages():
    assert (Sums(1000, 300, 0) + Sums(3000, 0, 0)).tenths == 75


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_tenths_are_the_exact_share_rounded_half_up(part, whole):
    found = tenths(part, whole)
    # part/whole is nearest to found tenths of a percent; a half goes up.
    assert (2 * found - 1) * whole <= 2000 * part < (2 * found + 1) * whole


@pytest.mark.django_db
def test_the_database_says_the_same():
    with connection.cursor() as cursor:
        for part, whole in ((225, 1800), (45, 2000), (9, 2000), (1, 2000), (2249, 15000), (2242, 15000), (1436, 7200)):
            cursor.execute("select (2000 * %s::int + %s::int) / (2 * %s::int)", [part, whole, whole])
            assert cursor.fetchone()[0] == tenths(part, whole)
