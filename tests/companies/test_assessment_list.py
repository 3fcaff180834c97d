"""Frafaldsrisiko (SOSU): which students it shows, what each row says, filters, order and pages."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from risk.models import Level, months_after
from risk.operations import record_assessment
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory, WorkplaceFactory

LIST = reverse("companies:assessment_list")


@pytest.fixture
def employee(db):
    return MembershipFactory(company_staff=True, user__name="Else Oplærer")


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


def agreement_of(employee, name, **details):
    return AgreementFactory(company=employee.company, student__name=name, **details)


def assessed(agreement, level, employee, days_ago=0):
    at = timezone.now() - datetime.timedelta(days=days_ago)
    record_assessment(agreement, level, by=employee, at=at)
    return agreement


def names(response):
    """The students of the rows, from top to bottom."""
    return [line.name for line in response.context["page"]]


def text(response):
    """What the page says, without its markup and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_a_row_says_what_the_guide_says(client, employee):
    workplace = WorkplaceFactory(
        company=employee.company, name="Plejehjemmet Test", street="Testvej 7", postal_code="4321", town="Prøveby"
    )
    agreement = agreement_of(
        employee,
        "Karla Testelev",
        workplace=workplace,
        starts_on=datetime.date(2024, 3, 1),
        ends_on=datetime.date(2026, 11, 15),
    )
    record_assessment(agreement, Level.MEDIUM, by=employee, at=datetime.datetime(2025, 10, 20, 12, tzinfo=datetime.UTC))

    page = text(client.get(LIST))

    for words in (
        "Karla Testelev Social- og sundhedsassistent",
        "Plejehjemmet Test Testvej 7 4321 Prøveby",
        "Ordinær aftale 1. marts 2024 – 15. november 2026",
        "Middel 20. oktober 2025 Else Oplærer",
        "Rediger Karla Testelev",
        "1 af 1 lærling har en vurdering",
    ):
        assert words in page


def test_a_student_who_was_never_assessed_is_not_registered_and_so_is_one_whose_assessment_was_removed(
    client, employee
):
    agreement_of(employee, "Aldrig")
    removed = assessed(agreement_of(employee, "Fjernet"), Level.HIGH, employee)
    record_assessment(removed, None, by=employee)

    page = client.get(LIST, {"niveau": "none"})

    assert names(page) == ["Aldrig", "Fjernet"]
    assert "0 af 2 lærlinge har en vurdering" in text(page)
    assert text(page).count("Ikke registreret Foreslået:") == 2


@pytest.mark.today("2026-03-02")
def test_it_shows_the_companys_students_on_sosu_educations_whose_agreements_have_begun(client, employee):
    agreement_of(employee, "Igang")
    agreement_of(employee, "Nylig", ended_lately=True)
    agreement_of(employee, "Forlængst", ended_long_ago=True)
    agreement_of(employee, "Kommende", not_begun=True)
    AgreementFactory(company=employee.company, student=StudentFactory(name="Pædagogisk", education__other=True))
    AgreementFactory(student__name="Fremmed")

    page = client.get(LIST)

    assert names(page) == ["Igang", "Nylig"]
    assert "Afsluttet 1. februar 2026" in text(page)
    for other in ("Forlængst", "Kommende", "Pædagogisk", "Fremmed"):
        assert other not in text(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("niveau=high", ["Høj"]),
        ("niveau=high&niveau=low", ["Høj", "Lav"]),
        ("niveau=none", ["Ingen"]),
        ("niveau=medium&niveau=none", ["Ingen", "Middel"]),
        ("niveau=high&niveau=medium&niveau=low&niveau=none", ["Høj", "Ingen", "Lav", "Middel"]),
    ],
)
def test_levels_can_be_combined(client, employee, query, expected):
    for name, level in (("Høj", Level.HIGH), ("Middel", Level.MEDIUM), ("Lav", Level.LOW)):
        assessed(agreement_of(employee, name), level, employee)
    agreement_of(employee, "Ingen")

    page = client.get(f"{LIST}?{query}")

    assert names(page) == expected
    assert "3 af 4 lærlinge har en vurdering" in text(page)


@pytest.mark.parametrize("words", ["søren", "SOEREN", "ren aa", "gård s", "  soeren   aagaard "])
def test_a_name_is_found_by_any_part_and_without_danish_letters(client, employee, words):
    agreement_of(employee, "Søren Aagård")
    agreement_of(employee, "Sofie Holm")

    assert names(client.get(LIST, {"navn": words})) == ["Søren Aagård"]


def test_a_workplace_narrows_the_list_and_the_choices_are_the_companys_own(client, employee):
    here = agreement_of(employee, "Her")
    agreement_of(employee, "Der")
    foreign = AgreementFactory()

    page = client.get(LIST, {"arbejdssted": here.workplace.p_number})

    assert names(page) == ["Her"]
    assert here.workplace.name in text(page)
    assert foreign.workplace.name not in text(page)
    assert names(client.get(LIST, {"arbejdssted": foreign.workplace.p_number})) == ["Der", "Her"]


