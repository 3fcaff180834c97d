"""What must never be true of periods, days and notices, whoever writes: the database refuses it."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from absence.models import AbsenceDay, AbsenceNotice, ArchivedSum, PeriodListEntry, SchoolPeriod
from tests.factories import (
    AbsenceDayFactory,
    AbsenceNoticeFactory,
    MembershipFactory,
    SchoolFactory,
    SchoolPeriodFactory,
    StudentFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db


def refused(by):
    return pytest.raises(DatabaseError, match=by)


@pytest.mark.parametrize(
    ("minutes", "by"),
    [
        ({"scheduled": 0}, "absence_day_has_a_timetable"),
        ({"scheduled": 721}, "absence_day_has_a_timetable"),
        ({"scheduled": 390, "lawful": 200, "unlawful": 191}, "absence_is_no_longer_than_the_timetable"),
        ({"scheduled": 390, "lawful": -1}, "absence_day_lawful_check|absence_is_no_longer_than_the_timetable|lawful"),
    ],
)
def test_a_day_has_possible_minutes(minutes, by):
    with refused(by):
        AbsenceDayFactory(**minutes)


@pytest.mark.parametrize("days", [-29, 29])
def test_a_day_lies_inside_its_period(days):
    period = SchoolPeriodFactory()
    with refused("absence_day_lies_inside_its_period"):
        AbsenceDayFactory(period=period, day=days_from_today(days))


def test_a_day_is_once_in_a_period():
    held = AbsenceDayFactory()
    with refused("absence_day_is_once_in_a_period"):
        AbsenceDayFactory(period=held.period, day=held.day)


def test_a_period_is_not_moved_away_from_its_days():
    held = AbsenceDayFactory()
    with refused("absence_day_lies_inside_its_period"):
        SchoolPeriod.objects.filter(pk=held.period_id).update(starts_on=days_from_today(0))


def test_a_cancelled_period_keeps_no_days_and_takes_none():
    period = AbsenceDayFactory().period
    period.cancelled_on = days_from_today(0)
    period.save()
    assert not AbsenceDay.objects.exists()
    assert not PeriodListEntry.objects.exists()
    with refused("absence_day_lies_inside_its_period"):
        AbsenceDayFactory(period=period)


def test_periods_of_a_student_do_not_overlap_unless_one_is_cancelled():
    period = SchoolPeriodFactory()
    with refused("school_periods_of_a_student_do_not_overlap"), transaction.atomic():
        SchoolPeriodFactory(student=period.student, starts_on=period.ends_on, ends_on=days_from_today(40))
    SchoolPeriodFactory(
        student=period.student, starts_on=period.ends_on, ends_on=days_from_today(40), cancelled_on="2026-01-01"
    )
    SchoolPeriodFactory(starts_on=period.ends_on, ends_on=days_from_today(40))


def test_two_periods_may_swap_their_days_in_one_transaction():
    first = SchoolPeriodFactory(starts_on=days_from_today(0), ends_on=days_from_today(9))
    second = SchoolPeriodFactory(student=first.student, starts_on=days_from_today(10), ends_on=days_from_today(19))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set constraints school_periods_of_a_student_do_not_overlap deferred")
        SchoolPeriod.objects.filter(pk=first.pk).update(starts_on=second.starts_on, ends_on=second.ends_on)
        SchoolPeriod.objects.filter(pk=second.pk).update(starts_on=first.starts_on, ends_on=first.ends_on)
    assert SchoolPeriod.objects.get(pk=first.pk).starts_on == second.starts_on


def test_a_period_is_of_a_student_of_the_school():
    with refused("school_period_is_of_the_students_school"):
        SchoolPeriodFactory(school=SchoolFactory())


def test_a_period_stays_its_students():
    period = SchoolPeriodFactory()
    with refused("school_period_stays_its_students"):
        SchoolPeriod.objects.filter(pk=period.pk).update(student=StudentFactory(school=period.school))


def test_a_period_lasts_370_days_at_most_and_one_at_least():
    start = datetime.date(2026, 1, 1)
    SchoolPeriodFactory(starts_on=start, ends_on=start + datetime.timedelta(days=370))
    SchoolPeriodFactory(starts_on=start, ends_on=start)
    with refused("school_period_is_no_longer_than_370_days"), transaction.atomic():
        SchoolPeriodFactory(starts_on=start, ends_on=start + datetime.timedelta(days=371))
    with refused("school_period_does_not_end_before_it_starts"):
        SchoolPeriodFactory(starts_on=start, ends_on=start - datetime.timedelta(days=1))


def test_a_day_that_is_archived_does_not_come_back():
    held = AbsenceDayFactory()
    ArchivedSum.objects.create(
        period=held.period, scheduled=390, lawful=0, unlawful=0, school_days=1, last_day=days_from_today(-2)
    )
    with refused("absence_day_is_not_archived"):
        AbsenceDayFactory(period=held.period, day=days_from_today(-2))


@pytest.mark.parametrize(
    "change", [{"told_lawful": 1}, {"due_on": "2026-01-01"}, {"sequence": 2, "kind": "correction"}]
)
def test_what_a_company_was_told_stays_as_it_was(change):
    notice = AbsenceNoticeFactory()
    with refused("absence_notices_are_append_only"):
        AbsenceNotice.objects.filter(pk=notice.pk).update(**change)


def test_a_notice_is_seen_once():
    notice = AbsenceNoticeFactory()
    employee = MembershipFactory(company_staff=True)
    AbsenceNotice.objects.filter(pk=notice.pk).update(first_seen_at=notice.made_at, seen_by=employee)
    with refused("absence_notices_are_append_only"):
        AbsenceNotice.objects.filter(pk=notice.pk).update(first_seen_at=None, seen_by=None)


def test_a_pair_is_told_once_and_then_corrected():
    notice = AbsenceNoticeFactory()
    AbsenceNoticeFactory(period=notice.period, agreement=notice.agreement, sequence=2)
    with pytest.raises(IntegrityError, match="absence_notice_is_given_once"), transaction.atomic():
        AbsenceNoticeFactory(period=notice.period, agreement=notice.agreement, sequence=2)
    with pytest.raises(IntegrityError, match="absence_notice_is_first_final_then_corrected"):
        AbsenceNoticeFactory(period=notice.period, agreement=notice.agreement, sequence=3, kind="final")
