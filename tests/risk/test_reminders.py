"""Companies are reminded once when an assessment is due and once when its day has passed, of their own, and no more."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from absence.models import SchoolPeriod
from laereplads.notifications.models import JobRun, OutgoingMail
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.rendering import render
from laereplads.notifications.timetable import periodic_jobs, run, run_due
from laereplads.people.models import Agreement
from risk.mails import ASSESS_WEEKLY
from risk.models import DueAssessment, Level, SentReminder
from risk.operations import record_assessment
from risk.reminders import remind
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    WorkplaceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-10-01")]
HERE = ZoneInfo("Europe/Copenhagen")
DAY = datetime.timedelta(days=1)


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=HERE)


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def clock(frozen_clock):
    """Move to a time in Copenhagen, and do what is due."""

    def run_at(text):
        frozen_clock.move_to(at(text))
        return run_due()

    return run_at


@pytest.fixture
def employee():
    return MembershipFactory(company_staff=True)


def agreement_of(employee, first="2026-08-17", last="2026-12-13", **details):
    """Due on 15 October 2026, and late from the 30th on, unless the test says otherwise."""
    first, last = day(first), day(last)
    agreement = AgreementFactory(
        company=employee.company, starts_on=first - 60 * DAY, ends_on=last + 60 * DAY, **details
    )
    for starts_on, ends_on in ((first - 60 * DAY, first - DAY), (last + DAY, last + 60 * DAY)):
        SchoolPeriodFactory(student=agreement.student, starts_on=starts_on, ends_on=ends_on)
    return agreement


def mails():
    return list(OutgoingMail.objects.filter(kind=ASSESS_WEEKLY.name).order_by("created_at"))


def reminders():
    return [(each.kind, str(each.due_on)) for each in SentReminder.objects.order_by("id")]


def test_once_when_it_is_due_and_once_when_its_day_has_passed(clock, employee):
    agreement_of(employee)
    # Mondays, from the one before until the end of the period.
    told = []
    for week in range(10):
        monday = day("2026-10-12") + datetime.timedelta(weeks=week)
        clock(f"{monday}T08:00")
        told.append(len(mails()))
    assert told == [0, 1, 1, 2, 2, 2, 2, 2, 2, 2]
    assert reminders() == [("due", "2026-10-15"), ("late", "2026-10-15")]
    first, second = mails()
    assert first.counts == second.counts == {"due": 1, "never": 1}
    assert first.membership == employee


def test_the_mail_says_numbers_and_names_nobody(clock, employee):
    agreement_of(employee, student__name="Anna Elev")
    agreement_of(employee)
    assessed = agreement_of(employee)
    record_assessment(assessed, Level.LOW, by=employee, at=at("2026-08-10T12:00"))
    clock("2026-10-19T08:00")
    (mail,) = mails()
    message = render([mail], mail.user.email)
    assert f"{employee.company.name}: 3 lærlinge bør vurderes nu, 2 er aldrig vurderet. Log ind på " in message.body
    assert "der er noget nyt til dig" in message.subject
    assert "Anna" not in message.body


def test_again_in_the_same_week_nothing_more_is_said(clock, employee):
    agreement_of(employee)
    clock("2026-10-19T08:00")
    assert run_due().jobs == 0
    # The same once more, as after a job that nobody knows the end of.
    JobRun.objects.filter(name="assess_weekly").delete()
    run_due()
    assert len(mails()) == 1


def test_a_job_that_is_broken_off_leaves_nothing_and_is_done_by_the_next(frozen_clock, employee, monkeypatch):
    agreement_of(employee)
    frozen_clock.move_to(at("2026-10-19T08:00"))
    (job,) = (each for each in periodic_jobs() if each.name == "assess_weekly")
    monkeypatch.setattr("risk.reminders.SentReminder.objects.bulk_create", broken)
    assert run(job, job.when.latest(at("2026-10-19T08:00"))) is None
    assert (mails(), reminders()) == ([], [])
    monkeypatch.undo()
    assert run(job, job.when.latest(at("2026-10-19T08:00"))) is True
    assert len(mails()) == len(reminders()) == 1


def broken(_rows):
    raise ConnectionError("killed")


def test_a_monday_that_is_a_holiday_waits_for_the_next_working_day(clock, employee):
    """29 March 2027 is Easter Monday."""
    agreement_of(employee, "2027-01-24", "2027-05-22")
    (due_on,) = DueAssessment.objects.filter(agreement__company=employee.company).values_list("due_on", flat=True)
    assert due_on == day("2027-03-24")
    for early in ("2027-03-22T08:00", "2027-03-29T08:00", "2027-03-30T07:59"):
        clock(early)
        assert mails() == []
    clock("2027-03-30T08:00")
    assert len(mails()) == 1
    clock("2027-04-12T08:00")
    assert reminders() == [("due", "2027-03-24"), ("late", "2027-03-24")]


def test_what_is_assessed_paused_ended_or_signed_off_is_not_reminded_of(clock, employee):
    assessed, paused, ended, signed_off = (agreement_of(employee) for _each in range(4))
    record_assessment(assessed, Level.LOW, by=employee, at=at("2026-09-01T12:00"))
    AssessmentPauseFactory(agreement=paused, set_on=day("2026-10-01"), until=day("2026-11-30"))
    Agreement.objects.filter(pk=ended.pk).update(ended_early_on=day("2026-10-16"))
    signed_off.student.signed_off_on = day("2026-10-10")
    signed_off.student.save()
    for monday in ("2026-10-19", "2026-11-02"):
        clock(f"{monday}T08:00")
    assert mails() == []
    # When the pause is over, it is late.
    clock("2026-12-07T08:00")
    assert reminders() == [("late", "2026-10-15")]


@pytest.mark.parametrize(
    ("moved_to", "again"),
    [
        # School until then, so that the training after it is due that day: at least 14 days after it was sent, or not.
        ("2026-11-01", False),
        ("2026-11-02", True),
    ],
)
def test_a_day_that_moves_is_reminded_of_anew_where_it_is_14_days_later(frozen_clock, employee, moved_to, again):
    agreement = agreement_of(employee)
    frozen_clock.move_to(at("2026-10-19T08:00"))
    run_due()
    assert reminders() == [("due", "2026-10-15")]
    due = DueAssessment.objects.filter(agreement=agreement)
    # Whatever moved it: the database derives it, so it is set here past what derives it.
    due.update(due_on=day(moved_to), grace_until=day(moved_to) + 14 * DAY)
    frozen_clock.move_to(at("2026-11-09T08:00"))
    remind(at("2026-11-09T08:00"))
    assert reminders()[1:] == ([("due", moved_to)] if again else [])


def test_school_periods_that_come_late_move_the_day_and_repeat_nothing_soon(clock, employee):
    agreement = agreement_of(employee)
    clock("2026-10-19T08:00")
    SchoolPeriod.objects.filter(student=agreement.student, ends_on=day("2026-08-16")).update(ends_on=day("2026-08-30"))
    assert DueAssessment.objects.get(agreement=agreement).due_on == day("2026-10-22")
    clock("2026-10-26T08:00")
    assert len(mails()) == 1
    # Late from the day that holds now.
    clock("2026-11-09T08:00")
    assert reminders() == [("due", "2026-10-15"), ("late", "2026-10-22")]


def test_a_workplace_is_told_of_its_own_alone(clock, employee):
    place, empty = WorkplaceFactory.create_batch(2, company=employee.company)
    leader = MembershipFactory(company_staff=True, company=employee.company, workplace=place)
    MembershipFactory(company_staff=True, company=employee.company, workplace=empty)
    agreement_of(employee, workplace=place)
    agreement_of(employee)
    MembershipFactory(company_staff=True)
    clock("2026-10-19T08:00")
    assert {mail.membership: mail.counts for mail in mails()} == {
        employee: {"due": 2, "never": 2},
        leader: {"due": 1, "never": 1},
    }


def test_who_has_turned_it_off_is_not_told_and_not_taken_for_told(clock, employee):
    agreement_of(employee)
    choose_mails(employee, {ASSESS_WEEKLY.name: False})
    clock("2026-10-19T08:00")
    assert (mails(), reminders()) == ([], [])
    choose_mails(employee, {ASSESS_WEEKLY.name: True})
    clock("2026-10-26T08:00")
    assert len(mails()) == 1


def test_what_is_new_sends_a_mail_that_counts_all(clock, employee):
    agreement_of(employee)
    clock("2026-10-19T08:00")
    agreement_of(employee, "2026-08-24", "2026-12-20")
    clock("2026-10-26T08:00")
    assert [mail.counts for mail in mails()] == [{"due": 1, "never": 1}, {"due": 2, "never": 2}]


def test_of_the_never_assessed_alone_nothing_is_said(clock, employee):
    agreement_of(employee, "2026-09-28", "2027-01-24")
    clock("2026-10-19T08:00")
    assert mails() == []


def test_former_employees_are_not_told(clock, employee):
    agreement_of(employee)
    employee.ends_on = day("2026-10-18")
    employee.save()
    clock("2026-10-19T08:00")
    assert (mails(), reminders()) == ([], [])


def test_it_is_on_until_somebody_turns_it_off(logged_in, employee):
    page = logged_in(employee).get("/beskeder/").text
    assert "Ugentlig påmindelse om vurderinger" in page
