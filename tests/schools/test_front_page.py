"""The school's front page: who needs a mentor today, how the school stands for a leader, and that numbers are lists."""

import datetime
import re

import pytest
from django.urls import reverse

from laereplads.access_log.models import AccessLogEntry
from risk.operations import record_assessment
from schools.operations import follow_student, note_visit
from tests.factories import AgreementFactory, CompanyFactory, MembershipFactory, SchoolPeriodFactory, days_from_today
from tests.schools.conftest import assess
from tests.schools.test_due_in_the_overview import due_in

pytestmark = pytest.mark.today("2026-11-25")


def front_page(school, query=""):
    response = school.client.get(reverse("front_page") + query)
    assert response.status_code == 200
    return response.content.decode()


def section(page, heading):
    """The part of the page under a heading."""
    return re.search(rf'<h2 id="{heading}".*?</section>', page, re.DOTALL)[0]


def names(part):
    return re.findall(r'<strong><a href="/elever/[^"]*">([^<]*)</a></strong>', part)


def numbers(part):
    """Each number of students with the address it leads to."""
    found = re.findall(r'<a href="/elever/(\?[^"]*)">(\d+)', part)
    return [(int(number), query.replace("&amp;", "&")) for query, number in found]


@pytest.fixture
def busy(school):
    """Levels that have changed in each way, some High, some late."""
    student = school.student("Anna Faldet", level="high", at="2026-10-01T12:00:00+02:00")
    assess(student.agreements.get(), "medium", "2026-11-20T12:00:00+01:00")
    for name in ("Bo Steget", "Bodil Steget"):
        student = school.student(name, level="low", at="2026-10-01T12:00:00+01:00", phone="00 00 00 01")
        assess(student.agreements.get(), "high", "2026-11-19T12:00:00+01:00")
    school.student("Carla Første", level="low", at="2026-11-21T12:00:00+01:00")
    student = school.student("Dan Fjernet", level="high", at="2026-10-01T12:00:00+01:00")
    agreement = student.agreements.get()
    by = MembershipFactory(company_staff=True, company=agreement.company)
    record_assessment(agreement, None, by=by, at=datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC))
    for number in range(7):
        school.student(f"Finn Høj {number}", level="high", at=f"2026-09-{number + 1:02}T12:00:00+02:00")
    for number in range(3):
        due_in(school, f"Liv Passeret {number}", -20 - number)
    return school


class TestOfMentors:
    def test_each_number_is_that_of_the_list_it_leads_to(self, busy):
        page = front_page(busy)
        found = [pair for heading in ("changed", "high", "late") for pair in numbers(section(page, heading))]
        assert [number for number, _query in found] == [5, 2, 1, 1, 1, 9, 3]
        for number, query in found:
            assert number == len(busy.found(query))

    def test_what_is_new_comes_first_risen_before_all(self, busy):
        part = section(front_page(busy), "changed")
        assert names(part) == ["Bo Steget", "Bodil Steget", "Carla Første", "Dan Fjernet", "Anna Faldet"]
        assert "Lav → Høj den 19.11.2026" in part
        assert "Høj → Middel den 20.11.2026" in part
        assert "Vurdering fjernet 22.11.2026" in part
        assert "siden den 26. oktober 2026" in part

    def test_since_the_last_visit(self, busy, time_machine):
        front_page(busy)
        time_machine.move_to("2026-11-27T09:00:00+01:00")
        busy.client.force_login(busy.membership.user)
        assert "siden den 25. november 2026" in section(front_page(busy), "changed")
        student = busy.student("Gry Ny", level="medium", at="2026-11-27T08:00:00+01:00")
        part = section(front_page(busy), "changed")
        assert names(part) == [student.name]
        assert "siden dit sidste besøg den 25. november 2026" in part

    def test_own_students_come_first(self, busy):
        follow_student(busy.membership.school.students.get(name="Finn Høj 6"), by=busy.membership)
        follow_student(busy.membership.school.students.get(name="Anna Faldet"), by=busy.membership)
        page = front_page(busy)
        assert names(section(page, "high"))[0] == "Finn Høj 6"
        assert names(section(page, "changed"))[0] == "Anna Faldet"

    def test_the_longest_waiting_come_first(self, busy):
        page = front_page(busy)
        assert names(section(page, "high")) == [f"Finn Høj {number}" for number in range(5)]
        assert names(section(page, "late")) == ["Liv Passeret 2", "Liv Passeret 1", "Liv Passeret 0"]

    def test_students_and_workplaces_are_at_hand(self, school):
        student = school.student("Anna", level="high", phone="00 00 00 01", email="anna@elev.example")
        place = student.agreements.get().workplace
        place.phone, place.email = "00 00 00 02", "sted@kommune.example"
        place.save()
        part = section(front_page(school), "high")
        for address in ("tel:00000001", "mailto:anna@elev.example", "tel:00000002", "mailto:sted@kommune.example"):
            assert f'href="{address}"' in part
        assert place.name in part

    def test_of_a_protected_student_no_address_is_shown(self, school):
        school.student("Anna", level="high", phone="00 00 00 01", email="anna@elev.example", is_protected=True)
        page = front_page(school)
        assert "Navne- og adressebeskyttet" in page
        assert "anna@elev.example" not in page
        assert "00000001" not in page

    def test_nothing_to_do_is_said(self, school):
        page = front_page(school)
        for words in (
            "Ingen elever har fået en anden frafaldsrisiko",
            "Ingen elever har høj frafaldsrisiko lige nu.",
            "Ingen vurderinger venter længere end foreslået eller aftalt.",
        ):
            assert words in page

    def test_exactly_those_named_are_logged(self, busy):
        page = front_page(busy)
        shown = {name for heading in ("changed", "high", "late") for name in names(section(page, heading))}
        entry = AccessLogEntry.objects.get(purpose="school_front_page")
        students = busy.school.students
        assert set(students.filter(pk__in=entry.students).values_list("name", flat=True)) == shown

    def test_few_who_are_counted_and_not_named_are_logged_as_told_of(self, school):
        for number in range(6):
            school.student(f"Bo Steget {number}", level="high", at="2026-11-20T12:00:00+01:00")
        student = school.student("Ida Faldet", level="high", at="2026-10-01T12:00:00+02:00")
        assess(student.agreements.get(), "medium", "2026-11-20T12:00:00+01:00")
        note_visit(school.membership)
        assert "Ida Faldet" not in front_page(school)
        assert [each.students for each in AccessLogEntry.objects.filter(purpose="search")] == [[student.pk]]

    def test_as_many_statements_however_many_students(self, busy, django_assert_max_num_queries):
        front_page(busy)
        with django_assert_max_num_queries(17):
            front_page(busy)


