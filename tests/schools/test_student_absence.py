"""The tab Fravær of a profile: sums, weeks, weekdays, periods, and what companies were told."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from absence.models import AbsenceDay
from absence.retention import archive
from laereplads.access_log.models import AccessLogEntry
from schools.absence import absence_of
from tests.factories import (
    AbsenceDayFactory,
    AbsenceDeliveryFactory,
    AbsenceNoticeFactory,
    MembershipFactory,
    SchoolPeriodFactory,
)
from tests.schools.conftest import absent
from tests.schools.test_absence_in_the_overview import EXAMPLE, deliver


def tab(school, student):
    response = school.client.get(f"/elever/{student.public_id}/?fane=fravaer")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode().replace(" ", " ")))


@pytest.mark.today("2027-01-18")
def test_the_right_values_of_the_example(school):
    anna = school.without_agreement("Anna")
    deliver(anna, EXAMPLE, until=datetime.date(2027, 1, 18), at="2027-01-18T17:10:00+01:00")

    said = tab(school, anna)
    assert "Samlet fravær 39,5 % – 12 timer 15 min. heraf ulovligt 18,5 % – 5 timer 45 min." in said
    assert "Seneste 20 skoledage 39,5 % heraf ulovligt 18,5 %" in said
    assert (
        "Skoleperiode 1A 11.01.2027 – 19.03.2027 39,5 % – 12 timer 15 min. 18,5 % – 5 timer 45 min. 18.01.2027" in said
    )
    assert "uge 2, fra 11.01.2027 21,0 % 18,5 % 39,5 % 5" in said
    assert "uge 3, fra" not in said
    assert "Tirsdag 100,0 % 0,0 % 100,0 % 1" in said
    assert "Fredag 0,0 % 100,0 % 100,0 % 1" in said
    assert "Lørdag" not in said
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1), tick=False):
        own = absence_of(school.membership, anna.pk)
        assert (own.total.tenths, own.total.unlawful_tenths) == (500, 327)
        assert [row.numbers for row in own.weeks.rows][1] == ["0,0\u00a0%", "100,0\u00a0%", "100,0\u00a0%"]
        assert next(row.numbers[-1] for row in own.weekdays.rows) == "50,0\u00a0%"


@pytest.mark.today("2026-03-04")
def test_weeks_without_days_in_a_period_are_a_hole_and_others_are_left_out(school):
    anna = school.without_agreement("Anna")
    for first, last in (("2026-01-05", "2026-01-23"), ("2026-02-23", "2026-03-20")):
        period = SchoolPeriodFactory(student=anna, starts_on=first, ends_on=last)
        AbsenceDayFactory(period=period, day=first, lawful=39)
    weeks = absence_of(school.membership, anna.pk).weeks

    assert [(group.label, group.values) for group in weeks.groups] == [
        ("uge 2", [100, 0]), ("uge 3", None), ("uge 4", None), ("uge 9", [100, 0]), ("uge 10", None),
    ]  # fmt: skip
    assert "uge 3, fra 12.01.2026 Ingen dage leveret 0" in tab(school, anna)


@pytest.mark.today("2026-03-02")
def test_empty_states_say_why(school):
    anna = school.without_agreement("Anna")
    assert "Skolen har ikke leveret fravær endnu." in tab(school, anna)
    AbsenceDeliveryFactory(school=school.school)
    assert "Eleven har ikke noget skoleophold endnu." in tab(school, anna)
    SchoolPeriodFactory(student=anna)
    said = tab(school, anna)
    assert "Der er ikke leveret dage for dette skoleophold." in said
    assert "Samlet fravær – Seneste 20 skoledage Ingen oplysninger" in said
    assert "Ingen virksomhed er underrettet om elevens fravær endnu." in said
    assert "Fravær i hver uge" not in said
    coming = school.without_agreement("Bo")
    SchoolPeriodFactory(student=coming, starts_on="2026-04-01", ends_on="2026-05-01")
    assert "Skoleopholdet er ikke begyndt." in tab(school, coming)


def test_days_that_are_no_longer_kept_count_in_the_sum(school):
    anna = school.without_agreement("Anna")
    absent(anna, [(360, 90, 0)] * 4)
    archive(list(AbsenceDay.objects.values_list("pk", flat=True)), {"absence_days": timezone.localdate()})

    said = tab(school, anna)
    assert not AbsenceDay.objects.exists()
    assert "Samlet fravær 25,0 % – 6 timer heraf ulovligt 0,0 % – 0 min." in said
    assert "Ingen oplysninger" not in said


@pytest.mark.today("2027-03-24")
def test_notices_say_when_the_company_was_told_and_looked(school):
    anna = school.student("Anna")
    agreement = anna.agreements.get()
    period = SchoolPeriodFactory(student=anna, ends_on="2027-03-19")
    by = MembershipFactory(company_staff=True, company=agreement.company)
    AbsenceNoticeFactory(
        period=period, agreement=agreement, told_lawful=39, through=datetime.date(2027, 3, 18),
        made_at=datetime.datetime(2027, 3, 19, 15, tzinfo=datetime.UTC),
        first_seen_at=datetime.datetime(2027, 3, 22, 9, tzinfo=datetime.UTC), seen_by=by,
    )  # fmt: skip
    AbsenceNoticeFactory(period=period, agreement=agreement, sequence=2, has_receiver=False)
    # Another student's.
    AbsenceNoticeFactory()

    said = tab(school, anna)
    assert (
        "Underrettet den 19. marts 2027. Opgjort til og med den 18. marts 2027. 10,0 % – 39 min. 22. marts 2027" in said
    )
    assert (
        "Rettet den 24. marts 2027: fraværet var 39 min. og er nu 0 min. 0,0 % – 0 min. Ingen modtager i virksomheden"
        in said
    )
    assert said.index("Rettet den") < said.index("Underrettet den 19.")


def test_another_schools_student_is_not_found(school):
    assert school.client.get(f"/elever/{SchoolPeriodFactory().student.public_id}/?fane=fravaer").status_code == 404


def test_who_looked_at_the_absence_is_logged_as_that(school):
    anna = school.without_agreement("Anna")
    tab(school, anna)
    assert list(AccessLogEntry.objects.values_list("purpose", "students")) == [("student_absence", [anna.pk])]


def test_it_takes_the_same_few_statements_however_much_there_is(school):
    anna = school.student("Anna")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            tab(school, anna)
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    def make(number):
        period = SchoolPeriodFactory(
            student=anna,
            starts_on=timezone.localdate() - datetime.timedelta(days=30 * number + 20),
            ends_on=timezone.localdate() - datetime.timedelta(days=30 * number),
        )
        AbsenceDayFactory(period=period, day=period.starts_on)
        AbsenceNoticeFactory(period=period, agreement=anna.agreements.get())

    make(1)
    one = cost()
    for number in range(2, 11):
        make(number)

    assert len(cost()) == len(one) <= 9
