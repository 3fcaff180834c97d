"""A company is told when a period ends, once, of its own days; of each correction once; of news only who wants it."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from absence.mails import ABSENCE_DAILY, ABSENCE_INSTANT, ABSENCE_WEEKLY
from absence.models import AbsenceDay, AbsenceDelivery, AbsenceNotice, SchoolPeriod
from laereplads.notifications.models import JobRun, OutgoingMail, RefusedAddress
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.timetable import run_due
from laereplads.people.models import Agreement
from tests.factories import (
    AbsenceDayFactory,
    AbsenceDeliveryFactory,
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    WorkplaceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2027-01-11")]
HERE = ZoneInfo("Europe/Copenhagen")
START, END = datetime.date(2027, 1, 11), datetime.date(2027, 3, 19)


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=HERE)


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def clock(frozen_clock):
    """Move to a time in Copenhagen, and do what is due."""

    def run(text):
        frozen_clock.move_to(at(text))
        return run_due()

    return run


@pytest.fixture
def agreement():
    return AgreementFactory(starts_on=day("2026-08-01"), ends_on=day("2028-07-31"))


@pytest.fixture
def period(agreement):
    return SchoolPeriodFactory(student=agreement.student, starts_on=START, ends_on=END)


@pytest.fixture
def employee(agreement):
    return MembershipFactory(company_staff=True, company=agreement.company)


def deliver(period, *days, imported="", registered=None, **minutes):
    """A file with these days, read in at `imported`."""
    delivery = AbsenceDeliveryFactory(school=period.school, **({"imported_at": at(imported)} if imported else {}))
    for each in days:
        AbsenceDay.objects.filter(period=period, day=day(each)).delete()
        AbsenceDayFactory(
            period=period,
            day=day(each),
            delivery=delivery,
            registered_at=at(registered) if registered else None,
            **minutes,
        )
    return delivery


def mails(kind=""):
    return list(OutgoingMail.objects.filter(kind__startswith=kind or "absence").order_by("created_at", "id"))


def notices():
    return list(AbsenceNotice.objects.order_by("id"))


def test_the_company_is_told_on_the_last_day_with_days_until_the_working_day_before(clock, period, employee):
    deliver(period, "2027-03-17", "2027-03-18", scheduled=390, lawful=30, unlawful=15)
    clock("2027-03-18T16:00")
    assert notices() == []
    clock("2027-03-19T15:59")
    assert notices() == []
    clock("2027-03-19T16:00")

    (notice,) = notices()
    assert (notice.due_on, notice.through, notice.is_incomplete) == (END, day("2027-03-18"), False)
    assert (notice.told_scheduled, notice.told_lawful, notice.told_unlawful) == (780, 60, 30)
    (mail,) = mails()
    assert (mail.kind, mail.user, mail.counts, mail.membership) == (
        "absence_final",
        employee.user,
        {"periods": 1},
        employee,
    )
    clock("2027-03-19T23:00")
    clock("2027-03-20T16:00")
    assert len(notices()) == len(mails()) == 1


def test_where_the_last_days_are_missing_it_is_told_at_23_with_what_there_is(clock, period, employee):
    deliver(period, "2027-03-16", scheduled=390)
    clock("2027-03-19T16:00")
    assert notices() == []
    clock("2027-03-19T23:00")
    (notice,) = notices()
    assert (notice.through, notice.is_incomplete) == (day("2027-03-16"), True)


def test_of_nothing_nobody_is_told_until_days_come(clock, period, employee):
    clock("2027-03-19T23:00")
    assert notices() == []
    deliver(period, "2027-03-18")
    clock("2027-03-24T16:00")
    (notice,) = notices()
    assert (notice.due_on, notice.made_at.date()) == (END, day("2027-03-24"))


@pytest.mark.parametrize(("ended_on", "count"), [("2027-03-20", 1), ("2027-03-19", 0)])
def test_days_that_come_late_are_told_while_the_company_has_the_agreement_in_view(clock, period, ended_on, count):
    Agreement.objects.filter(student=period.student).update(ended_early_on=day(ended_on))
    deliver(period, "2027-03-18")
    clock("2027-04-18T16:00")
    assert len(notices()) == count


def test_each_company_is_told_of_its_own_days(clock):
    """A's agreement ends on a Sunday: it is told that day, with days until the Friday before."""
    student = StudentFactory()
    first = AgreementFactory(student=student, starts_on=day("2026-08-01"), ends_on=day("2027-01-31"))
    second = AgreementFactory(student=student, starts_on=day("2027-02-01"), ends_on=day("2028-01-31"))
    for each in (first, second):
        MembershipFactory(company_staff=True, company=each.company)
    period = SchoolPeriodFactory(student=student, starts_on=START, ends_on=END)
    deliver(period, "2027-01-29", lawful=11)
    clock("2027-01-31T16:00")
    (notice,) = notices()
    assert (notice.agreement, notice.told_lawful, notice.due_on) == (first, 11, day("2027-01-31"))
    deliver(period, "2027-02-01", "2027-03-18", lawful=20)
    clock("2027-03-19T16:00")
    (_told, notice) = notices()
    assert (notice.agreement, notice.told_lawful, notice.due_on) == (second, 40, END)


