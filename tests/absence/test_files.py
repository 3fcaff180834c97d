"""Periods and absence as files bring them: what they change, what they leave, what is refused, and nothing twice."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absence.files.apply import (
    import_days,
    import_lessons,
    import_periods,
    plan_days,
    plan_lessons,
    plan_periods,
)
from absence.models import AbsenceDay, AbsenceDelivery, PeriodListEntry, SchoolPeriod
from laereplads.audit.models import Event
from laereplads.people.models import Student
from tests.absence.absence_files import (
    DAYS_FILE,
    PERIODS_FILE,
    counts,
    days,
    lessons,
    minutes,
    period,
    periods,
    refused,
    school_of,
    state,
    told,
)
from tests.factories import AbsenceDayFactory, AgreementFactory, SchoolFactory, SchoolPeriodFactory, StudentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.today("2027-03-01")]
COPENHAGEN = datetime.timezone(datetime.timedelta(hours=1))
IN_FEBRUARY = "fra 01.02.2027 til 28.02.2027"
NOBODY = "Skolen har ingen elev med nummer E9, eller eleven er meldt ud. Ret nummeret, eller slet rækken."
NO_SCHOOL = "Der er ingen skole med institutionsnummer 280009. Ret det, eller opret skolen først."
DAYS_OUTSIDE = (
    "Der ligger skoledage uden for de nye datoer: 1 i alt, den første 01.02.2027. Fjern dem først med fravaer.csv: "
    "skriv 0 i skema_minutter."
)
FEBRUARY = (datetime.date(2027, 2, 1), datetime.date(2027, 2, 28))


@pytest.fixture(autouse=True)
def school(db):
    return school_of("E1", "E2")


@pytest.fixture
def held(school):
    """E1's period P1 in February, with three days."""
    import_periods(periods(period()), by=None)
    import_days(
        days("E1;P1;01-02-2027;390;0;0;", "E1;P1;02-02-2027;390;90;0;2027-02-02 08:25", "E1;P1;03-02-2027;390;0;45;"),
        by=None,
    )
    return SchoolPeriod.objects.get(number="P1")


@pytest.mark.today("2027-01-18")
def test_the_customers_own_files(school, frozen_clock):
    student = StudentFactory(school=school, student_number="10231")
    AgreementFactory(student=student, starts_on=datetime.date(2026, 8, 1))
    assert counts(import_periods(PERIODS_FILE, by=None)) == [(1, 0, 0, None)]
    assert counts(import_days(DAYS_FILE, by=None)) == [(6, 0, 0, 0)]

    entry = PeriodListEntry.objects.of_agreements().with_sums().get()
    assert (entry.tenths, entry.unlawful_tenths) == (395, 185)
    assert (entry.absent_counted, entry.scheduled_counted) == (735, 1860)
    registered = AbsenceDay.objects.get(day="2027-01-15").registered_at
    assert registered == datetime.datetime(2027, 1, 15, 16, 59, tzinfo=COPENHAGEN)

    frozen_clock.move_to(datetime.datetime(2027, 1, 19, 8, tzinfo=datetime.UTC))
    entry = PeriodListEntry.objects.of_agreements().with_sums().get()
    assert (entry.tenths, entry.unlawful_tenths) == (500, 327)
    assert (entry.absent_counted, entry.unlawful_counted, entry.scheduled_counted) == (1125, 735, 2250)

    before = state()
    assert counts(import_periods(PERIODS_FILE, by=None)) == [(0, 0, 1, None)]
    assert counts(import_days(DAYS_FILE, by=None)) == [(0, 0, 6, 0)]
    assert state() == before


