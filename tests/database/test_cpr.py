"""A CPR number is found however it is written; what only looks a little like one is left alone."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from laereplads.database.cpr import holds_cpr_number, refuse_cpr_number_as_phone

SPELLINGS = [
    "0508051234",
    "050805-1234",
    "050805.1234",
    "050805/1234",
    "050805–1234",
    "050805—1234",
    "050805_1234",
    "05-08-05-1234",
    "05.08.05.1234",
    "05/08/05/1234",
    "05082005-1234",
    "050820051234",
    "05-08-2005-1234",
    "5/8-2005-1234",
    "5.8.05-1234",
    "CPR0508051234",
    "DK050805-1234",
    "IN-0508051234",
    "cpr:050805-1234",
    "(050805-1234)",
    "050805:1234",
    "050805'1234",
    "٠٥٠٨٠٥١٢٣٤",
    "０５０８０５-１２３４",
    "kim.050805-1234@test.example",
    "0508051234x",
    "050805,1234",
    "050805‐1234",
    "050805\u200b1234",
    "20050805-1234",
    "2005-08-05-1234",
]
WITH_SPACES = (
    *("050805 1234", "050805 - 1234", "05 08 05 12 34", "0508 0512 34", "05 08 05 1234", "050805\u00a01234"),
    *("050805   1234", "Kim Prøve 050805-1234", "Vej 3, 050805 1234", "99 0508051234", "12 34 56 78 90 050805-1234"),
    *("050805, 1234", "05 08 2005 1234", "0 5 0 8 0 5 1 2 3 4"),
)


@pytest.mark.parametrize("text", [*SPELLINGS, *WITH_SPACES])
def test_it_is_found_in_every_spelling(text):
    assert holds_cpr_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "20250805-1234",
        *(
            "",
            "E1",
            "IN-12x",
            "00777",
            "280001-00042",
            "20 30 40 50",
            "123456",
            "05-08-2005",
            "Solvej 12, 9990 Fjordby",
        ),
        *("Parkvej 12, 10. 11, 8000 Aarhus", "Parkvej 12, 2. 10, 8000 Aarhus", "1234567890123", "3213051234"),
        *("0513051234", "3002051234", "10508051234", "05080512345", "Åse Ærø-Ølgaard", "elev2026-4711@test.example"),
    ],
)
def test_what_is_none_is_left_alone(text):
    assert not holds_cpr_number(text)


def test_a_number_of_a_day_to_come_is_none():
    assert not holds_cpr_number("010130-4123")


def test_a_telephone_with_a_country_code_is_none():
    refuse_cpr_number_as_phone("+46 05 08 05 12 34")
    refuse_cpr_number_as_phone("0046 0508051234")


@st.composite
def written_numbers(draw: st.DrawFn) -> str:
    """A number of any past day, with marks anywhere between its parts and anything beside it."""
    born = draw(st.dates(datetime.date(1900, 1, 1), datetime.date(1999, 12, 31)))
    serial = draw(st.integers(0, 3999))
    mark = draw(st.sampled_from(["", "-", " ", ".", "/", "–", "—", "_", " - ", ":", "\u00a0"]))
    within = draw(st.sampled_from(["", "", "-", ".", "/", " "]))
    day = within.join((f"{born:%d}", f"{born:%m}", draw(st.sampled_from([f"{born:%y}", f"{born:%Y}"]))))
    before, after = (draw(st.sampled_from(["", "Kim ", "IN-", "nr. ", "x", "(", "a@"])) for _ in range(2))
    return f"{before}{day}{mark}{serial:04}{after[::-1]}"


@settings(max_examples=300, deadline=None)
@given(written_numbers())
def test_it_is_found_whatever_stands_between_and_beside(text):
    assert holds_cpr_number(text)


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        written_numbers(), st.text("0123456789-. /–", min_size=9, max_size=14), st.sampled_from(SPELLINGS)
    ).filter(lambda text: "\x00" not in text)
)
def test_all_that_the_database_refuses_is_refused_before(text):
    with connection.cursor() as cursor:
        cursor.execute("select holds_cpr_number(%s)", [text])
        [(found,)] = cursor.fetchall()
    assert holds_cpr_number(text) or not found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["0508051234", "050805-1234", "050805.1234", "050805/1234", "050805–1234", "IN0508051234"]
)
def test_the_database_knows_the_usual_spellings(text):
    with connection.cursor() as cursor:
        cursor.execute("select holds_cpr_number(%s)", [text])
        assert cursor.fetchone() == (True,)
