"""Min side: what a student sees of herself, and that she sees nothing of anybody else."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.models import Level
from risk.operations import record_assessment
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    EducationFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db

PAGES = ["students:own_page", "students:own_agreement", "students:own_school_periods", "students:own_absence"]


@pytest.fixture
def me():
    school = SchoolFactory(name="SOSU Prøve", phone="12 34 56 78", email="vejleder@sosu.example")
    return MembershipFactory(of_student=True, student=StudentFactory(name="Ida Prøvesen", school=school))


@pytest.fixture
def agreement(me):
    company = CompanyFactory(name="Prøvekøbing Kommune")
    workplace = WorkplaceFactory(
        company=company, name="Plejecentret Prøven", street="Prøvevej 7", postal_code="9999", town="Prøvekøbing"
    )
    return AgreementFactory(student=me.student, company=company, workplace=workplace)


@pytest.fixture
def employee(agreement):
    return MembershipFactory(company_staff=True, company=agreement.company, user__name="Kirsten Vurdersen")


def words(client, page="students:own_agreement"):
    response = client.get(reverse(page))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def between(text, start, end):
    return text.partition(start)[2].partition(end)[0]


def current_risk(text):
    return between(text.partition("<main")[2] or text, "Aktuel frafaldsrisiko", "uddannelsesaftale ")


def test_own_page_shows_what_the_school_has_reported(logged_in, me):
    text = words(logged_in(me), "students:own_page")

    for expected in ("Ida Prøvesen", "Social- og sundhedsassistent", "SOSU Prøve", "I hovedforløb"):
        assert expected in text


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("level", Level)
def test_the_current_level_with_its_day_and_who_registered_it(logged_in, me, agreement, employee, level):
    record_assessment(agreement, level, by=employee)

    text = current_risk(words(logged_in(me)))

    assert text.split()[0] == {"high": "Høj", "medium": "Middel", "low": "Lav"}[level]
    assert "Registreret 2. marts 2026 af Kirsten Vurdersen, Prøvekøbing Kommune" in text


@pytest.mark.today("2026-03-02")
def test_the_agreement_with_everything_the_guide_names(logged_in, me, agreement):
    agreement.starts_on, agreement.ends_on = datetime.date(2025, 3, 1), datetime.date(2027, 11, 15)
    agreement.save()

    text = words(logged_in(me)).partition("Nuværende uddannelsesaftale")[2]

    for expected in (
        "Uddannelse Social- og sundhedsassistent",
        "Aftaletype Ordinær aftale",
        "Aftaleperiode 1. marts 2025 – 15. november 2027",
        "Virksomhed Prøvekøbing Kommune",
        "Arbejdssted Plejecentret Prøven Prøvevej 7 9999 Prøvekøbing",
        "Skole SOSU Prøve",
    ):
        assert expected in text


def test_never_assessed_is_not_registered(logged_in, me, agreement):
    text = current_risk(words(logged_in(me)))

    assert "Ikke registreret" in text
    assert "det er frivilligt" in text
    assert "tidligere" not in text


@pytest.mark.today("2026-03-02")
def test_a_removed_assessment_is_not_registered_and_stands_in_the_history(logged_in, me, agreement, employee):
    record_assessment(agreement, Level.HIGH, by=employee)
    record_assessment(agreement, None, by=employee)

    text = current_risk(words(logged_in(me)))

    assert text.split()[:2] == ["Ikke", "registreret"]
    assert "Din arbejdsplads fjernede sin vurdering 2. marts 2026. Det siger ikke noget om dig." in text
    assert "har ikke registreret en vurdering" not in text
    assert "Se 1 tidligere vurdering" in text
    assert f"Vurderingen blev fjernet 2. marts 2026 {employee.user.name}" in text
    assert "Høj" not in text


def test_the_newest_assessment_counts(logged_in, me, agreement, employee):
    for level in (Level.HIGH, Level.LOW):
        record_assessment(agreement, level, by=employee)

    text = current_risk(words(logged_in(me)))

    assert text.split()[0] == "Lav"
    assert "Se 1 tidligere vurdering " in text


def test_no_risk_outside_the_sosu_educations(logged_in, me):
    AgreementFactory(student=me.student, education=EducationFactory(other=True))
    assert "Kun elever på SOSU-uddannelserne" in current_risk(words(logged_in(me)))


@pytest.mark.today("2026-03-02")
def test_an_assessment_is_not_current_when_its_agreement_has_ended(logged_in, me, agreement, employee):
    record_assessment(agreement, Level.HIGH, by=employee)
    agreement.ended_early_on = days_from_today(-1)
    agreement.save()

    text = words(logged_in(me))

    assert current_risk(text).split()[:2] == ["Ikke", "relevant"]
    assert "Seneste uddannelsesaftale" in text
    assert "Din seneste sluttede 1. marts 2026." in text
    assert "Ophævet. Sidste dag er 1. marts 2026." in text


@pytest.mark.today("2026-03-02")
def test_before_the_first_agreement_the_next_is_shown(logged_in, me):
    AgreementFactory(student=me.student, starts_on=days_from_today(400), ends_on=days_from_today(600))
    AgreementFactory(student=me.student, not_begun=True, ends_on=days_from_today(300))

    text = words(logged_in(me))

    assert "Kommende uddannelsesaftale" in text
    assert "Din næste begynder 12. marts 2026." in text
    assert "Se 1 anden aftale" in text


def test_without_any_agreement_the_school_can_help(logged_in, me):
    text = words(logged_in(me))

    assert "Du har ingen uddannelsesaftale i portalen endnu." in text
    assert "12 34 56 78" in text


def test_the_page_explains_levels_readers_and_whom_to_talk_to(logged_in, me, agreement):
    text = words(logged_in(me)).partition("Hvad betyder frafaldsrisiko?")[2]

    for expected in (
        "Høj",
        "Middel",
        "Lav",
        "Ikke registreret",
        "medarbejdere i den virksomhed, du har aftale med",
        "medarbejdere på din skole, som skolen har givet adgang til portalen",
        "De ser den med dit navn. Antal uden navne indgår i ministeriets statistik.",
        "Det er frivilligt for virksomheden",
        "oplæringsvejleder på Plejecentret Prøven",
        "12 34 56 78",
        "vejleder@sosu.example",
    ):
        assert expected in text


def test_a_school_without_a_number_is_found_on_its_site(logged_in):
    text = words(logged_in(MembershipFactory(of_student=True)), "students:own_absence")
    assert "Find skolens telefonnummer på skolens hjemmeside." in text


def test_nothing_of_another_student(logged_in, me, agreement, employee):
    fellow = AgreementFactory(
        company=agreement.company, workplace=agreement.workplace, student__school=me.student.school
    )
    other_employee = MembershipFactory(company_staff=True, company=fellow.company, user__name="En Anden")
    record_assessment(fellow, Level.HIGH, by=other_employee)

    text = words(logged_in(me))

    assert "En Anden" not in text
    assert fellow.student.name not in text
    assert current_risk(text).split()[:2] == ["Ikke", "registreret"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_read_only(logged_in, me, name):
    assert logged_in(me).post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_at_most_8_queries_however_long_the_history(logged_in, me, agreement, employee, name):
    client = logged_in(me)
    counts = []
    for assessments in (1, 20):
        for _ in range(assessments):
            record_assessment(agreement, Level.LOW, by=employee)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(name))
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 8