def test_lessons_are_added_up_to_the_day(held):
    plan = import_lessons(
        lessons(
            "E1;P1;04-02-2027;08:00;10:00;lovligt;2027-02-04 08:25",
            "E1;P1;04-02-2027;10:00;12:30;LOVLIGT;2027-02-04 10:05",
            "E1;P1;04-02-2027;12:30;14:30;lawful;",
            "E1;P1;03-02-2027;08:00;09:30;til stede;2027-02-03 17:30",
            "E1;P1;03-02-2027;09:30;10:15;ulovligt;2027-02-03 09:40",
        ),
        by=None,
    )
    assert counts(plan) == [(1, 1, 0, 0)]
    assert minutes()[2:] == [("E1", "03.02", 135, 0, 45), ("E1", "04.02", 390, 390, 0)]
    fourth = AbsenceDay.objects.get(day="2027-02-04")
    assert fourth.registered_at == datetime.datetime(2027, 2, 4, 10, 5, tzinfo=COPENHAGEN)
    # When the absence was written down, not that others were there.
    third = AbsenceDay.objects.get(day="2027-02-03")
    assert third.registered_at == datetime.datetime(2027, 2, 3, 9, 40, tzinfo=COPENHAGEN)
    assert AbsenceDelivery.objects.get(kind="lessons").rows_new == 1


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            ["E1;P1;04-02-2027;08:00;09:30;lovligt;", "E1;P1;04-02-2027;09:15;10:00;lovligt;"],
            "Linje 3, lektion_start: Lektionen overlapper en anden. Send kun den, der gælder.",
        ),
        (
            # The one before ends long after the one in between.
            [
                "E1;P1;04-02-2027;08:00;12:00;lovligt;",
                "E1;P1;04-02-2027;11:00;11:30;lovligt;",
                "E1;P1;04-02-2027;12:00;13:00;lovligt;",
            ],
            "Linje 3, lektion_start: Lektionen overlapper en anden. Send kun den, der gælder.",
        ),
        (
            ["E1;P1;04-02-2027;08:00;08:00;lovligt;"],
            "Linje 2, lektion_slut: Lektionen skal slutte efter, at den begynder. Ret et af klokkeslættene.",
        ),
        (
            ["E1;P1;04-02-2027;08:00;20:01;til stede;"],
            "Linje 2, lektion_slut: Elevens lektioner den dag varer 721 minutter. Der er plads til 720.",
        ),
        (
            ["E1;P1;04-02-2027;08:00;09:00;til stede;", "E1;P9;04-02-2027;09:00;10:00;til stede;"],
            "Linje 3, skoleophold: Elevens lektioner den dag er i to skoleophold. Ret det ene.",
        ),
        (
            ["E1;P1;04-02-2027;8;09:00;syg;"],
            "Linje 2, lektion_start: “8” er ikke et klokkeslæt. Skriv det som 08:25.",
        ),
        (
            ["E1;P1;04-02-2027;08:00:00;08:00:30;lovligt;"],
            "Linje 2, lektion_slut: “08:00:30” er ikke et klokkeslæt. Skriv det som 08:25.",
        ),
        (
            ["E1;P1;04-02-2027;08:00;09:00;syg;"],
            "Linje 2, status: “syg” kan ikke bruges. Skriv til stede, lovligt eller ulovligt.",
        ),
        (
            ["E1;P1;04-03-2027;08:00;09:00;lovligt;"],
            "Linje 2, dag: Dagen ligger uden for skoleopholdet Skoleperiode 1A (01.02.2027–28.02.2027).",
        ),
    ],
)
def test_wrong_lessons_are_told(held, rows, problem):
    assert problem in refused(import_lessons, lessons(*rows))


def test_a_day_with_a_wrong_lesson_is_left_out_whole(held):
    plan = import_lessons(
        lessons(
            "E1;P1;03-02-2027;08:00;09:00;til stede;",
            "E1;P1;03-02-2027;09:00;10:00;syg;",
            "E1;P1;04-02-2027;08:00;09:00;til stede;",
        ),
        by=None,
        partial=True,
    )
    assert plan.left_out == 2
    assert plan.notes() == ["Er en lektion forkert, bliver alle elevens lektioner den dag udeladt."]
    assert counts(plan) == [(1, 0, 0, 0)]
    assert ("E1", "03.02", 390, 0, 45) in minutes()


def test_lessons_of_nobody_knows_which_day_refuse_the_file(held):
    rows = ["E1;P1;31-02-2027;08:00;09:00;til stede;", "E1;P1;04-02-2027;08:00;09:00;til stede;"]
    assert refused(import_lessons, lessons(*rows), partial=True) == [
        "Linje 2, dag: Datoen “31-02-2027” findes ikke. Ret dag, måned eller år."
    ]


