"""Recording an assessment: what it leaves behind, who may, and what the database itself refuses."""

from __future__ import annotations

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from laereplads.audit.models import Event
from risk.auditing import ASSESSMENT_RECORDED, ASSESSMENT_REMOVED
from risk.models import CurrentRisk, Level, RiskAssessment
from risk.operations import AssessedMeanwhile, record_assessment
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory


@pytest.fixture
def agreement(db):
    return AgreementFactory()


@pytest.fixture
def employee(agreement):
    return MembershipFactory(company_staff=True, company=agreement.company)


def about_assessments():
    return Event.objects.filter(object_type="risk.riskassessment")


def levels_of(agreement):
    return list(agreement.assessments.order_by("id").values_list("level", flat=True))


def test_a_new_assessment_replaces_the_current_one_and_keeps_the_old(agreement, employee):
    record_assessment(agreement, Level.HIGH, by=employee)
    latest = record_assessment(agreement, Level.LOW, by=employee)

    assert levels_of(agreement) == ["high", "low"]
    current = CurrentRisk.objects.get()
    assert (current.agreement, current.level, current.assessment) == (agreement, "low", latest)
    assert current.recorded_on == latest.recorded_on


def test_not_stated_removes_the_current_risk_and_stays_in_the_history(agreement, employee):
    record_assessment(agreement, Level.HIGH, by=employee)
    record_assessment(agreement, None, by=employee)

    assert levels_of(agreement) == ["high", None]
    assert not CurrentRisk.objects.exists()


def test_not_stated_leaves_no_trace_where_nothing_was_registered(agreement, employee):
    assert record_assessment(agreement, None, by=employee) is None
    record_assessment(agreement, Level.LOW, by=employee)
    record_assessment(agreement, None, by=employee)
    assert record_assessment(agreement, None, by=employee) is None

    assert levels_of(agreement) == ["low", None]
    assert about_assessments().count() == 2


def test_each_act_leaves_one_event_without_names(agreement, employee):
    recorded = record_assessment(agreement, Level.HIGH, by=employee)
    removed = record_assessment(agreement, None, by=employee)

    first, second = about_assessments().order_by("id")
    assert (first.action, first.object_id, first.changes) == (
        ASSESSMENT_RECORDED,
        recorded.pk,
        {"level": [None, "high"]},
    )
    assert (second.action, second.object_id, second.changes) == (
        ASSESSMENT_REMOVED,
        removed.pk,
        {},
    )
    for event in (first, second):
        assert event.actor == employee.user
        assert event.acting_for == employee.company.name
        assert event.student == agreement.student.public_id
        assert agreement.student.name not in str(event.changes)


def test_only_the_agreements_own_company_may_assess(agreement):
    for other in (
        MembershipFactory(company_staff=True),
        MembershipFactory(school_staff=True, school=agreement.school),
        MembershipFactory(of_student=True, student=agreement.student),
        MembershipFactory(administrator=True),
    ):
        with pytest.raises(PermissionDenied):
            record_assessment(agreement, Level.LOW, by=other)
    assert levels_of(agreement) == []


def test_an_agreement_that_ended_lately_can_be_assessed_and_one_of_long_ago_cannot(employee):
    lately = AgreementFactory(company=employee.company, ended_lately=True)
    long_ago = AgreementFactory(company=employee.company, ended_long_ago=True)

    record_assessment(lately, Level.LOW, by=employee)
    with pytest.raises(PermissionDenied):
        record_assessment(long_ago, Level.LOW, by=employee)


def test_an_agreement_that_has_not_begun_is_refused(employee):
    coming = AgreementFactory(company=employee.company, not_begun=True)

    with pytest.raises(ValidationError, match="ikke begyndt"):
        record_assessment(coming, Level.LOW, by=employee)


def test_only_students_on_sosu_educations_are_assessed(employee):
    other = AgreementFactory(company=employee.company, student=StudentFactory(education__other=True))

    with pytest.raises(ValidationError, match="SOSU"):
        record_assessment(other, Level.LOW, by=employee)


def test_who_has_not_seen_the_latest_assessment_is_told_and_nothing_is_overwritten(agreement, employee):
    colleague = MembershipFactory(company_staff=True, company=agreement.company)
    latest = record_assessment(agreement, Level.HIGH, by=colleague, seen=0)

    with pytest.raises(AssessedMeanwhile):
        record_assessment(agreement, Level.LOW, by=employee, seen=0)

    assert agreement.assessments.get() == latest
    assert levels_of(agreement) == ["high"]
    record_assessment(agreement, Level.LOW, by=employee, seen=latest.pk)
    assert levels_of(agreement) == ["high", "low"]


def test_not_stated_does_not_remove_what_was_not_seen(agreement, employee):
    colleague = MembershipFactory(company_staff=True, company=agreement.company)
    record_assessment(agreement, Level.HIGH, by=colleague)

    with pytest.raises(AssessedMeanwhile):
        record_assessment(agreement, None, by=employee, seen=0)


def test_the_same_form_sent_twice_is_one_assessment(agreement, employee):
    first = record_assessment(agreement, Level.HIGH, by=employee, seen=0)
    second = record_assessment(agreement, Level.HIGH, by=employee, seen=0)

    assert first == second
    assert levels_of(agreement) == ["high"]
    assert about_assessments().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told():
    agreement = AgreementFactory()
    colleagues = MembershipFactory.create_batch(2, company_staff=True, company=agreement.company)
    start = threading.Barrier(2, timeout=20)
    outcomes = []

    def save(level, by):
        try:
            with transaction.atomic():
                # Opens the connection first, so that both are ready when the barrier lifts.
                agreement.assessments.count()
                start.wait()
                record_assessment(agreement, level, by=by, seen=0)
            outcomes.append("saved")
        except AssessedMeanwhile:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=save, args=(level, by))
        for level, by in zip((Level.HIGH, Level.LOW), colleagues, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["saved", "told"]
    assert RiskAssessment.objects.count() == 1
    assert CurrentRisk.objects.get().level == RiskAssessment.objects.get().level


def refused(sql, *parameters):
    """The name of the rule that the database refuses `sql` by."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return refusal.value.__cause__.diag.constraint_name


def test_the_database_refuses_to_change_an_assessment(agreement, employee):
    recorded = record_assessment(agreement, Level.HIGH, by=employee)

    rule = refused("update risk_riskassessment set level = 'low' where id = %s", recorded.pk)

    assert rule == "assessments_are_append_only"
    assert levels_of(agreement) == ["high"]


INSERT = "insert into risk_riskassessment (agreement_id, level, recorded_at, recorded_by_id) values (%s, %s, now(), %s)"


def test_the_database_refuses_an_assessment_of_another_education(employee):
    other = AgreementFactory(company=employee.company, student=StudentFactory(education__other=True))

    assert refused(INSERT, other.pk, "low", employee.pk) == "assessment_is_about_a_sosu_student"


def test_the_database_knows_three_levels_only(agreement, employee):
    rule = refused(INSERT, agreement.pk, "unknown", employee.pk)

    assert rule == "assessment_is_high_medium_low_or_removed"
