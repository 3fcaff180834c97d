"""When assessments are due: the right values, each state on its days, and what the database keeps by itself."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from absence.models import SchoolPeriod
from laereplads.web.working_days import is_working_day, working_day_from
from risk.models import DueAssessment, DueState, Level
from risk.operations import record_assessment
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    EducationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
)

pytestmark = pytest.mark.django_db


def day(text):
    return datetime.date.fromisoformat(text)


def due_of(agreement):
    """The day that each counts from and to, when it is due and until when it may wait."""
    rows = DueAssessment.objects.filter(agreement=agreement).order_by("number", "part")
    return [(row.starts_on, row.ends_on, row.due_on, row.grace_until) for row in rows]


def agreement_around(first, last):
    """Two months at school before and after, so that what is between is one training period."""
    first, last = day(first), day(last)
    before, after = datetime.timedelta(days=60), datetime.timedelta(days=1)
    agreement = AgreementFactory(starts_on=first - before, ends_on=last + before)
    for starts, ends in ((first - before, first - after), (last + after, last + before)):
        SchoolPeriodFactory(student=agreement.student, starts_on=starts, ends_on=ends)
    return agreement


@pytest.mark.parametrize(
    ("first", "last", "due", "grace"),
    [
        ("2026-08-17", "2026-12-13", "2026-10-15", "2026-10-29"),
        ("2026-03-01", "2026-05-31", "2026-04-15", "2026-04-29"),
        # Maundy Thursday, and Easter after it.
        ("2027-01-04", "2027-06-13", "2027-03-30", "2027-04-13"),
        # Christmas Eve.
        ("2026-11-02", "2027-02-14", "2026-12-28", "2027-01-11"),
        ("2026-09-01", "2026-09-30", "2026-09-15", "2026-09-29"),
    ],
)
def test_a_training_period_is_due_in_its_middle(first, last, due, grace):
    assert due_of(agreement_around(first, last)) == [(day(first), day(last), day(due), day(grace))]


def test_a_short_training_period_is_not_assessed():
    assert due_of(agreement_around("2026-09-01", "2026-09-27")) == []


def test_training_periods_are_what_school_periods_leave_of_the_agreement():
    agreement = AgreementFactory(starts_on=day("2026-08-01"), ends_on=day("2027-12-31"))
    for starts, ends in (("2026-08-10", "2026-10-09"), ("2027-01-11", "2027-03-19"), ("2027-08-09", "2027-09-24")):
        SchoolPeriodFactory(student=agreement.student, starts_on=day(starts), ends_on=day(ends))
    rows = DueAssessment.objects.filter(agreement=agreement).order_by("number")
    assert [(row.number, (row.ends_on - row.starts_on).days + 1, row.due_on) for row in rows] == [
        (1, 93, day("2026-11-25")),
        (2, 142, day("2027-05-31")),
        (3, 98, day("2027-11-12")),
    ]
    assert all(row.periods_are_known for row in rows)


def test_without_school_periods_an_agreement_is_cut_into_slices():
    agreement = AgreementFactory(starts_on=day("2026-03-01"), ends_on=day("2027-04-30"))
    rows = DueAssessment.objects.filter(agreement=agreement).order_by("number")
    assert [(row.ends_on - row.starts_on).days + 1 for row in rows] == [142, 142, 142]
    assert [row.due_on for row in rows] == [day("2026-05-11"), day("2026-09-29"), day("2027-02-18")]
    assert not any(row.periods_are_known for row in rows)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-09-30", DueState.LATER),
        ("2026-10-01", DueState.SOON),
        ("2026-10-14", DueState.SOON),
        ("2026-10-15", DueState.DUE),
        ("2026-10-29", DueState.DUE),
        ("2026-10-30", DueState.LATE),
        ("2026-12-13", DueState.LATE),
        ("2026-12-14", DueState.MISSED),
    ],
)
def test_a_due_assessment_is_in_one_state_a_day(today, state):
    due = DueAssessment.objects.get(agreement=agreement_around("2026-08-17", "2026-12-13"))
    assert due.state_on(day(today)) is state
    found = [each for each in DueState if DueAssessment.objects.in_states(each, on=day(today)).exists()]
    assert found == [state]


def assess(agreement, on, level=Level.LOW):
    by = MembershipFactory(company_staff=True, company=agreement.company)
    at = timezone.make_aware(datetime.datetime.combine(day(on), datetime.time(12)))
    return record_assessment(agreement, level, by=by, at=at)


@pytest.mark.parametrize(("on", "counts"), [("2026-08-16", False), ("2026-08-17", True), ("2026-12-13", True)])
def test_an_assessment_counts_in_its_period(on, counts):
    agreement = agreement_around("2026-08-17", "2026-12-13")
    assess(agreement, on)
    assert (DueAssessment.objects.get(agreement=agreement).assessed_on == day(on)) is counts


def test_a_withdrawn_assessment_does_not_count():
    agreement = agreement_around("2026-08-17", "2026-12-13")
    assess(agreement, "2026-09-01")
    assert DueAssessment.objects.get(agreement=agreement).state_on(day("2026-10-20")) is DueState.DONE
    assess(agreement, "2026-10-20", None)
    assert DueAssessment.objects.get(agreement=agreement).state_on(day("2026-10-20")) is DueState.DUE
    assess(agreement, "2026-11-03")
    due = DueAssessment.objects.get(agreement=agreement)
    assert (due.assessed_on, due.assessed_on <= due.grace_until) == (day("2026-11-03"), False)


def test_an_assessment_that_is_removed_later_was_made_all_the_same():
    agreement = agreement_around("2026-08-17", "2026-12-13")
    assess(agreement, "2026-10-12")
    assess(agreement, "2027-01-05", None)
    due = DueAssessment.objects.get(agreement=agreement)
    assert due.assessed_on <= due.grace_until


def test_a_cancelled_school_period_is_no_school_period():
    agreement = AgreementFactory(starts_on=day("2026-03-01"), ends_on=day("2026-08-31"))
    period = SchoolPeriodFactory(student=agreement.student, starts_on=day("2026-05-01"), ends_on=day("2026-06-30"))
    assert len(due_of(agreement)) == 2
    SchoolPeriod.objects.filter(pk=period.pk).update(cancelled_on=day("2026-04-01"))
    assert [row.periods_are_known for row in DueAssessment.objects.filter(agreement=agreement)] == [False, False]


def test_only_sosu_agreements_in_force_are_assessed():
    agreement = AgreementFactory(education=EducationFactory(other=True))
    assert due_of(agreement) == []
    annulled = AgreementFactory()
    assert due_of(annulled)
    annulled.annulled_on = timezone.localdate()
    annulled.save()
    assert due_of(annulled) == []


@pytest.mark.parametrize(("ended", "stays"), [("2026-10-14", False), ("2026-10-15", True), ("2026-11-01", True)])
def test_of_an_agreement_that_ends_early_half_a_period_counts(ended, stays):
    """119 days: 59 are less than half, 60 are not."""
    agreement = agreement_around("2026-08-17", "2026-12-13")
    agreement.ended_early_on = day(ended)
    agreement.save()
    wanted = [(day("2026-08-17"), day(ended), day("2026-10-15"), day("2026-10-29"))]
    assert due_of(agreement) == (wanted if stays else [])


def test_whoever_is_signed_off_is_not_due():
    agreement = agreement_around("2026-08-17", "2026-12-13")
    agreement.student.signed_off_on = day("2026-09-01")
    agreement.student.save()
    assert due_of(agreement) == []


class TestLocalAgreements:
    def between(self, agreement, **values):
        return LocalAgreementFactory(
            school=agreement.student.school, company=agreement.company, valid_from=day("2026-01-01"), **values
        )

    @pytest.mark.parametrize(
        ("timing", "weeks", "due"),
        [
            ("after_start", 4, ["2026-09-14"]),
            ("before_end", 2, ["2026-11-30"]),
            # Out of the period: its middle.
            ("after_start", 26, ["2026-10-15"]),
            ("before_end", 26, ["2026-10-15"]),
            ("every", 6, ["2026-09-28", "2026-11-09"]),
            ("every", 26, ["2026-10-15"]),
        ],
    )
    def test_they_say_when(self, timing, weeks, due):
        agreement = agreement_around("2026-08-17", "2026-12-13")
        self.between(agreement, timing=timing, weeks=weeks)
        rows = DueAssessment.objects.filter(agreement=agreement).order_by("part")
        assert [row.due_on for row in rows] == [day(text) for text in due]
        assert all(row.is_agreed for row in rows)
        # Every day of the period is one row's.
        assert rows[0].starts_on == day("2026-08-17")
        assert list(rows)[-1].ends_on == day("2026-12-13")
        for before, after in zip(rows, list(rows)[1:], strict=False):
            assert after.starts_on - before.ends_on == datetime.timedelta(days=1)

    def test_they_say_how_long_and_how_short(self):
        agreement = agreement_around("2026-08-17", "2026-12-13")
        self.between(agreement, grace_days=30, shortest_days=90)
        assert due_of(agreement) == [
            (day("2026-08-17"), day("2026-12-13"), day("2026-10-15"), day("2026-11-14")),
        ]
        assert due_of(AgreementFactory()) != []

    def test_one_that_is_not_accepted_does_not_apply(self):
        agreement = agreement_around("2026-08-17", "2026-12-13")
        self.between(agreement, timing="after_start", weeks=4, awaiting=True)
        assert not DueAssessment.objects.get(agreement=agreement).is_agreed

    def test_the_educations_own_comes_first(self):
        agreement = agreement_around("2026-08-17", "2026-12-13")
        self.between(agreement, timing="after_start", weeks=4)
        own = self.between(agreement, timing="after_start", weeks=5, education=agreement.education)
        self.between(agreement, timing="after_start", weeks=6, education=EducationFactory(helper=True))
        assert DueAssessment.objects.get(agreement=agreement).local_agreement_id == own.pk

    def test_a_new_version_applies_from_the_next_period_on(self):
        agreement = agreement_around("2026-08-17", "2026-12-13")
        first = LocalAgreementFactory(
            school=agreement.student.school,
            company=agreement.company,
            valid_from=day("2026-01-01"),
            valid_to=day("2026-09-01"),
        )
        LocalAgreementFactory(
            school=agreement.student.school,
            company=agreement.company,
            valid_from=day("2026-09-02"),
            timing="every",
            weeks=4,
        )
        assert DueAssessment.objects.get(agreement=agreement).local_agreement_id == first.pk

    @pytest.mark.parametrize(("begins", "applies"), [("2026-09-02", True), ("2026-10-15", True), ("2026-10-16", False)])
    def test_the_first_applies_to_the_period_that_runs_until_it_is_due(self, begins, applies):
        agreement = agreement_around("2026-08-17", "2026-12-13")
        LocalAgreementFactory(school=agreement.student.school, company=agreement.company, valid_from=day(begins))
        assert DueAssessment.objects.get(agreement=agreement).is_agreed is applies

    def test_slices_are_suggested_and_never_agreed(self):
        agreement = AgreementFactory(starts_on=day("2026-03-01"), ends_on=day("2027-04-30"))
        self.between(agreement, timing="every", weeks=4)
        assert [row.due_on for row in DueAssessment.objects.order_by("number")] == [
            day("2026-05-11"),
            day("2026-09-29"),
            day("2027-02-18"),
        ]
        assert not any(row.is_agreed for row in DueAssessment.objects.all())


def test_a_pause_is_told_apart():
    agreement = agreement_around("2026-08-17", "2026-12-13")
    pause = AssessmentPauseFactory(agreement=agreement, set_on=day("2026-10-01"), until=day("2026-10-20"))
    due = DueAssessment.objects.get(agreement=agreement)
    assert due.state_on(day("2026-10-20")) is DueState.PAUSED
    assert due.state_on(day("2026-10-21")) is DueState.DUE
    pause.delete()
    assert DueAssessment.objects.get(agreement=agreement).state_on(day("2026-10-20")) is DueState.DUE


def test_the_database_counts_working_days_as_the_library_does():
    first, last = datetime.date(2015, 1, 1), datetime.date(2075, 12, 31)
    with connection.cursor() as cursor:
        cursor.execute(
            "select (%s + n), derived.is_working_day(%s + n), derived.working_day_from(%s + n) "
            "from generate_series(0, %s) n",
            [first, first, first, (last - first).days],
        )
        rows = cursor.fetchall()
    assert [(each, is_working_day(each), working_day_from(each)) for each, _is, _from in rows] == rows
