"""Schools are told of new assessments: at once of Høj or as agreed, the rest weekly, each once, and nobody by name."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from laereplads.notifications.models import JobRun, OutgoingMail
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.timetable import run_due
from risk.operations import record_assessment
from schools.operations import follow_student
from tests.factories import AgreementFactory, LocalAgreementFactory, MembershipFactory
from tests.schools.conftest import assess

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-11-25")]
HERE = ZoneInfo("Europe/Copenhagen")


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.fixture
def clock(frozen_clock):
    """Move to a time in Copenhagen, and do what is due."""

    def run(text):
        frozen_clock.move_to(at(text))
        return run_due()

    return run


def told(kind):
    """Who got a mail of a kind, with the number in it, in the order of the memberships."""
    mails = OutgoingMail.objects.filter(kind=kind).order_by("membership", "created_at")
    return [(mail.membership_id, mail.counts["students"]) for mail in mails]


@pytest.fixture
def colleague(school):
    return MembershipFactory(school_staff=True, school=school.school)


class TestAtOnce:
    def test_those_who_follow_are_told_and_nobody_else(self, school, colleague, clock):
        student = school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        follow_student(student, by=colleague)
        clock("2026-11-25T10:10")
        assert told("high_now") == [(colleague.pk, 1)]

    def test_of_whom_nobody_follows_leaders_are_told(self, school, colleague, clock):
        leader = MembershipFactory(school_staff=True, school=school.school, is_leader=True)
        for name in ("Anna", "Bo"):
            school.student(name, level="high", at="2026-11-25T10:00:00+01:00")
        clock("2026-11-25T10:10")
        assert told("high_now") == [(leader.pk, 2)]

    def test_leaders_who_want_no_mail_have_decided_for_the_school(self, school, colleague, clock):
        leader = MembershipFactory(school_staff=True, school=school.school, is_leader=True)
        choose_mails(leader, {"high_now": False})
        school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        clock("2026-11-25T10:10")
        assert told("high_now") == []

    def test_of_each_of_two_agreements_at_once(self, school, clock):
        """The school's list has the more urgent one only."""
        student = school.without_agreement("Anna")
        both = [AgreementFactory(student=student, type="combination") for _each in range(2)]
        for minute, agreement in enumerate(both):
            assess(agreement, "high", at(f"2026-11-25T10:0{minute}"))
            clock(f"2026-11-25T10:{minute + 1}0")
        assert told("high_now") == [(school.membership.pk, 1)] * 2

    def test_without_leaders_everybody(self, school, colleague, clock):
        MembershipFactory(school_staff=True)
        school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        clock("2026-11-25T10:10")
        assert told("high_now") == [(school.membership.pk, 1), (colleague.pk, 1)]

    def test_each_once(self, school, clock):
        student = school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        for text in ("2026-11-25T10:10", "2026-11-25T10:20", "2026-11-26T10:20"):
            clock(text)
        # The job may be killed after its work: run again for the same time, it finds nothing new.
        JobRun.objects.filter(name="school_high_now").delete()
        clock("2026-11-26T10:30")
        assert len(told("high_now")) == 1
        # The same once more is no news; high again after another level is.
        agreement = student.agreements.get()
        assess(agreement, "high", at("2026-11-26T11:00"))
        clock("2026-11-26T11:10")
        assert len(told("high_now")) == 1
        assess(agreement, "low", at("2026-11-26T11:20"))
        assess(agreement, "high", at("2026-11-26T11:30"))
        clock("2026-11-26T11:40")
        assert len(told("high_now")) == 2

    def test_of_what_was_removed_in_time_nobody_is_told(self, school, clock):
        student = school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        agreement = student.agreements.get()
        by = MembershipFactory(company_staff=True, company=agreement.company)
        record_assessment(agreement, None, by=by, at=at("2026-11-25T10:05"))
        clock("2026-11-25T10:10")
        assert told("high_now") == []

    @pytest.mark.parametrize(
        ("agreed", "level", "mails"),
        [
            ("high_now", "high", 1),
            ("high_now", "medium", 0),
            ("all_now", "medium", 1),
            ("weekly", "high", 0),
            ("next_period", "high", 0),
        ],
    )
    def test_as_agreed_with_the_company(self, school, clock, agreed, level, mails):
        student = school.student("Anna")
        agreement = student.agreements.get()
        LocalAgreementFactory(
            school=school.school, company=agreement.company, proposed_by=school.membership, school_told=agreed
        )
        assess(agreement, level, at("2026-11-25T10:00"))
        clock("2026-11-25T10:10")
        assert len(told("high_now")) == mails

    def test_whoever_turned_it_off_is_not_told(self, school, colleague, clock):
        choose_mails(colleague, {"high_now": False})
        school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        clock("2026-11-25T10:10")
        assert told("high_now") == [(school.membership.pk, 1)]

    def test_of_whoever_was_signed_off_nobody_is_told(self, school, clock):
        student = school.student("Anna", level="high", at="2026-11-25T10:00:00+01:00")
        student.signed_off_on = datetime.date(2026, 11, 25)
        student.save()
        clock("2026-11-25T10:10")
        assert told("high_now") == []


class TestWeekly:
    def test_how_many_have_another_level_than_a_week_before(self, school, colleague, clock):
        student = school.student("Anna", level="low", at="2026-11-01T12:00:00+01:00")
        assess(student.agreements.get(), "medium", at("2026-11-24T12:00"))
        school.student("Bo", level="low", at="2026-11-23T00:05:00+01:00")
        school.student("Carl", level="low", at="2026-11-22T23:55:00+01:00")
        MembershipFactory(school_staff=True)
        clock("2026-11-30T08:00")
        assert told("changes_weekly") == [(school.membership.pk, 2), (colleague.pk, 2)]
        clock("2026-12-07T08:00")
        assert len(told("changes_weekly")) == 2

    def test_what_comes_on_monday_morning_is_told_of_once(self, school, clock):
        school.student("Anna", level="high", at="2026-11-30T07:30:00+01:00")
        clock("2026-11-30T08:00")
        assert told("changes_weekly") == []
        clock("2026-12-07T08:00")
        assert told("changes_weekly") == [(school.membership.pk, 1)]
        clock("2026-12-14T08:00")
        assert len(told("changes_weekly")) == 1

    def test_not_of_those_that_the_two_talk_about_at_the_next_school_period(self, school, clock):
        student = school.student("Anna", level="low", at="2026-11-24T12:00:00+01:00")
        LocalAgreementFactory(
            school=school.school,
            company=student.agreements.get().company,
            proposed_by=school.membership,
            school_told="next_period",
        )
        clock("2026-11-30T08:00")
        assert told("changes_weekly") == []

    def test_nothing_where_there_is_nothing(self, school, clock):
        school.student("Anna", level="low", at="2026-11-01T12:00:00+01:00")
        clock("2026-11-30T08:00")
        assert told("changes_weekly") == []

    def test_whoever_turned_it_off_is_not_told(self, school, clock):
        school.student("Anna", level="low", at="2026-11-24T12:00:00+01:00")
        choose_mails(school.membership, {"changes_weekly": False})
        clock("2026-11-30T08:00")
        assert told("changes_weekly") == []
