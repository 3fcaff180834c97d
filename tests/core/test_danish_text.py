"""The SQL functions behind sorted and searched names."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def sql(function: str, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [text])
        return cursor.fetchone()[0]


def test_names_sort_as_in_a_danish_telephone_book():
    names = ["Ågot", "Zoo", "Øster", "Aabenraa", "Abel", "Ærø", "Aksel", "Åse"]

    in_order = sorted(names, key=lambda name: sql("danish_sort_key", name).encode())

    assert in_order == ["Abel", "Aksel", "Zoo", "Ærø", "Øster", "Aabenraa", "Ågot", "Åse"]


@pytest.mark.parametrize(
    ("swedish_or_german", "danish"), [("Äpple", "Æpple"), ("Öberg", "Øberg"), ("Müller", "Myller")]
)
def test_neighbours_letters_sort_as_their_danish_kin(swedish_or_german, danish):
    assert sql("danish_sort_key", swedish_or_german) == sql("danish_sort_key", danish)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("joergensen", "Jørgensen"),
        ("AAGAARD", "Ågård"),
        ("aeroe", "Ærø"),
        ("anne marie", "Anne-Marie"),
        ("rene", "René"),
    ],
)
def test_search_forgives_how_danish_letters_are_typed(typed, written):
    assert sql("danish_search_key", typed) == sql("danish_search_key", written)


def test_upper_case_is_folded_whatever_locale_the_server_has():
    assert sql("danish_search_key", "ÆØÅÉÜ") == sql("danish_search_key", "æøåéü")