class TestOfLeaders:
    @pytest.fixture
    def leader(self, school):
        school.membership.is_leader = True
        school.membership.save()
        school.client.force_login(school.membership.user)
        return school

    def test_each_number_is_that_of_the_list_it_leads_to(self, leader):
        company = CompanyFactory(name="Fjordby Kommune")
        for number, level in enumerate(["high", "high", "medium", "low", "", ""]):
            student = leader.without_agreement(f"Elev {number}")
            agreement = AgreementFactory(student=student, company=company, starts_on=days_from_today(-60))
            at_school = {"starts_on": days_from_today(-100), "ends_on": days_from_today(-90)}
            SchoolPeriodFactory(student=student, class_code="SSA2701", **at_school)
            if level:
                assess(agreement, level, "2026-11-10T12:00:00+01:00")
        leader.student("En anden", level="low")
        page = front_page(leader)
        found = numbers(page)
        assert len(found) > 12
        for number, query in found:
            assert number == len(leader.found(query)), query
        assert "7 elever kan vurderes i dag." in page
        assert "2 er aldrig vurderet" in page
        # In a month: two at Høj more, and as many fewer without any.
        assert re.search(r">2</a> \(\+2\)", page)
        assert re.search(r">2</a> \(−4\)", page)

    def test_the_share_made_on_time(self, leader):
        for number, (due, assessed) in enumerate([(-60, -60), (-60, None), (-50, -20), (-40, -41)]):
            student = due_in(leader, f"Elev {number}", due)
            if assessed is not None:
                at = datetime.datetime.combine(days_from_today(assessed), datetime.time(12), tzinfo=datetime.UTC)
                assess(student.agreements.get(), "low", at)
        assert "2 af 4 vurderinger lavet til tiden (50,0 %)" in front_page(leader)

    def test_no_student_is_named(self, leader):
        leader.student("Anna Alene", level="high")
        assert "Anna Alene" not in front_page(leader)
        assert not AccessLogEntry.objects.exclude(purpose="search").exists()

    def test_of_whom_a_number_tells_is_logged_where_they_are_few(self, leader):
        company = CompanyFactory()
        students = {}
        levels = {**{f"Elev {number}": "low" for number in range(6)}, "Anna": "high", "Bo": "high", "Carla": ""}
        for name, level in levels.items():
            students[name] = leader.without_agreement(name)
            agreement = AgreementFactory(student=students[name], company=company, starts_on=days_from_today(-60))
            if level:
                assess(agreement, level, "2026-11-20T12:00:00+01:00")
        front_page(leader)
        entry = AccessLogEntry.objects.get(purpose="search")
        assert set(entry.students) == {students[name].pk for name in ("Anna", "Bo", "Carla")}

    def test_a_leader_sees_the_students_too(self, leader):
        leader.student("Anna Høj", level="high")
        page = front_page(leader, "?vis=elever")
        assert names(section(page, "high")) == ["Anna Høj"]
        assert "Hele skolen" in page

    def test_ten_companies_and_all(self, leader):
        for number in range(12):
            company = CompanyFactory(name=f"Firma {number:02}")
            AgreementFactory(student=leader.without_agreement(f"Elev {number}"), company=company)
        assert front_page(leader).count("?virksomhed=") == 10 * 3
        assert "Vis alle 12" in front_page(leader)
        assert front_page(leader, "?alle=ja").count("?virksomhed=") == 12 * 3

    def test_a_school_without_students(self, leader):
        assert "Ingen af skolens elever kan vurderes i dag." in front_page(leader)

    def test_as_many_statements_however_many_students(self, leader, django_assert_max_num_queries):
        leader.student("Anna", level="high")
        front_page(leader)
        with django_assert_max_num_queries(14):
            front_page(leader)