def test_who_is_signed_off_in_the_middle_is_told_of_that_day(clock, period, employee):
    period.student.signed_off_on = day("2027-02-10")
    period.student.save()
    deliver(period, "2027-02-09")
    clock("2027-02-10T16:00")
    assert [notice.due_on for notice in notices()] == [day("2027-02-10")]


def test_an_agreement_that_ends_early_is_told_of_on_its_last_day(clock, period, agreement, employee):
    Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=day("2027-02-12"))
    deliver(period, "2027-02-11", "2027-02-12", lawful=5)
    clock("2027-02-12T16:00")
    assert [(notice.due_on, notice.told_lawful) for notice in notices()] == [(day("2027-02-12"), 10)]


def test_a_period_without_an_agreement_owes_no_notice(clock):
    deliver(SchoolPeriodFactory(starts_on=START, ends_on=END), "2027-03-18")
    clock("2027-03-19T23:00")
    assert notices() == []


def test_a_company_without_anybody_has_no_receiver(clock, period):
    deliver(period, "2027-03-18")
    clock("2027-03-19T16:00")
    assert [notice.has_receiver for notice in notices()] == [False]
    assert mails() == []


def test_the_final_notice_goes_to_whoever_wants_messages_of_absence_and_else_to_all(clock, period, agreement, employee):
    colleague = MembershipFactory(company_staff=True, company=agreement.company)
    elsewhere = MembershipFactory(
        company_staff=True, company=agreement.company, workplace=WorkplaceFactory(company=agreement.company)
    )
    MembershipFactory(company_staff=True, company=agreement.company, ends_on=day("2027-03-18"))
    MembershipFactory(company_staff=True)
    deliver(period, "2027-03-18")
    with connection.cursor() as cursor:
        cursor.execute("savepoint before")
    clock("2027-03-19T16:00")
    assert {mail.membership for mail in mails()} == {employee, colleague}
    with connection.cursor() as cursor:
        cursor.execute("rollback to savepoint before")

    choose_mails(elsewhere, {ABSENCE_DAILY.name: True})
    clock("2027-03-19T16:00")
    assert {mail.membership for mail in mails()} == {employee, colleague}
    AbsenceNotice.objects.all().delete()
    JobRun.objects.all().delete()
    OutgoingMail.objects.all().delete()
    choose_mails(colleague, {ABSENCE_WEEKLY.name: True})
    clock("2027-03-19T16:00")
    assert {mail.membership for mail in mails()} == {colleague}


@pytest.fixture
def told(clock, period, employee):
    """A company that was told of 60 minutes on 19 March."""
    deliver(period, "2027-03-17", "2027-03-18", lawful=30)
    clock("2027-03-19T16:00")
    OutgoingMail.objects.all().delete()


def test_several_changes_are_one_correction_next_morning(told, clock, period):
    clock("2027-03-22T08:00")
    deliver(period, "2027-03-17", lawful=0, imported="2027-03-22T10:00")
    deliver(period, "2027-03-18", unlawful=45, imported="2027-03-22T12:00")
    clock("2027-03-22T23:00")
    assert len(notices()) == 1
    clock("2027-03-23T08:00")
    _first, notice = notices()
    assert (notice.kind, notice.sequence, notice.told_lawful, notice.told_unlawful) == ("correction", 2, 0, 45)
    assert [(mail.kind, mail.counts) for mail in mails()] == [("absence_corrected", {"periods": 1})]
    clock("2027-03-24T08:00")
    assert len(notices()) == 2