def test_students_stand_in_danish_order(client, employee):
    for name in ("Øjvind", "Aage", "Zenia", "Ærø", "Anna"):
        agreement_of(employee, name)

    assert names(client.get(LIST)) == ["Anna", "Zenia", "Ærø", "Øjvind", "Aage"]


def test_they_can_be_ordered_by_workplace(client, employee):
    for name, place in (("Anna", "Å-huset"), ("Bo", "Centret"), ("Carl", "Centret")):
        agreement_of(employee, name, workplace=WorkplaceFactory(company=employee.company, name=place))

    assert names(client.get(LIST, {"sortering": "workplace"})) == ["Bo", "Carl", "Anna"]


def test_they_can_be_ordered_by_how_long_ago_they_were_assessed_the_never_assessed_first(client, employee):
    assessed(agreement_of(employee, "Ny"), Level.LOW, employee, days_ago=1)
    assessed(agreement_of(employee, "Gammel"), Level.LOW, employee, days_ago=90)
    agreement_of(employee, "Aldrig")

    assert names(client.get(LIST, {"sortering": "oldest"})) == ["Aldrig", "Gammel", "Ny"]


def test_a_company_without_students_is_told_when_they_will_come(client):
    page = text(client.get(LIST))

    assert "I har ingen lærlinge at vurdere lige nu" in page
    assert "Filtrer" not in page


def test_no_hits_offer_a_way_back(client, employee):
    agreement_of(employee, "Anna")

    page = client.get(LIST, {"navn": "Ukendt"})

    assert "0 lærlinge" in text(page)
    assert "Nulstil filtre" in text(page)
    assert "Nulstil filtre" not in text(client.get(LIST))


@pytest.mark.today("2026-03-02")
def test_a_student_with_two_agreements_counts_once(client, employee):
    former = agreement_of(employee, "Anna", starts_on=datetime.date(2025, 1, 1), ends_on=datetime.date(2026, 2, 20))
    AgreementFactory(
        company=employee.company,
        student=former.student,
        starts_on=datetime.date(2026, 2, 21),
        ends_on=datetime.date(2027, 1, 1),
    )
    assessed(former, Level.LOW, employee)

    page = client.get(LIST)

    assert names(page) == ["Anna", "Anna"]
    assert "1 af 1 lærling har en vurdering" in text(page)


def test_long_lists_have_pages_that_keep_the_filters(client, employee):
    workplace = WorkplaceFactory(company=employee.company)
    for number in range(35):
        agreement_of(employee, f"Testelev {number:02}", workplace=workplace)

    first = client.get(LIST, {"navn": "testelev", "sortering": "oldest"})
    onward = re.search(r'href="([^"]*)">Næste<', first.content.decode()).group(1).replace("&amp;", "&")
    second = client.get(LIST + onward)

    assert names(first) == [f"Testelev {number:02}" for number in range(25)]
    assert names(second) == [f"Testelev {number:02}" for number in range(25, 35)]
    assert "35 lærlinge" in text(second)
    assert "26–35 af 35" in text(second)
    assert re.fullmatch(r"\?navn=testelev&sortering=oldest&efter=[0-9a-f-]{36}&nr=25", onward)
    assert 'href="?navn=testelev&amp;sortering=oldest"' in second.content.decode()
    assert names(client.get(LIST, {"navn": "testelev", "side": "sidste"})) == names(second)


@pytest.mark.parametrize("order", ["", "workplace", "oldest"])
def test_both_ways_lead_past_everybody_once(client, employee, monkeypatch, order):
    monkeypatch.setattr("risk.queries.PAGE_SIZE", 5)
    workplaces = WorkplaceFactory.create_batch(2, company=employee.company, name="Samme Navn")
    for number in range(13):
        agreement = agreement_of(employee, "Samme Navn", workplace=workplaces[number % 2])
        if number % 3:
            assessed(agreement, Level.LOW, employee)

    def walk(way, query):
        while query is not None:
            page = client.get(LIST + query)
            yield [line.agreement_id for line in page.context["page"]]
            link = re.search(rf'href="([^"]*)">{way}<', page.content.decode())
            query = link.group(1).replace("&amp;", "&") if link else None

    forwards = list(walk("Næste", f"?sortering={order}"))
    backwards = list(walk("Forrige", f"?sortering={order}&side=sidste"))

    assert [len(page) for page in forwards] == [5, 5, 3]
    assert len(set().union(*forwards)) == 13
    assert backwards == forwards[::-1]


@pytest.mark.parametrize(
    "query",
    [
        "side=0", "side=-1", "side=999999999999999999999999", "side=abc", "side=%00", "side=" + "9" * 5000,
        "efter=abc&nr=1", "efter=%00&nr=%00", "foer=00000000-0000-0000-0000-000000000000&nr=" + "9" * 5000,
        "niveau=unknown", "niveau=%00", "sortering=';drop", "sortering=-1", "arbejdssted=0", "arbejdssted=%00",
        "navn=%00", "navn=%25", "navn=_", "navn=%5C", "navn=" + "a" * 5000, "navn=%ED%A0%80", "navn='", "ukendt=1",
        "navn=a&navn=b", "niveau=high&niveau=unknown",
    ],
)  # fmt: skip
def test_a_hostile_address_is_answered_calmly(client, employee, query):
    agreement_of(employee, "Anna")

    for address in (LIST, reverse("companies:agreement_list")):
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get(f"{address}?{query}", headers=headers).status_code == 200