@pytest.mark.parametrize("minutes", ["390;60;30", "390;90;1", "390;0;0"])
def test_what_is_another_absence_is_delivered_anew(held, minutes):
    import_days(days(f"E1;P1;02-02-2027;{minutes};"), by=None)
    latest = AbsenceDelivery.objects.order_by("pk").last()
    assert AbsenceDay.objects.get(day="2027-02-02").delivery == latest
    assert latest.rows_changed == 1


def test_a_row_replaces_what_was_there_and_only_what_changes_is_delivered_anew(held):
    first = AbsenceDelivery.objects.get(kind="days")
    plan = import_days(
        days("E1;P1;01-02-2027;390;0;0;", "E1;P1;02-02-2027;300;90;0;", "E1;P1;04-02-2027;390;0;0;"), by=None
    )
    assert counts(plan) == [(1, 1, 1, 0)]
    second = AbsenceDelivery.objects.exclude(pk=first.pk).get(kind="days")
    assert (second.rows_new, second.rows_changed, second.rows_removed) == (1, 1, 0)
    # A longer or shorter timetable is no news of absence: nobody is told of it at once.
    assert [day.delivery for day in AbsenceDay.objects.order_by("day")] == [first, first, first, second]
    assert AbsenceDay.objects.get(day="2027-02-02").registered_at is None
    assert told(plan) == [
        (
            "Kortere dag: E1 Testelev E1, 02.02.2027, Skoleperiode 1A: "
            "Skema 390 min., lovligt 90, ulovligt 0 → Skema 300 min., lovligt 90, ulovligt 0"
        ),
        "Ny dag: E1 Testelev E1, 04.02.2027, Skoleperiode 1A:  → Skema 390 min., lovligt 0, ulovligt 0",
    ]


def test_when_a_day_was_registered_is_a_change_and_not_saying_so_is_none(held):
    assert plan_days(days("E1;P1;02-02-2027;390;90;0;"), by=None).changes_nothing
    plan = import_days(days("E1;P1;02-02-2027;390;90;0;2027-02-02 16:59"), by=None)
    assert told(plan) == [
        (
            "Ændret: E1 Testelev E1, 02.02.2027, Skoleperiode 1A: "
            "Skema 390 min., lovligt 90, ulovligt 0, registreret 02.02.2027 08.25 → "
            "Skema 390 min., lovligt 90, ulovligt 0, registreret 02.02.2027 16.59"
        )
    ]


def test_nought_minutes_remove_the_day_and_what_is_gone_stays_gone(held):
    plan = import_days(days("E1;P1;02-02-2027;0;0;0;", "E1;P1;05-02-2027;0;0;0;"), by=None)
    assert counts(plan) == [(0, 0, 1, 1)]
    assert told(plan) == [
        "Fjernet: E1 Testelev E1, 02.02.2027, Skoleperiode 1A: Skema 390 min., lovligt 90, ulovligt 0 → "
    ]
    assert [day for _number, day, *_rest in minutes()] == ["01.02", "03.02"]
    assert AbsenceDelivery.objects.filter(rows_removed=1).count() == 1


def test_days_that_a_complete_file_lacks_are_removed_inside_the_window_of_that_school_alone(held):
    other = AbsenceDayFactory(period__starts_on=FEBRUARY[0], period__ends_on=FEBRUARY[1], day=FEBRUARY[0])
    plan = import_days(
        days("E1;P1;02-02-2027;390;90;0;"), by=None, covers=(datetime.date(2027, 2, 2), datetime.date(2027, 2, 28))
    )
    assert counts(plan) == [(0, 0, 1, 1)]
    assert plan.notes() == ["1 skoledag bliver fjernet, fordi den mangler i filen."]
    assert told(plan)[0].startswith("Fjernet, mangler i filen: E1 Testelev E1, 03.02.2027")
    assert [day for number, day, *_rest in minutes() if number == "E1"] == ["01.02", "02.02"]
    assert AbsenceDay.objects.filter(pk=other.pk).exists()
    delivery = AbsenceDelivery.objects.get(rows_removed=1)
    assert (delivery.covers_from, delivery.covers_to) == (datetime.date(2027, 2, 2), datetime.date(2027, 2, 28))