def test_the_same_sums_are_no_correction(told, clock, period):
    deliver(period, "2027-03-17", lawful=20)
    deliver(period, "2027-03-18", lawful=40)
    deliver(period, "2027-03-19", scheduled=100)
    clock("2027-03-23T08:00")
    assert len(notices()) == 1
    assert mails() == []


def test_a_day_that_is_taken_away_is_corrected(told, clock, period):
    AbsenceDay.objects.filter(day=day("2027-03-17")).delete()
    clock("2027-03-23T08:00")
    assert [notice.told_lawful for notice in notices()] == [60, 30]


def test_a_cancelled_period_is_corrected_to_nothing(told, clock, period):
    SchoolPeriod.objects.filter(pk=period.pk).update(cancelled_on=day("2027-03-22"))
    clock("2027-03-23T08:00")
    _first, notice = notices()
    assert (notice.told_lawful, notice.told_scheduled, notice.through) == (0, 0, None)


def test_what_has_left_the_companys_view_is_not_corrected(told, clock, period, agreement):
    Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=END)
    deliver(period, "2027-03-17", lawful=0)
    clock("2027-04-19T08:00")
    assert len(notices()) == 1


@pytest.mark.parametrize(
    ("times", "count"),
    [
        (("2027-01-15T16:59:00", "2027-01-15T17:10", "2027-01-15T17:20"), 1),
        (("2027-01-15T17:00:00", "2027-01-15T17:10", "2027-01-15T17:20"), 1),
        (("2027-01-15T17:00:01", "2027-01-15T17:10", "2027-01-15T17:20"), 0),
        (("2027-01-15T06:50:00", "2027-01-15T06:55", "2027-01-15T06:59"), 0),
        (("2027-01-15T06:50:00", "2027-01-15T06:55", "2027-01-15T07:00"), 1),
        (("2027-01-15T12:00:00", "2027-01-15T18:05", "2027-01-15T18:10"), 0),
        (("2027-01-15T12:00:00", "2027-01-15T17:55", "2027-01-15T18:00"), 1),
        (("2027-01-14T12:00:00", "2027-01-15T08:00", "2027-01-15T08:10"), 0),
        ((None, "2027-01-15T08:00", "2027-01-15T08:10"), 0),
    ],
)
def test_straksbesked_goes_from_7_to_18_for_what_is_registered_until_17(clock, period, employee, times, count):
    registered, imported, asked = times
    choose_mails(employee, {ABSENCE_INSTANT.name: True})
    deliver(period, "2027-01-15", scheduled=300, unlawful=300, registered=registered, imported=imported)
    clock(asked)
    assert len(mails("absence_instant")) == count


def test_straksbesked_is_told_once_and_within_half_an_hour(clock, period, employee):
    choose_mails(employee, {ABSENCE_INSTANT.name: True})
    deliver(period, "2027-01-15", unlawful=300, registered="2027-01-15T08:05", imported="2027-01-15T08:06")
    for minute in range(6, 60, 3):
        clock(f"2027-01-15T08:{minute:02}")
    (mail,) = mails("absence_instant")
    assert mail.created_at <= at("2027-01-15T08:36")
    assert mail.counts == {"students": 1}
    # What came after 18 is not told the next morning either.
    deliver(period, "2027-01-14", unlawful=300, registered="2027-01-15T16:05", imported="2027-01-15T18:06")
    clock("2027-01-15T19:00")
    clock("2027-01-16T07:00")
    assert len(mails("absence_instant")) == 1
    assert not AbsenceDelivery.objects.filter(instant_told_at=None).exists()