def test_what_cannot_be_used_is_said_beside_its_field_and_left_out(client, employee):
    agreement_of(employee, "Anna")

    page = client.get(LIST, {"niveau": "unknown", "navn": "anna"})

    assert names(page) == ["Anna"]
    assert "Vælg en af mulighederne på listen." in text(page)


@pytest.mark.parametrize("typed", ["-", ".", "/", ", ;", "'", "%"])
def test_marks_alone_find_nobody(client, employee, typed):
    agreement_of(employee, "Kim O'Brian-Holm L.")

    for address in (LIST, reverse("companies:agreement_list")):
        assert names(client.get(address, {"navn": typed})) == []


def test_percent_and_underscore_are_letters_like_others(client, employee):
    agreement_of(employee, "Anna")

    assert names(client.get(LIST, {"navn": "%"})) == []
    assert names(client.get(LIST, {"navn": "_"})) == []


def test_htmx_gets_the_results_alone_and_a_clean_address(client, employee):
    agreement_of(employee, "Anna")

    part = client.get(f"{LIST}?navn=&arbejdssted=&sortering=student&niveau=none", headers={"HX-Request": "true"})

    assert "<h1" not in part.content.decode()
    assert part.headers["HX-Push-Url"] == f"{LIST}?niveau=none"
    assert "HX-Request" in part.headers["Vary"]


def statements(client, address):
    """How many statements a reading takes; the savepoints around it are the tests' own."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


@pytest.mark.parametrize("page", ["companies:assessment_list", "companies:agreement_list"])
def test_a_list_takes_the_same_statements_however_long(client, employee, page):
    first = assessed(agreement_of(employee, "Testelev"), Level.LOW, employee)
    address = f"{reverse(page)}?navn=testelev&arbejdssted={first.workplace.p_number}"
    one = statements(client, address)
    for number in range(49):
        agreement = agreement_of(employee, f"Testelev {number}", workplace=first.workplace)
        assessed(agreement, [Level.HIGH, Level.LOW][number % 2], employee)

    assert statements(client, address) == one <= 9


@pytest.mark.parametrize("role", ["school_staff", "of_student", "administrator"])
@pytest.mark.parametrize("page", ["companies:assessment_list", "companies:agreement_list"])
def test_other_roles_are_refused(logged_in, role, page):
    assert logged_in(MembershipFactory(**{role: True})).get(reverse(page)).status_code == 403


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("day", "later"),
    [
        ("2026-03-02", "2026-06-02"),
        ("2026-11-30", "2027-02-28"),
        ("2026-12-31", "2027-03-31"),
        ("2027-11-30", "2028-02-29"),
    ],
)
def test_three_months_later_is_the_same_day_or_the_months_last(day, later):
    assert months_after(datetime.date.fromisoformat(day), 3) == datetime.date.fromisoformat(later)


def test_students_of_the_same_name_are_told_apart_wherever_they_stand(client, employee):
    """In both lists, in the window and in the row after saving; also when the other stands on another page."""
    here = {"student__school__name": "Nordby SOSU"}
    first = agreement_of(employee, "Anna Holm", student__student_number="2026-1234", **here)
    agreement_of(employee, "Anna Holm", student__student_number="2026-5678", ended_lately=True)
    agreement_of(employee, "Bo Holm", student__student_number="2026-9999")
    AgreementFactory(student__name="Bo Holm")
    window = reverse("companies:assessment_update", args=[first.public_id])
    for address in (LIST, reverse("companies:agreement_list"), f"{LIST}?navn=anna&sortering=workplace"):
        found = text(client.get(address))
        assert "Anna Holm Nordby SOSU, elevnummer slutter på 1234" in found, address
        assert re.search("Anna Holm [^,]+, elevnummer slutter på 5678", found), address
        assert "9999" not in found
    assert "Nordby SOSU, elevnummer slutter på 1234" in text(client.get(window))
    saved = client.post(window, {"level": "low", "seen": "0"}, headers={"HX-Request": "true"})
    assert "Anna Holm Nordby SOSU, elevnummer slutter på 1234" in text(saved)

    first.student.student_number = "2026-4321"
    first.student.save()
    assert "elevnummer slutter på 4321" in text(client.get(LIST))
    first.student.name = "Anne Holm"
    first.student.save()
    assert "elevnummer" not in text(client.get(LIST))


def test_namesakes_with_the_same_end_of_their_numbers_are_told_apart_by_their_schools(client, employee):
    for name in ("Nordby SOSU", "Sydby SOSU"):
        agreement_of(employee, "Anna Holm", student__student_number="2026-1234", student__school__name=name)
    for address in (LIST, reverse("companies:agreement_list")):
        found = text(client.get(address))
        assert all(f"Anna Holm {name}, elevnummer slutter på 1234" in found for name in ("Nordby SOSU", "Sydby SOSU"))
