"""Lærlingeoversigt: all the company's students and agreements."""

from __future__ import annotations

import datetime
import re

import pytest
from django.urls import reverse

from tests.factories import AgreementFactory, MembershipFactory, StudentFactory

LIST = reverse("companies:agreement_list")


@pytest.fixture
def employee(db):
    return MembershipFactory(company_staff=True)


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


def agreement_of(employee, name, **details):
    return AgreementFactory(company=employee.company, student__name=name, **details)


def names(response):
    return [line.name for line in response.context["page"]]


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_it_shows_every_agreement_in_view_whatever_the_education(client, employee):
    agreement_of(employee, "Igang")
    agreement_of(employee, "Kommende", not_begun=True)
    agreement_of(employee, "Nylig", ended_lately=True)
    agreement_of(employee, "Forlængst", ended_long_ago=True)
    AgreementFactory(company=employee.company, student=StudentFactory(name="Pædagogisk", education__other=True))
    AgreementFactory(student__name="Fremmed")

    page = client.get(LIST)

    assert names(page) == ["Igang", "Kommende", "Nylig", "Pædagogisk"]
    assert "4 lærlinge" in text(page)


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({}, "Igangværende"),
        ({"starts_on": datetime.date(2026, 8, 1), "ends_on": datetime.date(2027, 8, 1)}, "Begynder 1. august 2026"),
        ({"ended_lately": True}, "Afsluttet 1. februar 2026"),
        ({"ended_early_on": datetime.date(2026, 2, 15)}, "Ophævet før tid 15. februar 2026"),
        ({"ended_early_on": datetime.date(2026, 3, 15)}, "Igangværende Ophæves 15. marts 2026"),
        ({"ends_on": datetime.date(2026, 3, 2)}, "Igangværende"),
    ],
)
def test_it_says_how_far_an_agreement_has_come(client, employee, dates, words):
    agreement = agreement_of(employee, "Anna", **dates)

    assert f"{agreement.school.name} {words} " in text(client.get(LIST))


@pytest.mark.today("2026-03-02")
def test_the_front_page_leads_to_agreements_that_end_within_three_months(client, employee):
    agreement_of(employee, "I morgen", ends_on=datetime.date(2026, 3, 3))
    agreement_of(employee, "Sidste dag", ends_on=datetime.date(2026, 6, 2))
    agreement_of(employee, "Dagen efter", ends_on=datetime.date(2026, 6, 3))
    agreement_of(employee, "Ophævet", ended_early_on=datetime.date(2026, 2, 20))
    agreement_of(employee, "Afsluttet", ended_lately=True)
    link = re.search(r'href="([^"]*slutter=snart)"', client.get(reverse("front_page")).content.decode())

    page = client.get(link.group(1))

    assert names(page) == ["I morgen", "Sidste dag"]
    assert '<option value="snart" selected>' in page.content.decode()


def test_it_can_be_narrowed_by_workplace_and_name(client, employee):
    anna = agreement_of(employee, "Åse Holm")
    agreement_of(employee, "Bo Lund")

    assert names(client.get(LIST, {"navn": "aase"})) == ["Åse Holm"]
    assert names(client.get(LIST, {"arbejdssted": anna.workplace.p_number})) == ["Åse Holm"]


def test_a_company_without_students_is_told_so(client):
    assert "I har ingen lærlinge lige nu" in text(client.get(LIST))


def test_no_hits_offer_a_way_back(client, employee):
    agreement_of(employee, "Anna")

    page = text(client.get(LIST, {"slutter": "snart"}))

    assert "0 lærlinge" in page
    assert "Nulstil filtre" in page