@pytest.mark.parametrize(("imported", "count"), [("2027-01-15T15:59", 1), ("2027-01-15T16:01", 0)])
def test_the_daily_message_has_what_came_by_16(clock, period, employee, imported, count):
    choose_mails(employee, {ABSENCE_DAILY.name: True, ABSENCE_WEEKLY.name: True})
    deliver(period, "2027-01-15", unlawful=30, imported=imported)
    clock("2027-01-15T16:02")
    assert len(mails("absence_daily")) == count
    clock("2027-01-18T08:00")
    assert [mail.counts for mail in mails("absence_weekly")] == [{"students": 1}]


def test_the_weekly_message_is_about_the_week_before(clock, period, employee):
    choose_mails(employee, {ABSENCE_WEEKLY.name: True})
    deliver(period, "2027-01-18", lawful=30)
    deliver(period, "2027-01-15", scheduled=390)
    clock("2027-01-18T08:00")
    assert mails() == []
    clock("2027-01-25T08:00")
    assert len(mails()) == 1
    clock("2027-02-01T08:00")
    assert len(mails()) == 1


def test_a_weekly_message_of_a_week_that_begins_with_a_holiday_goes_on_the_next_working_day(clock, agreement, employee):
    choose_mails(employee, {ABSENCE_WEEKLY.name: True})
    period = SchoolPeriodFactory(student=agreement.student, starts_on=day("2027-03-22"), ends_on=day("2027-06-30"))
    deliver(period, "2027-03-24", lawful=30)
    # Easter Monday.
    clock("2027-03-29T23:00")
    assert mails() == []
    clock("2027-03-30T08:00")
    assert [mail.kind for mail in mails()] == ["absence_weekly"]


def test_nobody_is_told_who_has_not_asked(clock, period, employee):
    deliver(period, "2027-01-15", unlawful=30, registered="2027-01-15T09:00", imported="2027-01-15T09:01")
    clock("2027-01-15T16:00")
    clock("2027-01-18T08:00")
    assert mails() == []


def test_who_sees_one_workplace_is_told_of_its_students_alone(clock):
    company = CompanyFactory()
    here, there = WorkplaceFactory.create_batch(2, company=company)
    boss = MembershipFactory(company_staff=True, company=company)
    leader = MembershipFactory(company_staff=True, company=company, workplace=here)
    for each in (boss, leader):
        choose_mails(each, {ABSENCE_DAILY.name: True})
    for place in (here, there, there):
        agreement = AgreementFactory(company=company, workplace=place)
        deliver(SchoolPeriodFactory(student=agreement.student, starts_on=START, ends_on=END), "2027-01-15", lawful=9)
    clock("2027-01-15T16:00")
    assert {mail.membership: mail.counts["students"] for mail in mails("absence_daily")} == {boss: 3, leader: 1}


def test_no_day_outside_the_agreement_is_told(clock, period, agreement, employee):
    choose_mails(employee, {ABSENCE_DAILY.name: True})
    Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=day("2027-01-14"))
    deliver(period, "2027-01-15", lawful=9)
    clock("2027-01-15T16:00")
    assert mails() == []


def test_a_period_that_is_prolonged_is_told_of_at_its_new_end_and_not_each_day_until_then(told, clock, period):
    later = day("2027-04-16")
    SchoolPeriod.objects.filter(pk=period.pk).update(ends_on=later)
    deliver(period, "2027-03-22", "2027-04-14", "2027-04-15", lawful=30)
    clock("2027-03-23T08:00")
    clock("2027-04-15T08:00")
    assert len(notices()) == 1
    clock("2027-04-16T16:00")
    assert [(notice.due_on, notice.told_lawful) for notice in notices()] == [(END, 60), (later, 150)]
    assert [mail.kind for mail in mails()] == ["absence_final"]
    deliver(period, "2027-04-15", lawful=0)
    clock("2027-04-17T08:00")
    assert [(notice.due_on, notice.told_lawful) for notice in notices()][2:] == [(later, 120)]


def test_who_cannot_be_reached_does_not_keep_the_others_from_being_told(clock, period, agreement, employee):
    colleague = MembershipFactory(company_staff=True, company=agreement.company)
    choose_mails(employee, {ABSENCE_DAILY.name: True})
    RefusedAddress.objects.create(user=employee.user, address=employee.user.email)
    deliver(period, "2027-03-18")
    clock("2027-03-19T16:00")
    assert colleague in {mail.membership for mail in mails()}
