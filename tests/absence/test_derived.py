"""Lists say what days, periods and agreements say: each agreement its own days, none lost and none counted twice."""

import datetime
import itertools
from contextlib import contextmanager
from operator import attrgetter

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.models import AbsenceDay, AbsenceStanding, ArchivedSum, PeriodListEntry, SchoolPeriod
from absence.retention import archive
from laereplads.database.derived_tables import differences
from laereplads.people.models import Agreement, Student
from laereplads.people.operations import move_to_school
from laereplads.retention.periods import bounds
from laereplads.retention.rules import PERIODS
from tests.factories import (
    AbsenceDayFactory,
    AbsenceDeliveryFactory,
    AgreementFactory,
    SchoolFactory,
    SchoolPeriodFactory,
    StudentFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def of(agreement):
    return PeriodListEntry.objects.with_sums().get(agreement=agreement)


def whole(period):
    return PeriodListEntry.objects.with_sums().get(period=period, agreement=None)


def all_is_as_it_should_be():
    wrong = differences(timezone.localdate(), progress=iter)
    assert {table.model: number for table, number in wrong.items() if number} == {}


@pytest.mark.today("2027-03-22")
def test_two_companies_see_their_own_days_of_a_period():
    student = StudentFactory()
    first = AgreementFactory(student=student, starts_on=datetime.date(2026, 8, 1), ends_on=datetime.date(2027, 1, 31))
    second = AgreementFactory(student=student, starts_on=datetime.date(2027, 2, 1), ends_on=datetime.date(2028, 1, 31))
    period = SchoolPeriodFactory(
        student=student, starts_on=datetime.date(2027, 1, 11), ends_on=datetime.date(2027, 3, 19)
    )
    for day, lawful in ((29, 10), (31, 20)):
        AbsenceDayFactory(period=period, day=datetime.date(2027, 1, day), lawful=lawful)
    AbsenceDayFactory(period=period, day=datetime.date(2027, 2, 1), lawful=40)

    assert (of(first).lawful, of(first).last_day, of(first).due_on) == (
        30,
        datetime.date(2027, 1, 31),
        datetime.date(2027, 1, 31),
    )
    assert (of(second).lawful, of(second).due_on) == (40, datetime.date(2027, 3, 19))
    assert whole(period).lawful == 70
    all_is_as_it_should_be()


@pytest.mark.today("2027-01-18")
def test_a_day_counts_from_the_day_after(frozen_clock):
    period = SchoolPeriodFactory(starts_on=datetime.date(2027, 1, 11), ends_on=datetime.date(2027, 3, 19))
    agreement = AgreementFactory(student=period.student)
    for day, scheduled, lawful, unlawful in (
        (11, 390, 0, 0), (12, 390, 390, 0), (13, 390, 0, 45), (14, 390, 0, 0), (15, 300, 0, 300), (18, 390, 0, 390),
    ):  # fmt: skip
        AbsenceDayFactory(
            period=period, day=datetime.date(2027, 1, day), scheduled=scheduled, lawful=lawful, unlawful=unlawful
        )

    entry = of(agreement)
    assert (entry.tenths, entry.unlawful_tenths, entry.absent_counted, entry.scheduled_counted) == (395, 185, 735, 1860)
    assert (entry.sums.tenths, entry.school_days_counted) == (395, 5)
    standing = AbsenceStanding.objects.get()
    assert (standing.fresh_day, standing.scheduled_before, standing.scheduled) == (
        datetime.date(2027, 1, 18),
        1860,
        2250,
    )

    frozen_clock.move_to(datetime.datetime(2027, 1, 19, 8, tzinfo=datetime.UTC))
    entry = of(agreement)
    assert (entry.tenths, entry.unlawful_tenths, entry.sums.absent, entry.sums.scheduled) == (500, 327, 1125, 2250)


def test_the_latest_twenty_days_go_across_periods_and_the_rest_is_forgotten():
    student = StudentFactory()
    earlier = SchoolPeriodFactory(student=student, starts_on=days_from_today(-60), ends_on=days_from_today(-40))
    later = SchoolPeriodFactory(student=student, starts_on=days_from_today(-30), ends_on=days_from_today(10))
    for day in range(50, 40, -1):
        AbsenceDayFactory(period=earlier, day=days_from_today(-day), scheduled=100, lawful=day)
    for day in range(15, 0, -1):
        AbsenceDayFactory(period=later, day=days_from_today(-day), scheduled=100, unlawful=day)

    standing = AbsenceStanding.objects.get()
    assert (standing.school_days, standing.scheduled) == (20, 2000)
    assert standing.lawful == sum(range(41, 46))
    assert standing.unlawful == sum(range(1, 16))
    # Without the newest, one of the older ones is among the twenty.
    assert (standing.school_days_before, standing.lawful_before) == (20, sum(range(41, 47)))
    # Delivered when it was over already.
    assert standing.fresh_day is None


def test_whoever_goes_on_to_another_school_keeps_each_schools_days_apart_and_the_company_sees_both():
    former = StudentFactory(name="Ida Rask")
    agreement = AgreementFactory(student=former)
    there = SchoolPeriodFactory(student=former, starts_on=days_from_today(-90), ends_on=days_from_today(-60))
    AbsenceDayFactory(period=there, day=days_from_today(-70), lawful=30)
    student = StudentFactory(name="Ida Rask", birth_date=former.birth_date, school=SchoolFactory())
    move_to_school(former, student, on=days_from_today(-50))
    here = SchoolPeriodFactory(student=student)
    AbsenceDayFactory(period=here, lawful=50)

    entries = PeriodListEntry.objects.filter(agreement=agreement).order_by("starts_on")
    assert [(entry.school_id, entry.lawful) for entry in entries] == [(former.school_id, 30), (student.school_id, 50)]
    assert AbsenceStanding.objects.get(student=student).lawful == 50
    all_is_as_it_should_be()


def test_lists_follow_agreements_students_and_workplaces():
    period = SchoolPeriodFactory()
    agreement = AgreementFactory(student=period.student)
    AbsenceDayFactory(period=period, lawful=5)
    assert of(agreement).lawful == 5

    Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=days_from_today(-2))
    assert (of(agreement).lawful, of(agreement).due_on, of(agreement).last_day) == (0, days_from_today(-2), None)
    Agreement.objects.filter(pk=agreement.pk).update(ended_early_on=None)
    Student.objects.filter(pk=period.student_id).update(name="Ny Navn", signed_off_on=days_from_today(3))
    assert (of(agreement).student_name, of(agreement).due_on) == ("Ny Navn", days_from_today(3))
    agreement.workplace.name = "Nyt Sted"
    agreement.workplace.save()
    assert of(agreement).workplace_name == "Nyt Sted"
    Agreement.objects.filter(pk=agreement.pk).update(annulled_on=days_from_today(0))
    assert not PeriodListEntry.objects.filter(agreement=agreement).exists()
    assert whole(period).lawful == 5
    all_is_as_it_should_be()


