"""Ikke relevant nu: until which day, how it is lifted, and who may say so."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from laereplads.audit.models import Event
from risk.auditing import ASSESSMENT_PAUSED, ASSESSMENT_RESUMED
from risk.models import AssessmentPause
from risk.operations import pause_assessments, resume_assessments
from tests.companies.test_assessment_list import text
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    MembershipFactory,
    StudentFactory,
    WorkplaceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-12-01")]
LIST = reverse("companies:assessment_list")


@pytest.fixture
def employee():
    return MembershipFactory(company_staff=True)


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


@pytest.fixture
def agreement(employee):
    return AgreementFactory(company=employee.company, student__name="Anna Elev")


def pause_of(agreement, query=""):
    return reverse("companies:assessment_pause", args=[agreement.public_id]) + query


def window_of(agreement):
    return reverse("companies:assessment_update", args=[agreement.public_id])


def days():
    return [str(until) for until in AssessmentPause.objects.values_list("until", flat=True)]


@pytest.mark.parametrize(
    ("typed", "until"),
    [("01.12.2026", "2026-12-01"), ("31-12-2026", "2026-12-31"), ("30052027", "2027-05-30")],
)
def test_a_day_is_kept_and_said(client, agreement, employee, typed, until):
    answer = client.post(pause_of(agreement, "?navn=anna"), {"until": typed})

    assert answer.url == f"{LIST}?navn=anna#agreement-{agreement.public_id}"
    assert days() == [until]
    page = text(client.get(LIST))
    day = datetime.date.fromisoformat(until)
    assert f"Ikke relevant nu til og med {day.day}. " in page
    assert AssessmentPause.objects.get().set_by == employee


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Skriv en dag, fx 31.01.2027."),
        ("31.02.2027", "Skriv en dag, der findes, fx 31.01.2027."),
        ("i morgen", "Skriv en dag, der findes, fx 31.01.2027."),
        ("30.11.2026", "Vælg en dag fra i dag til og med 30. maj 2027."),
        ("31.05.2027", "Vælg en dag fra i dag til og med 30. maj 2027."),
    ],
)
def test_another_day_is_sent_back_as_it_was_typed(client, agreement, typed, words):
    page = client.post(pause_of(agreement), {"until": typed})

    assert page.status_code == 422
    assert words in text(page)
    if typed:
        assert f'value="{typed}"' in page.text
    assert "Aktuel frafaldsrisiko for Anna Elev" in text(page)
    assert days() == []


def test_another_day_replaces_the_first(client, agreement):
    for typed in ("01.01.2027", "01.02.2027"):
        client.post(pause_of(agreement), {"until": typed})
    assert days() == ["2027-02-01"]
    assert Event.objects.filter(action=ASSESSMENT_PAUSED).count() == 2


def test_the_same_day_twice_is_one_choice(client, agreement):
    for _click in range(2):
        client.post(pause_of(agreement), {"until": "01.01.2027"})
    assert Event.objects.filter(action=ASSESSMENT_PAUSED).count() == 1


def test_it_is_lifted(client, agreement):
    client.post(pause_of(agreement), {"until": "01.01.2027"})
    window = text(client.get(window_of(agreement)))
    assert "Ikke relevant nu til og med 1. januar 2027." in window
    assert "Ophæv" in window

    page = client.post(pause_of(agreement), {"ophaev": "ja"}, follow=True)

    assert "Pausen er ophævet." in text(page)
    assert days() == []
    assert Event.objects.filter(action=ASSESSMENT_RESUMED).count() == 1
    assert "Ophæv" not in text(client.get(window_of(agreement)))


def test_one_that_is_over_is_not_told(client, agreement):
    AssessmentPauseFactory(agreement=agreement, set_on=datetime.date(2026, 11, 1), until=datetime.date(2026, 11, 30))
    for page in (client.get(LIST), client.get(window_of(agreement))):
        assert "Ikke relevant nu til og med" not in text(page).replace("Ikke relevant nu til og med Højst", "")


def test_foreign_students_are_not_there(client, agreement, logged_in, employee):
    place = WorkplaceFactory(company=employee.company)
    leader = MembershipFactory(company_staff=True, company=employee.company, workplace=place)
    for who in (client, logged_in(leader)):
        of = AgreementFactory() if who is client else agreement
        assert who.post(pause_of(of), {"until": "01.01.2027"}).status_code == 404
        assert who.post(pause_of(of), {"ophaev": "ja"}).status_code == 404
    assert days() == []


@pytest.mark.parametrize(
    "operation",
    [
        lambda of, by: pause_assessments(of, datetime.date(2027, 1, 1), by=by),
        lambda of, by: resume_assessments(of, by=by),
    ],
)
def test_operations_refuse_foreign_agreements_and_other_roles(agreement, operation):
    for by in (MembershipFactory(company_staff=True), MembershipFactory(school_staff=True, school=agreement.school)):
        with pytest.raises(PermissionDenied):
            operation(agreement, by)


def test_nobody_pauses_themselves(logged_in, agreement):
    own = MembershipFactory(of_student=True, student=agreement.student)
    employee = MembershipFactory(company_staff=True, company=agreement.company, user=own.user)
    page = logged_in(employee).post(pause_of(agreement), {"until": "01.01.2027"})
    assert page.status_code == 422
    assert "Du kan ikke vurdere dig selv." in text(page)
    assert days() == []


def test_a_student_without_sosu_is_not_there(client, employee):
    other = AgreementFactory(company=employee.company, student=StudentFactory(education__other=True))
    assert client.post(pause_of(other), {"until": "01.01.2027"}).status_code == 404
