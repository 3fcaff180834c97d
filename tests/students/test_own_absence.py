"""Skoleophold and Fravær: a student's own, in the words that the school and the company read, and nobody else's."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laereplads.people.operations import move_to_school
from students.school_periods import SchoolPeriods
from tests.factories import (
    AbsenceDayFactory,
    AbsenceNoticeFactory,
    AgreementFactory,
    MembershipFactory,
    SchoolFactory,
    SchoolPeriodFactory,
    StudentFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2027-02-01")]
PERIODS, ABSENCE = "students:own_school_periods", "students:own_absence"
START, END = datetime.date(2027, 1, 11), datetime.date(2027, 3, 19)


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.fixture
def me():
    school = SchoolFactory(name="SOSU Prøve", phone="12 34 56 78", email="vejleder@sosu.example")
    return MembershipFactory(of_student=True, student=StudentFactory(name="Ida Prøvesen", school=school))


@pytest.fixture
def period(me):
    return SchoolPeriodFactory(student=me.student, starts_on=START, ends_on=END)


def words(client, page):
    response = client.get(reverse(page))
    assert response.status_code == 200
    main = response.text.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2026-11-30", ["Dit næste skoleophold begynder den 11. januar 2027, om 6 uger."]),
        ("2026-12-28", ["Dit næste skoleophold begynder den 11. januar 2027, om 2 uger."]),
        ("2026-12-29", ["Dit næste skoleophold begynder den 11. januar 2027, om 13 dage."]),
        ("2027-01-04", ["Dit næste skoleophold begynder den 11. januar 2027, om 1 uge."]),
        ("2027-01-09", ["Dit næste skoleophold begynder den 11. januar 2027, om 2 dage."]),
        ("2027-01-10", ["Dit næste skoleophold begynder den 11. januar 2027, i morgen."]),
        ("2027-01-11", ["Dit skoleophold begynder i dag. Det varer til og med den 19. marts 2027."]),
        ("2027-01-12", ["Du er på skoleophold til og med den 19. marts 2027."]),
        ("2027-03-19", ["Dit skoleophold slutter i dag."]),
        ("2027-03-20", ["Du har ikke noget skoleophold, der er i gang eller på vej."]),
    ],
)
def test_the_first_sentence_says_what_runs_or_comes_next(period, me, frozen_clock, today, said):
    SchoolPeriodFactory(
        student=me.student, starts_on=day("2027-01-13"), ends_on=day("2027-01-20"), cancelled_on=day("2026-11-01")
    )
    frozen_clock.move_to(day(today))
    assert SchoolPeriods.visible_to(me).sentences == said


def test_the_list_has_dates_weeks_school_and_state(logged_in, me, period):
    for starts_on, ends_on, cancelled_on, name in (
        ("2026-12-21", "2027-01-03", None, "Skoleperiode 0"),
        ("2027-08-09", "2027-08-13", None, "Skoleperiode 2"),
        ("2027-05-03", "2027-05-07", "2027-01-20", "Skoleperiode 1B"),
    ):
        SchoolPeriodFactory(
            student=me.student,
            name=name,
            starts_on=day(starts_on),
            ends_on=day(ends_on),
            cancelled_on=cancelled_on and day(cancelled_on),
        )

    text = words(logged_in(me), PERIODS)

    assert text.index("Du er på skoleophold til og med") < text.index(
        "Dit næste skoleophold begynder den 9. august 2027"
    )
    for row in (
        "Skoleperiode 2 9. august 2027 – 13. august 2027 uge 32 SOSU Prøve Kommende",
        "Skoleperiode 1B 3. maj 2027 – 7. maj 2027 uge 18 SOSU Prøve Aflyst",
        "Skoleperiode 1A 11. januar 2027 – 19. marts 2027 uge 2–11 SOSU Prøve I gang",
        "Skoleperiode 0 21. december 2026 – 3. januar 2027 uge 52–53 SOSU Prøve Afsluttet",
    ):
        assert row in text


def test_without_periods_the_school_knows(logged_in, me):
    text = words(logged_in(me), PERIODS)
    assert "Du har ingen skoleophold i portalen endnu." in text
    assert "12 34 56 78" in text


@pytest.fixture
def days(period):
    """The days of the specification: 735 of 1.860 minutes until 15 January, 1.125 of 2.250 with 18 January."""
    for each, scheduled, lawful, unlawful in (
        *(("2027-01-11", 390, 0, 0), ("2027-01-12", 390, 390, 0), ("2027-01-13", 390, 0, 45)),
        *(("2027-01-14", 390, 0, 0), ("2027-01-15", 300, 0, 300), ("2027-01-18", 390, 0, 390)),
    ):
        AbsenceDayFactory(period=period, day=day(each), scheduled=scheduled, lawful=lawful, unlawful=unlawful)


@pytest.mark.today("2027-01-18")
def test_today_counts_from_tomorrow_on(logged_in, me, days, frozen_clock):
    text = words(logged_in(me), ABSENCE)
    assert "Samlet fravær 39,5 % – 12 timer 15 min. heraf ulovligt 18,5 % – 5 timer 45 min." in text
    assert "Det ser skolen Fravær: 39,5 % (ulovligt 18,5 %) seneste 20 skoledage Arbejdsgiveren ser ikke dette." in text
    assert "Mandag 18. januar 2027 6 timer 30 min. – 6 timer 30 min." in text

    frozen_clock.move_to(day("2027-01-19"))
    text = words(logged_in(me), ABSENCE)
    assert "Samlet fravær 50,0 % – 18 timer 45 min. heraf ulovligt 32,7 % – 12 timer 15 min." in text
    assert "Fravær: 50,0 % (ulovligt 32,7 %) seneste 20 skoledage" in text
    assert "uge 3, fra 18. januar 2027 0,0 % 100,0 % 100,0 %" in text


def test_an_agreement_adds_nothing_to_the_total(logged_in, me, days, period):
    AgreementFactory(student=me.student, starts_on=day("2026-08-01"), ends_on=day("2027-01-13"))
    AgreementFactory(student=me.student, starts_on=day("2027-01-14"), ends_on=day("2028-01-13"))
    text = words(logged_in(me), ABSENCE)
    assert "Samlet fravær 50,0 % – 18 timer 45 min." in text
    assert text.count("11. januar 2027 – 19. marts 2027") == 1


def test_what_nothing_was_delivered_of_is_said(logged_in, me, period):
    text = words(logged_in(me), ABSENCE)
    assert "Skolen har ikke leveret fravær endnu." in text
    assert "Det ser skolen Fravær: Ingen oplysninger" in text
    assert "Der er ikke leveret dage for dette skoleophold." in text
    for day_of_january in (25, 26, 27, 28):
        AbsenceDayFactory(period=period, day=datetime.date(2027, 1, day_of_january))
    assert "Det ser skolen Fravær: For få skoledage" in words(logged_in(me), ABSENCE)


def test_before_the_first_period_there_is_no_table(logged_in, me):
    SchoolPeriodFactory(student=me.student, starts_on=day("2027-02-02"), ends_on=END)
    text = words(logged_in(me), ABSENCE)
    assert "Du har ikke været på skoleophold endnu." in text
    assert "Fravær i hvert skoleophold" not in text


def test_what_the_company_was_told_and_when(logged_in, me, period):
    agreement = AgreementFactory(student=me.student, company__name="Prøvekøbing Kommune", starts_on=day("2026-08-01"))
    common = {"period": period, "agreement": agreement, "told_scheduled": 10_800, "through": day("2027-01-28")}
    for sequence, made_at, lawful in ((1, "2027-01-29", 825), (2, "2027-01-30", 735)):
        AbsenceNoticeFactory(
            **common, sequence=sequence, made_at=f"{made_at}T16:00+01:00", told_lawful=lawful, told_unlawful=540
        )

    text = words(logged_in(me), ABSENCE)

    assert (
        "Prøvekøbing Kommune, Skoleperiode 1A Underrettet den 29. januar 2027. "
        "Opgjort til og med den 28. januar 2027. "
        "Rettet den 30. januar 2027: fraværet var 22 timer 45 min. og er nu 21 timer 15 min."
    ) in text
    assert "Din arbejdsgiver kan se dit fravær i de skoleophold, der ligger i din uddannelsesaftale." in text
    assert "Er noget forkert, så sig det til skolen." in text


def test_who_moved_sees_both_schools_and_what_the_new_one_sees(logged_in, me, period, days):
    former = StudentFactory(name=me.student.name, birth_date=me.student.birth_date, school__name="SOSU Gammel")
    before = SchoolPeriodFactory(
        student=former, name="Skoleperiode 0", starts_on=day("2026-10-01"), ends_on=day("2026-12-18")
    )
    AbsenceDayFactory(period=before, day=day("2026-10-05"), scheduled=250, lawful=25)
    move_to_school(former, me.student, on=day("2027-01-04"), agreements=[])

    text = words(logged_in(me), ABSENCE)

    # 1.150 of 2.500.
    assert "Samlet fravær 46,0 %" in text
    assert "Skoleperiode 0 SOSU Gammel 1. oktober 2026 – 18. december 2026 10,0 % – 25 min." in text
    assert "Begge skolers skoledage er med." in text
    assert "Det ser skolen Fravær: 50,0 %" in text
    assert "SOSU Gammel Afsluttet" in words(logged_in(me), PERIODS)


def test_nothing_of_another_student(logged_in, me, period):
    other = SchoolPeriodFactory(student__school=me.student.school, name="En andens")
    AbsenceDayFactory(period=other, unlawful=390)
    for page in (PERIODS, ABSENCE):
        assert "En andens" not in words(logged_in(me), page)


@pytest.mark.parametrize("name", [PERIODS, ABSENCE])
def test_it_takes_the_same_statements_however_many_periods(logged_in, me, name):
    client, counts = logged_in(me), []
    agreement = AgreementFactory(student=me.student, starts_on=day("2024-01-01"))
    for number in (1, 9):
        for place in range(number):
            starts_on = START - datetime.timedelta(days=20 * len(counts) + 20 * place)
            period = SchoolPeriodFactory(
                student=me.student, starts_on=starts_on, ends_on=starts_on + datetime.timedelta(days=15)
            )
            AbsenceDayFactory(period=period, day=starts_on)
            AbsenceNoticeFactory(period=period, agreement=agreement)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name))
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 9