def test_who_was_signed_off_before_the_period_owes_no_notice():
    period = SchoolPeriodFactory(student__signed_off_on=days_from_today(-40))
    agreement = AgreementFactory(student=period.student)
    assert of(agreement).due_on is None


def test_two_combination_agreements_both_have_the_day_and_the_student_has_it_once():
    period = SchoolPeriodFactory()
    two = [AgreementFactory(student=period.student, type="combination") for _ in range(2)]
    AbsenceDayFactory(period=period, lawful=7)
    assert [of(agreement).lawful for agreement in two] == [7, 7]
    assert whole(period).lawful == 7


def test_retention_changes_no_sum_and_rebuilding_keeps_them():
    period = SchoolPeriodFactory(starts_on=days_from_today(-420), ends_on=days_from_today(-380))
    agreement = AgreementFactory(student=period.student, starts_on=days_from_today(-410), ends_on=days_from_today(300))
    for day in range(-420, -380):
        AbsenceDayFactory(period=period, day=days_from_today(day), scheduled=100, lawful=3, unlawful=2)
    columns = attrgetter("scheduled", "lawful", "unlawful", "school_days", "last_day", "tenths")
    before = columns(of(agreement)), columns(whole(period))
    limits = bounds(PERIODS, timezone.now())
    keys = list(AbsenceDay.objects.values_list("pk", flat=True))
    first_kept = limits["absence_days"]
    assert period.starts_on < first_kept < period.ends_on

    assert archive(keys, limits) == (first_kept - period.starts_on).days
    assert AbsenceDay.objects.order_by("day").first().day == first_kept
    assert (columns(of(agreement)), columns(whole(period))) == before
    assert archive(keys, {**limits, "absence_days": days_from_today(0)}) > 0
    assert (columns(of(agreement)), columns(whole(period))) == before
    assert ArchivedSum.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("delete from absence_periodlistentry")
        cursor.execute("select derived.keep_absence_periodlistentry(array[%s]::bigint[])", [period.pk])
    assert (columns(of(agreement)), columns(whole(period))) == before
    all_is_as_it_should_be()