def test_who_is_signed_off_keeps_the_days_that_a_complete_file_lacks(held):
    import_periods(periods(period("P2", student="E2")), by=None)
    Student.objects.filter(student_number="E1").update(signed_off_on="2027-02-20")
    plan = import_days(days("E2;P2;02-02-2027;390;0;0;"), by=None, covers=FEBRUARY)
    assert counts(plan) == [(1, 0, 0, 0)]


def test_a_file_with_wrong_rows_removes_no_day_that_it_lacks(held):
    plan = import_days(
        days("E1;P1;02-02-2027;390;90;0;", "E1;P1;03-02-2027;390;0;halv;"), by=None, covers=FEBRUARY, partial=True
    )
    assert counts(plan) == [(0, 0, 1, 0)]
    assert plan.notes() == ["Filen har fejl. Derfor bliver dage, der mangler i den, ikke fjernet."]
    assert len(minutes()) == 3


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("E1;P1;01-03-2027;390;0;0;",
         "dag: Dagen ligger uden for skoleopholdet Skoleperiode 1A (01.02.2027–28.02.2027)."),
        ("E1;P1;04-02-2027;390;390;45;", "skema_minutter: Fraværet er 45 minutter længere end skemaet den dag."),
        ("E1;P1;04-02-2027;0;0;45;", "skema_minutter: Fraværet er 45 minutter længere end skemaet den dag."),
        ("E1;P9;04-02-2027;390;0;0;", "skoleophold: Skoleopholdet findes ikke. Send skoleophold.csv først."),
        ("E2;P1;04-02-2027;390;0;0;",
         "skoleophold: P1 er en anden elevs skoleophold. Ret elevnummeret eller nummeret på skoleopholdet."),
        ("E9;P1;04-02-2027;390;0;0;",
         "elevnummer: Skolen har ingen elev med nummer E9, eller eleven er meldt ud. Ret nummeret, eller slet rækken."),
        ("010203-1234;P1;04-02-2027;390;0;0;",
         "elevnummer: Det ligner et CPR-nummer. Portalen gemmer ingen CPR-numre. Slet det."),
        ("E1;P1;04-02-2027;721;0;0;", "skema_minutter: “721” kan ikke bruges. Skriv et helt tal fra 0 til 720."),
        ("E1;P1;04-02-2027;390;-1;0;", "lovligt_minutter: “-1” kan ikke bruges. Skriv et helt tal fra 0 til 720."),
        ("E1;P1;04-02-2027;390;7,5;0;", "lovligt_minutter: “7,5” kan ikke bruges. Skriv et helt tal fra 0 til 720."),
        ("E1;P1;04-02-2027;390;0;;", "ulovligt_minutter: Cellen er tom. Den skal udfyldes i alle rækker."),
        ("E1;P1;04-02-2027;390;0;0;i går",
         "registreret: “i går” er ikke en dato og et klokkeslæt. Skriv det som 2027-01-12 08:25."),
        ("E1;P1;02-03-2027;390;0;0;", "dag: “02.03.2027” ligger i fremtiden. Skriv en dato til og med i dag."),
    ],
)  # fmt: skip
def test_wrong_days_are_told_with_line_and_column(held, row, problem):
    assert f"Linje 2, {problem}" in refused(import_days, days(row))


