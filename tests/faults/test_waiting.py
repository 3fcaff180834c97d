"""Waiting too long for a lock or a statement ends in 503 with everything that was typed, and saves nothing."""

import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse

from rejections.models import Rejection
from risk.models import RiskAssessment
from tests.factories import AgreementFactory, EducationFactory, MembershipFactory, RejectionReasonFactory
from tests.other_session import LOCK, other_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def somebody_else():
    with other_session() as other:
        yield other


@pytest.fixture
def impatient():
    """The limits of laereplads_web, only shorter; the tests log in as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '100ms'; set statement_timeout = '2s'")
        yield
        cursor.execute("reset lock_timeout; reset statement_timeout")


def fields_of(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode()))


def test_a_student_whom_somebody_else_is_saving(logged_in, somebody_else, impatient):
    employee = MembershipFactory(company_staff=True)
    agreement = AgreementFactory(company=employee.company)
    client = logged_in(employee)
    client.raise_request_exception = False
    address = reverse("companies:assessment_update", args=[agreement.public_id])
    somebody_else.execute(LOCK, [f"agreement:{agreement.pk}"])

    page = client.post(address, {"level": "high", "seen": "0"})
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert fields_of(page) == {"level": "high", "seen": "0"}
    assert not RiskAssessment.objects.exists()

    somebody_else.rollback()
    for _time in range(2):
        assert client.post(address, fields_of(page)).status_code == 302
    assert RiskAssessment.objects.count() == 1


def test_a_company_that_is_registering_just_now(logged_in, somebody_else, impatient):
    EducationFactory(), RejectionReasonFactory()
    employee = MembershipFactory(company_staff=True)
    client = logged_in(employee)
    client.raise_request_exception = False
    form = {
        "education": "ssa",
        "applicant_name": "Kim Prøve",
        "applicant_contact": "20000000",
        "primary_reason": "ingen_pladser",
    }
    form |= {"given_on": "2026-03-02", "form_token": str(uuid.uuid4())}
    somebody_else.execute(LOCK, [f"rejections:{employee.company_id}"])

    page = client.post(reverse("companies:rejection_create"), form)
    assert page.status_code == 503
    assert fields_of(page) == form
    assert not Rejection.objects.exists()

    somebody_else.rollback()
    assert client.post(reverse("companies:rejection_create"), fields_of(page)).status_code == 302
    assert Rejection.objects.count() == 1


def test_a_statement_that_takes_too_long(logged_in, impatient, monkeypatch):
    def slow(*_arguments, **_more):
        with connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = '50ms'; select pg_sleep(5)")

    client = logged_in(MembershipFactory(company_staff=True))
    client.raise_request_exception = False
    monkeypatch.setattr("companies.assessment_views.overview", slow)

    assert client.get(reverse("companies:assessment_list")).status_code == 503
    monkeypatch.undo()
    assert client.get(reverse("companies:assessment_list")).status_code == 200