DAYS = st.lists(st.tuples(st.integers(0, 27), st.integers(1, 720), st.integers(0, 9)), unique_by=lambda day: day[0])
EDGES = st.lists(st.integers(-5, 35), min_size=2, max_size=6, unique=True).map(sorted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=DAYS, edges=EDGES)
def test_each_day_is_in_its_agreement_alone_and_all_are_in_the_whole(transactional_rollback, days, edges):
    with transactional_rollback():
        start = days_from_today(-40)
        period = SchoolPeriodFactory(starts_on=start, ends_on=start + 27 * DAY)
        agreements = [
            AgreementFactory(student=period.student, starts_on=start + first * DAY, ends_on=start + (last - 1) * DAY)
            for first, last in itertools.pairwise(edges)
            if last - first > 1
        ]
        delivery = AbsenceDeliveryFactory(school=period.school)
        AbsenceDay.objects.bulk_create(
            AbsenceDay(
                period=period, day=start + day * DAY, scheduled=scheduled, lawful=min(lawful, scheduled), unlawful=0,
                delivery=delivery,
            )
            for day, scheduled, lawful in days
        )  # fmt: skip
        for agreement in agreements:
            own = [day for day in AbsenceDay.objects.all() if agreement.starts_on <= day.day <= agreement.ends_on]
            entry = PeriodListEntry.objects.filter(agreement=agreement).first()
            if agreement.ends_on < period.starts_on or agreement.starts_on > period.ends_on:
                assert entry is None
            else:
                assert (entry.scheduled, entry.lawful, entry.school_days) == (
                    sum(day.scheduled for day in own),
                    sum(day.lawful for day in own),
                    len(own),
                )
        assert whole(period).school_days == len(days)
        assert SchoolPeriod.objects.count() == 1
        all_is_as_it_should_be()


@pytest.fixture
def transactional_rollback():
    @contextmanager
    def rolled_back():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return rolled_back


def test_who_has_gone_on_to_another_school_is_no_longer_at_the_first():
    former = StudentFactory(name="Ida Rask")
    agreement = AgreementFactory(student=former)
    there = SchoolPeriodFactory(student=former, ends_on=days_from_today(20))
    assert (of(agreement).due_on, there.state) == (days_from_today(20), "running")
    student = StudentFactory(name="Ida Rask", birth_date=former.birth_date, school=SchoolFactory())
    move_to_school(former, student, on=days_from_today(-3))

    assert of(agreement).due_on == days_from_today(-3)
    assert SchoolPeriod.objects.get(pk=there.pk).state == "over"
    all_is_as_it_should_be()