@pytest.mark.parametrize(
    ("save", "file"),
    [
        (
            import_days,
            days(
                "E1;P1;30-01-2026;halv;0;0;",
                "E9;P9;31-01-2026;390;0;0;",
                "E1;P1;31-01-2026;0;0;0;",
                "E1;P1;01-02-2026;390;0;0;",
            ),
        ),
        (
            import_lessons,
            lessons(
                "E1;P1;30-01-2026;08:00;09:00;syg;",
                "E9;P9;31-01-2026;08:00;09:00;lovligt;",
                "E1;P1;31-01-2026;08:00;09:00;lovligt;",
                "E1;P1;31-01-2026;08:30;09:30;lovligt;",
                "E1;P1;01-02-2026;08:00;14:30;til stede;",
            ),
        ),
    ],
)
def test_days_that_retention_has_added_up_are_left_out_and_nothing_is_wrong_with_them(school, save, file):
    import_periods(periods(period(starts="01-01-2026", ends="28-02-2026")), by=None)
    # Those that retention deletes tonight stay until then.
    held = SchoolPeriod.objects.get()
    delivery = AbsenceDelivery.objects.get()
    for day in ("2026-01-29", "2026-01-31", "2026-02-02"):
        AbsenceDay.objects.create(period=held, day=day, scheduled=390, lawful=0, unlawful=0, delivery=delivery)
    covers = (datetime.date(2025, 12, 1), datetime.date(2026, 2, 28))
    plan = save(file, by=None, covers=covers)
    assert plan.is_clean
    assert plan.left_out == 0
    assert counts(plan) == [(1, 0, 0, 1)]
    note = "3 dage er mere end 13 måneder gamle og er udeladt. Portalen har lagt dem sammen."
    assert note in plan.notes()
    assert [day for _number, day, *_rest in minutes()] == ["29.01", "31.01", "01.02"]

    before = state()
    plan = save(file, by=None, covers=covers)
    assert plan.changes_nothing
    assert plan.notes() == [note]
    assert state() == before


def test_a_lesson_of_an_old_day_need_not_say_whose_it_is(held):
    plan = import_lessons(lessons(";P1;31-01-2026;08:00;09:00;lovligt;"), by=None)
    assert (counts(plan), plan.is_clean) == ([(0, 0, 0, 0)], True)
    assert plan.notes() == [
        "1 dag er mere end 13 måneder gammel og er udeladt. Portalen har lagt den sammen med andre."
    ]


def test_a_day_twice_in_a_file_names_both_lines_and_saves_neither(held):
    content = days("E1;P1;04-02-2027;390;0;0;", "E1;P1;05-02-2027;390;0;0;", "E1;P1;04-02-2027;390;0;9;")
    assert refused(import_days, content) == ["Linje 4, dag: Dagen står også på linje 2. Slet den ene af rækkerne."]
    assert counts(import_days(content, by=None, partial=True)) == [(1, 0, 0, 0)]


def test_the_same_number_is_another_schools_own(held):
    StudentFactory(school=SchoolFactory(institution_number="280002"), student_number="E1")
    content = days("E1;P1;04-02-2027;390;0;0;").replace(b"280001", b"280002")
    assert refused(import_days, content) == [
        "Linje 2, skoleophold: Skoleopholdet findes ikke. Send skoleophold.csv først."
    ]
    assert refused(import_days, content.replace(b"280002", b"280009")) == [f"Linje 2, institutionsnummer: {NO_SCHOOL}"]


def test_a_file_of_two_schools_is_noted_for_each(held):
    there = StudentFactory(school=SchoolFactory(institution_number="280002"), student_number="E1")
    SchoolPeriodFactory(student=there, number="P1", starts_on=FEBRUARY[0], ends_on=FEBRUARY[1])
    content = days("E1;P1;04-02-2027;390;0;0;", "E1;P1;05-02-2027;390;0;0;") + (b"\n280002;E1;P1;04-02-2027;390;0;0;")
    assert counts(import_days(content, by=None)) == [(3, 0, 0, 0)]
    assert AbsenceDelivery.objects.get(school=there.school).rows_new == 1
    assert {day.delivery.school for day in AbsenceDay.objects.filter(period__school=there.school)} == {there.school}


