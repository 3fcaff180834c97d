"""The crash test itself: that it finds what is wrong, and a short one for real."""

import datetime
import os
import subprocess
import sys
import uuid

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from laereplads.people.models import Agreement
from rejections.applicants import Identity
from rejections.operations import register_rejection
from risk.models import CurrentRisk, RiskAssessment
from risk.operations import record_assessment
from tests.crash_test.verify import DOUBLED, HALVED, LOST, verify
from tests.factories import (
    AgreementFactory,
    EducationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
)

NOT_OF_THE_TESTS = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATA_DIR", "DEMO", "DEBUG"}


def counts(assessed, rejected):
    found = verify(assessed, rejected, timezone.now() - datetime.timedelta(minutes=1))
    return {kind: len(things) for kind, things in found.items()}


@pytest.fixture
def agreement(db) -> Agreement:
    return AgreementFactory()


@pytest.fixture
def employee(agreement):
    return MembershipFactory(company_staff=True, company=agreement.company)


@pytest.fixture
def assessed(agreement, employee):
    """What was acknowledged, and is there."""
    for level in ("high", "low"):
        record_assessment(agreement, level, by=employee)
    return {str(agreement.public_id): ["high", "low"]}


def test_what_was_acknowledged_and_is_there_is_well(assessed, employee):
    token = uuid.uuid4()
    register_rejection(
        education=EducationFactory(),
        applicant=Identity("Prøveansøger", phone="20000000"),
        primary_reason=RejectionReasonFactory(),
        given_on=timezone.localdate(),
        form_token=token,
        by=employee,
    )

    assert counts(assessed, [str(token)]) == {LOST: 0, HALVED: 0, DOUBLED: 0}


def test_an_assessment_that_is_not_there_is_lost(assessed, agreement):
    assert counts({str(agreement.public_id): ["high", "low", "medium"]}, [])[LOST] == 1


def test_one_that_nobody_was_told_of_is_doubled(assessed, agreement):
    assert counts({str(agreement.public_id): ["high"]}, [])[DOUBLED] == 1


def test_one_whose_current_risk_is_missing_is_halved(assessed):
    CurrentRisk.objects.all().delete()
    assert counts(assessed, []) == {LOST: 0, HALVED: 1, DOUBLED: 0}


def test_one_without_its_event_and_current_risk_is_halved_twice(agreement, employee):
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        RiskAssessment.objects.create(agreement=agreement, level="low", recorded_by=employee)
        cursor.execute("set session_replication_role = default")

    assert counts({str(agreement.public_id): ["low"]}, []) == {LOST: 0, HALVED: 2, DOUBLED: 0}


def test_a_rejection_without_its_applicant_and_fingerprints_is_halved(employee):
    rejection = RejectionFactory(registered_by=employee)
    found = counts({}, [str(rejection.form_token), str(uuid.uuid4())])

    assert found[HALVED] >= 2
    assert found[LOST] == 1


def test_a_short_crash_test_loses_halves_and_doubles_nothing():
    """The times it takes are those of a machine that is busy with other tests: docs/faults.md has better ones."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_OF_THE_TESTS}
    small = ["--seconds=6", "--clients=4", "--workers=2", "--students=70", "--any-time"]
    crash_test = subprocess.run(
        [sys.executable, "-m", "tests.crash_test", *small],
        cwd=settings.BASE_DIR,
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert crash_test.returncode == 0, crash_test.stdout + crash_test.stderr
    assert "Intet er tabt, halvt gemt eller dobbelt." in crash_test.stdout
