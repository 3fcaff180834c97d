"""Hvorfor kan de se mig?: exactly those organisations that can, as their own pages would have it."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from laereplads.audit.models import Event
from laereplads.people.models import Agreement, Company, School, Student
from laereplads.people.operations import merge_companies, move_to_school
from students.viewers import viewers_of
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)

pytestmark = pytest.mark.django_db


def those_who_can_see(student):
    """What each organisation's employees would find, by the rules of their own pages."""
    oneself = Student.objects.being(student.pk)
    for school in School.objects.all():
        membership = MembershipFactory.build(school_staff=True, school=school)
        if Student.objects.visible_to(membership).filter(pk__in=oneself).exists():
            yield school.name
    for company in Company.objects.all():
        membership = MembershipFactory.build(company_staff=True, company=company)
        yield from (company.name for _ in Agreement.objects.visible_to(membership).filter(student__in=oneself))


def agreed(student, first, last, **options):
    """An agreement from and until so many days from today."""
    return AgreementFactory(student=student, starts_on=days_from_today(first), ends_on=days_from_today(last), **options)


@pytest.fixture
def me():
    """Moved from another school, with an agreement of every kind, one of them of a company that was taken over."""
    me = MembershipFactory(
        of_student=True,
        student=StudentFactory(name="Ida Prøvesen", birth_date=datetime.date(2001, 2, 3), school__name="SOSU Ny"),
    )
    former = StudentFactory(name="Ida Prøvesen", birth_date=me.student.birth_date, school__name="SOSU Gammel")
    gone = CompanyFactory(name="Taget over")
    agreed(former, -1500, -700, company__name="Slut for længst")
    agreed(former, -600, -5, company__name="Slut for nylig")
    running = agreed(former, -4, 300, company=gone, workplace=WorkplaceFactory(company=gone))
    move_to_school(former, me.student, on=timezone.localdate(), agreements=[running.pk])
    merge_companies(gone, CompanyFactory(name="Går videre"), on=timezone.localdate())
    agreed(me.student, 301, 500, company__name="Ikke begyndt")
    agreed(me.student, 501, 600, company__name="Annulleret", annulled_on=timezone.localdate())
    # Others'.
    AgreementFactory(company__name="Fremmed", student__school=SchoolFactory(name="SOSU Fremmed"))
    return me


@pytest.mark.parametrize("days", [0, 1, 20, 29, 30, 31, 200, 400, 1200, 2000])
def test_they_are_those_who_can_see_the_student(me, days):
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
        assert sorted(viewer.organisation for viewer in viewers_of(me)) == sorted(those_who_can_see(me.student))


def test_at_first_they_are_two_schools_and_three_companies(me):
    assert [viewer.organisation for viewer in viewers_of(me)][:2] == ["SOSU Ny", "SOSU Gammel"]
    assert {viewer.organisation for viewer in viewers_of(me)} == {
        *("SOSU Ny", "SOSU Gammel", "Går videre", "Ikke begyndt", "Slut for nylig"),
    }


def test_a_school_that_signed_off_is_gone(me):
    Student.objects.being(me.student_id).update(signed_off_on=timezone.localdate())
    assert not {"SOSU Ny", "SOSU Gammel"} & {viewer.organisation for viewer in viewers_of(me)}


@pytest.mark.today("2026-03-02")
def test_the_page_tells_why_since_when_and_until_when(logged_in):
    me = MembershipFactory(of_student=True, student__school__name="SOSU Prøve")
    agreed(me.student, -29, 29, company__name="Prøvekøbing Kommune")
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        Event.objects.filter(action="student_reported").update(at="2024-08-01T12:00:00+02:00")
        Event.objects.filter(action="agreement_reported").update(at="2026-01-20T12:00:00+01:00")
        cursor.execute("set local session_replication_role = origin")

    with time_machine.travel("2026-04-29T10:00:00+02:00"):
        text = logged_in(me).get(reverse("students:own_viewers")).text
        assert "Du er elev på skolen." in text
        assert "1. august 2024" in text
        assert "Din uddannelsesaftale er slut." in text
        assert "20. januar 2026" in text
        assert "Til og med den 29. april 2026" in text
    # On the day after the one that was told, the company is gone.
    with time_machine.travel("2026-04-30T10:00:00+02:00"):
        assert "Prøvekøbing Kommune" not in logged_in(me).get(reverse("students:own_viewers")).text


def test_it_takes_few_statements_however_many_can_see(me, logged_in, django_assert_max_num_queries):
    client = logged_in(me)
    for year in range(2, 6):
        agreed(me.student, 365 * year, 365 * year + 300)
    with django_assert_max_num_queries(8):
        client.get(reverse("students:own_viewers"))