def test_holidays_and_weekends_are_read_in_with_a_warning(school):
    import_periods(periods(period(starts="01-12-2026", ends="31-01-2027")), by=None)
    content = days(*(f"E1;P1;{day};390;0;0;" for day in ("23-12-2026", "24-12-2026", "25-12-2026")))
    plan = import_days(content, by=None)
    assert plan.notes() == [
        "2 skoledage ligger på en helligdag eller i en weekend, den første 24.12.2026. Tjek, at det er rigtigt."
    ]
    assert counts(plan) == [(3, 0, 0, 0)]
    assert plan_days(content, by=None).notes() == []


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([period(starts="02-02-2027", ends="01-02-2027")],
         "Linje 2, slut: Skoleopholdet skal slutte den dag, det begynder, eller senere. Ret en af datoerne."),
        ([period(starts="01-01-2026", ends="07-01-2027")],
         "Linje 2, slut: Skoleopholdet må højst vare 370 dage. Ret en af datoerne."),
        ([period(), period()], "Linje 3, skoleophold: P1 står også på linje 2. Slet den ene af rækkerne."),
        ([period(), period("P2", starts="28-02-2027", ends="31-03-2027")],
         f"Linje 3, start: Eleven har også skoleopholdet P1 {IN_FEBRUARY}. Ret datoerne, eller aflys det ene."),
        ([period(student="E9")],
         f"Linje 2, elevnummer: {NOBODY}"),
        ([period("P" * 31)], "Linje 2, skoleophold: Teksten er på 31 tegn. Der er plads til 30."),
        ([period("0102031234")],
         "Linje 2, skoleophold: Det ligner et CPR-nummer. Portalen gemmer ingen CPR-numre. Slet det."),
        ([period(name="N" * 61)], "Linje 2, navn: Teksten er på 61 tegn. Der er plads til 60."),
        ([period(aflyst="02-03-2027")],
         "Linje 2, aflyst: “02-03-2027” ligger i fremtiden. Skriv en dato til og med i dag."),
        ([period().replace("Hovedforløb", "GF3")],
         "Linje 2, type: “GF3” kan ikke bruges. Skriv GF1, GF2 eller Hovedforløb."),
    ],
)  # fmt: skip
def test_wrong_periods_are_told_with_line_and_column(rows, problem):
    assert problem in refused(import_periods, periods(*rows))


def test_a_period_does_not_go_over_to_another_student(held):
    assert refused(import_periods, periods(period(student="E2"))) == [
        "Linje 2, skoleophold: P1 er en anden elevs skoleophold. Ret elevnummeret eller nummeret på skoleopholdet."
    ]


def test_a_period_is_not_moved_away_from_its_days(held):
    moved = periods(period(starts="02-02-2027"))
    assert refused(import_periods, moved) == [f"Linje 2, start: {DAYS_OUTSIDE}"]
    import_days(days("E1;P1;01-02-2027;0;0;0;"), by=None)
    assert told(import_periods(moved, by=None)) == ["Kortere: P1 Testelev E1, Begynder: 01.02.2027 → 02.02.2027"]


def test_a_row_that_is_left_out_leaves_its_period_in_the_way(school):
    import_periods(periods(period("P1"), period("P2", starts="01-03-2027", ends="31-03-2027")), by=None)
    # They would swap, but one is wrong.
    plan = import_periods(
        periods(
            period("P1", starts="01-03-2027", ends="31-03-2027"),
            period("P2", ends="31-02-2027"),
            period("P3", student="E2"),
        ),
        by=None,
        partial=True,
    )
    assert (plan.left_out, counts(plan)) == (2, [(1, 0, 0, None)])
    assert any("Eleven har også skoleopholdet P2 fra 01.03.2027" in str(each) for each in plan.problems.kept)


def test_periods_may_swap_their_dates(school):
    import_periods(periods(period("P1"), period("P2", starts="01-03-2027", ends="31-03-2027")), by=None)
    plan = import_periods(periods(period("P1", starts="01-03-2027", ends="31-03-2027"), period("P2")), by=None)
    assert counts(plan) == [(0, 2, 0, None)]
    assert SchoolPeriod.objects.get(number="P2").starts_on == FEBRUARY[0]


def test_cancelling_removes_the_days_and_says_how_many(held):
    content = periods(period(aflyst="28-02-2027"))
    plan = plan_periods(content, by=None)
    assert plan.notes() == ["3 skoledage bliver fjernet, fordi deres skoleophold er aflyst."]
    assert told(plan) == [
        "Aflyst: P1 Testelev E1, Skoledage: 3 → 0",
        "Aflyst: P1 Testelev E1, Aflyst:  → 28.02.2027",
    ]
    assert counts(import_periods(content, by=None)) == [(0, 1, 0, None), (0, 0, 0, 3)]
    assert not AbsenceDay.objects.exists()
    assert Event.objects.filter(action="school_period_cancelled").count() == 1
    assert AbsenceDelivery.objects.filter(kind="periods", rows_removed=3).count() == 1
    assert "aflyst" in refused(import_days, days("E1;P1;04-02-2027;390;0;0;"))[0]
    assert plan_days(days("E1;P1;04-02-2027;0;0;0;"), by=None).changes_nothing
    # A cancelled one is in nobody's way, and comes back as it was.
    import_periods(periods(period("P2")), by=None)
    assert "P2" in refused(import_periods, periods(period()))[0]


