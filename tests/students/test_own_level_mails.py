"""Students who asked for it are told that their level is another: once, after a night, and of nothing before."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from laereplads.notifications.models import OutgoingMail
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.timetable import run_due
from risk.models import NotedAssessment
from risk.operations import record_assessment
from tests.factories import AgreementFactory, MembershipFactory

# A Thursday.
pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-11-26")]
HERE = ZoneInfo("Europe/Copenhagen")


class Training:
    """A student in training, somebody who assesses them, and a clock that does what is due."""

    def __init__(self, clock):
        self.agreement = AgreementFactory(starts_on=datetime.date(2026, 1, 1), ends_on=datetime.date(2027, 12, 31))
        self.student = MembershipFactory(of_student=True, student=self.agreement.student)
        self.employer = MembershipFactory(company_staff=True, company=self.agreement.company)
        self.clock = clock

    def at(self, text):
        self.clock.move_to(datetime.datetime.fromisoformat(text).replace(tzinfo=HERE))

    def assess(self, text, level):
        self.at(text)
        record_assessment(self.agreement, level, by=self.employer)

    def mails(self, text):
        """How many have been written when what is due at that time is done."""
        self.at(text)
        run_due()
        return OutgoingMail.objects.filter(kind="own_risk", membership=self.student).count()

    def wants(self, *, is_on):
        choose_mails(self.student, {"own_risk": is_on})


@pytest.fixture
def training(frozen_clock):
    return Training(frozen_clock)


def test_nobody_is_told_who_did_not_ask(training):
    training.assess("2026-11-26 10:00", "high")
    assert training.mails("2026-11-27 09:00") == 0
    assert not NotedAssessment.objects.exists()


def test_a_change_is_told_once_on_the_next_working_day(training):
    training.assess("2026-11-26 09:00", "low")
    training.wants(is_on=True)
    assert training.mails("2026-11-26 10:00") == 0
    training.assess("2026-11-26 11:00", "high")
    assert training.mails("2026-11-26 12:00") == 0
    assert training.mails("2026-11-27 07:50") == 0
    assert training.mails("2026-11-27 08:00") == 1
    assert training.mails("2026-11-27 08:10") == 1
    assert training.mails("2026-11-30 08:00") == 1


def test_of_the_weekend_on_monday(training):
    training.wants(is_on=True)
    training.mails("2026-11-26 10:00")
    training.assess("2026-11-27 10:00", "high")
    assert training.mails("2026-11-28 08:00") == 0
    assert training.mails("2026-11-29 08:00") == 0
    assert training.mails("2026-11-30 08:00") == 1


def test_a_removal_is_told_and_the_first_assessment(training):
    training.wants(is_on=True)
    training.mails("2026-11-26 10:00")
    training.assess("2026-11-26 11:00", "medium")
    assert training.mails("2026-11-27 08:00") == 1
    training.assess("2026-11-27 11:00", None)
    assert training.mails("2026-11-30 08:00") == 2


def test_the_same_level_again_is_no_news_nor_what_was_taken_back_the_same_day(training):
    training.assess("2026-11-26 09:00", "low")
    training.wants(is_on=True)
    training.mails("2026-11-26 10:00")
    training.assess("2026-11-26 11:00", "low")
    assert training.mails("2026-11-27 08:00") == 0
    training.assess("2026-11-27 11:00", "high")
    training.assess("2026-11-27 11:05", "low")
    assert training.mails("2026-11-30 08:00") == 0
    assert NotedAssessment.objects.get().assessment_number == training.agreement.assessments.latest("id").pk


def test_whoever_asks_again_is_not_told_of_what_happened_meanwhile(training):
    training.wants(is_on=True)
    training.mails("2026-11-26 10:00")
    training.wants(is_on=False)
    training.mails("2026-11-26 10:10")
    training.assess("2026-11-26 11:00", "high")
    training.wants(is_on=True)
    assert training.mails("2026-11-26 12:00") == 0
    assert training.mails("2026-11-27 08:00") == 0


def test_the_mail_says_no_level(training, mailoutbox):
    training.wants(is_on=True)
    training.mails("2026-11-26 10:00")
    training.assess("2026-11-26 11:00", "high")
    assert training.mails("2026-11-27 08:00") == 1
    (mail,) = (mail for mail in mailoutbox if mail.to == [training.student.user.email])
    assert "Der er noget nyt om din frafaldsrisiko. Log ind på" in mail.body
    assert "Høj" not in mail.body + mail.subject
