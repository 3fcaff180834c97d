"""A user who is the student, too, assesses everybody but themselves."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from risk.models import Level, RiskAssessment
from risk.operations import record_assessment
from tests.factories import AgreementFactory, MembershipFactory

pytestmark = pytest.mark.django_db

WORDS = "Du kan ikke vurdere dig selv. Bed en kollega om det."


@pytest.fixture
def agreement():
    return AgreementFactory()


@pytest.fixture(params=["student today", "student once"])
def employee(request, agreement):
    """Of the company where they are trained, or were."""
    own = MembershipFactory(of_student=True, student=agreement.student)
    if request.param == "student once":
        own.ends_on = own.starts_on
        own.save()
    return MembershipFactory(company_staff=True, company=agreement.company, user=own.user)


def test_the_page_and_the_operation_refuse_it_in_words(logged_in, employee, agreement):
    page = reverse("companies:assessment_update", args=[agreement.public_id])
    answer = logged_in(employee).post(page, {"level": "low", "seen": "0"})
    assert (answer.status_code, WORDS in answer.text) == (422, True)

    for level in (Level.HIGH, None):
        with pytest.raises(ValidationError, match=WORDS):
            record_assessment(agreement, level, by=employee)
    assert not RiskAssessment.objects.exists()


def test_the_database_refuses_it_whoever_writes(employee, agreement):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        RiskAssessment.objects.create(agreement=agreement, level=Level.LOW, recorded_by=employee)

    assert refusal.value.__cause__.diag.constraint_name == "nobody_assesses_themselves"


def test_colleagues_are_assessed_as_ever(logged_in, employee, agreement):
    other = AgreementFactory(company=agreement.company)
    page = reverse("companies:assessment_update", args=[other.public_id])

    assert logged_in(employee).post(page, {"level": "low", "seen": "0"}).status_code == 302
    colleague = MembershipFactory(company_staff=True, company=agreement.company)
    assert record_assessment(agreement, Level.LOW, by=colleague)