def test_lines_of_periods_stand_by_weight(held):
    import_periods(periods(period("P2", student="E2")), by=None)
    plan = import_periods(
        periods(
            period("P3", starts="01-03-2027", ends="31-03-2027"),
            period("P2", student="E2", ends="27-02-2027"),
            period(name="Skoleperiode 1B"),
        ),
        by=None,
    )
    assert told(plan) == [
        "Kortere: P2 Testelev E2, Slutter: 28.02.2027 → 27.02.2027",
        "Ændret: P1 Testelev E1, Navn: Skoleperiode 1A → Skoleperiode 1B",
        "Nyt skoleophold: P3 Testelev E1, Skoleophold:  → Skoleperiode 1A, 01.03.2027–31.03.2027",
    ]


def test_codes_stand_for_danish_words(school):
    assert counts(import_periods(periods(period().replace("Hovedforløb", "MAIN")), by=None)) == [(1, 0, 0, None)]
    assert plan_periods(periods(period()), by=None).changes_nothing


def statements(save, content):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        save(content, by=None)
    return len(queries)


def test_many_rows_take_as_many_statements_as_few(school):
    import_periods(periods(period(), period("P2", student="E2")), by=None)
    few = statements(import_days, days("E1;P1;01-02-2027;390;0;0;"))
    many = statements(
        import_days, days(*(f"E{n};P{n};{day:02}-02-2027;390;0;0;" for n in (1, 2) for day in range(2, 12)))
    )
    assert many == few


def test_the_command_reads_a_folder_in_order_and_again_changes_nothing(school, tmp_path, capsys):
    StudentFactory(school=school, student_number="10231", name="Testelev 10231")
    (tmp_path / "skoleophold.csv").write_bytes(PERIODS_FILE)
    (tmp_path / "fravaer.csv").write_bytes(DAYS_FILE)
    call_command("import_absence", str(tmp_path))
    said = capsys.readouterr().out
    assert "Skoleophold: 1 nye, 0 ændrede, 0 uændrede." in said
    assert "Skoledage: 6 nye, 0 ændrede, 0 uændrede, 0 fjernede." in said
    assert AbsenceDelivery.objects.count() == 2

    call_command("import_absence", str(tmp_path), "--covers-from", "11-01-2027", "--covers-to", "18-01-2027")
    said = capsys.readouterr().out
    assert "Skoledage: 0 nye, 0 ændrede, 6 uændrede, 0 fjernede." in said
    assert AbsenceDelivery.objects.count() == 2

    call_command("import_absence", str(tmp_path / "fravaer.csv"), "--dry-run")
    assert "Prøve: intet er gemt." in capsys.readouterr().out


def test_the_command_saves_nothing_of_a_folder_with_a_wrong_row(school, tmp_path):
    (tmp_path / "skoleophold.csv").write_bytes(periods(period()))
    (tmp_path / "lektioner.csv").write_bytes(lessons("E1;P1;04-02-2027;08:00;09:00;syg;"))
    with pytest.raises(CommandError, match=r"lektioner.csv er ikke indlæst(.|\n)*Linje 2, status"):
        call_command("import_absence", str(tmp_path))
    assert not SchoolPeriod.objects.exists()
    with pytest.raises(CommandError, match="har ingen af filerne"):
        call_command("import_absence", str(make_empty(tmp_path)))
    (tmp_path / "x.csv").write_bytes(b"alder;by\n3;Aa\n")
    with pytest.raises(CommandError, match="Den første linje skal være overskrifter"):
        call_command("import_absence", str(tmp_path / "x.csv"))


def make_empty(folder):
    (folder / "tom").mkdir()
    return folder / "tom"


def test_lessons_are_planned_as_they_are_read_in(held):
    assert counts(plan_lessons(lessons("E1;P1;04-02-2027;08:00;09:00;til stede;"), by=None)) == [(1, 0, 0, 0)]
