"""Elevoversigt: who should be assessed, who has changed since a day, whose company and hold."""

import datetime

import pytest
import time_machine

from risk.operations import record_assessment
from schools.models import Change
from schools.operations import note_visit
from schools.queries import StudentFilter, level_counts
from tests.factories import AgreementFactory, CompanyFactory, MembershipFactory, SchoolPeriodFactory, days_from_today
from tests.schools.conftest import assess

pytestmark = pytest.mark.today("2026-11-25")


def due_in(school, name, days):
    """A student whose training period is due in so many days, or was so many days ago."""
    student = school.without_agreement(name)
    first = days_from_today(days - 50)
    AgreementFactory(
        student=student, starts_on=first - datetime.timedelta(days=60), ends_on=days_from_today(days + 110)
    )
    for starts, length in ((first - datetime.timedelta(days=60), 59), (first + datetime.timedelta(days=101), 59)):
        SchoolPeriodFactory(student=student, starts_on=starts, ends_on=starts + datetime.timedelta(days=length))
    return student


class TestDue:
    def test_each_state_finds_its_own(self, school):
        for name, days in (("Bo Snart", 7), ("Ida Nu", 0), ("Eva Nu", -14), ("Liv Passeret", -20)):
            due_in(school, name, days)
        school.student("Per Vurderet", level="low")
        assert school.found("?vurdering=due") == ["Eva Nu", "Ida Nu"]
        assert school.found("?vurdering=late") == ["Liv Passeret"]
        assert school.found("?vurdering=due&vurdering=late") == ["Eva Nu", "Ida Nu", "Liv Passeret"]

    def test_never_assessed_from_two_weeks_on(self, school):
        for name, days in (("Anna Ny", -13), ("Bo Aldrig", -14)):
            AgreementFactory(student=school.without_agreement(name), starts_on=days_from_today(days))
        student = school.student("Carl Fjernet", level="high")
        agreement = student.agreements.get()
        record_assessment(agreement, None, by=MembershipFactory(company_staff=True, company=agreement.company))
        school.without_agreement("Dan Uden")
        assert school.found("?vurdering=never") == ["Bo Aldrig"]

    def test_at_midnight_without_anybodys_doing(self, school):
        due_in(school, "Ida Nu", 1)
        assert school.found("?vurdering=due") == []
        with time_machine.travel(datetime.datetime(2026, 11, 26, 9, tzinfo=datetime.UTC), tick=False):
            school.client.force_login(school.membership.user)
            assert school.found("?vurdering=due") == ["Ida Nu"]


class TestChanged:
    @pytest.fixture
    def changed(self, school):
        student = school.student("Anna Faldet", level="high", at="2026-11-01T12:00:00+01:00")
        assess(student.agreements.get(), "medium", "2026-11-20T12:00:00+01:00")
        student = school.student("Bo Steget", level="low", at="2026-10-01T12:00:00+01:00")
        assess(student.agreements.get(), "high", "2026-11-19T12:00:00+01:00")
        school.student("Carla Første", level="low", at="2026-11-21T12:00:00+01:00")
        student = school.student("Dan Fjernet", level="high", at="2026-10-01T12:00:00+01:00")
        agreement = student.agreements.get()
        by = MembershipFactory(company_staff=True, company=agreement.company)
        record_assessment(agreement, None, by=by, at=datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC))
        student = school.student("Eva Uændret", level="low", at="2026-10-01T12:00:00+01:00")
        assess(student.agreements.get(), "low", "2026-11-21T12:00:00+01:00")
        school.student("Finn Gammel", level="high", at="2026-10-01T12:00:00+01:00")
        return school

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?siden=15.11.2026", ["Anna Faldet", "Bo Steget", "Carla Første", "Dan Fjernet"]),
            ("?siden=21.11.2026", ["Carla Første", "Dan Fjernet"]),
            ("?siden=15.11.2026&aendring=risen", ["Bo Steget"]),
            ("?siden=15.11.2026&aendring=fallen", ["Anna Faldet"]),
            ("?siden=15.11.2026&aendring=first&aendring=removed", ["Carla Første", "Dan Fjernet"]),
            # Of what was before the first, nothing changed.
            ("?siden=01.11.2026&aendring=first", ["Anna Faldet", "Carla Første"]),
        ],
    )
    def test_since_a_day(self, changed, query, names):
        assert changed.found(query) == names

    def test_it_is_said_from_what_to_what(self, changed):
        page = changed.page("?siden=15.11.2026")
        assert "Høj → Middel den 20.11.2026" in page
        assert "Lav → Høj den 19.11.2026" in page
        assert "Vurdering fjernet 22.11.2026" in page
        # Of what was removed nobody is told what it was.
        assert page.count("Høj →") == 1
        assert "Ændret siden 15.11.2026" in page

    def test_a_change_without_a_day_is_one_since_the_last_visit(self, changed, time_machine):
        page = changed.page("?aendring=risen&aendring=fallen")
        assert "Ændret siden 26.10.2026" in page
        assert changed.found("?aendring=risen&aendring=fallen") == ["Bo Steget"]
        time_machine.move_to("2026-11-27T09:00:00+01:00")
        changed.client.force_login(changed.membership.user)
        assert "Ændret siden 25.11.2026" in changed.page("?aendring=risen")
        assert changed.found("?aendring=risen") == []

    def test_a_day_that_does_not_exist_changes_nothing(self, changed):
        page = changed.page("?aendring=risen&siden=31.02.2026")
        assert "Noget af det, der er valgt i Ændret siden, kunne ikke bruges" in page
        assert "Finn Gammel" in page

    def test_a_changed_level_that_came_back_is_no_change(self, school):
        student = school.student("Anna", level="high", at="2026-11-01T12:00:00+01:00")
        assess(student.agreements.get(), "low", "2026-11-10T12:00:00+01:00")
        assess(student.agreements.get(), "high", "2026-11-20T12:00:00+01:00")
        assert school.found("?siden=05.11.2026") == []
        assert school.found("?siden=11.11.2026") == ["Anna"]

    def test_counts_are_those_of_the_list(self, changed):
        day = datetime.date(2026, 11, 15)
        for change in Change:
            counts = level_counts(changed.membership, StudentFilter(changed_since=day, changes=(change,)))
            assert sum(counts.values()) == len(changed.found(f"?siden=15.11.2026&aendring={change}"))


def test_by_company_and_hold(school):
    company = CompanyFactory(name="Fjordby Kommune")
    one, other = school.without_agreement("Anna Fjordby"), school.student("Bo Anden")
    AgreementFactory(student=one, company=company)
    AgreementFactory(
        student=school.without_agreement("Eva Fjordby"), company=CompanyFactory(name="Fjordby Kommunes plejehjem")
    )
    for student, code in ((one, "SSA2701"), (other, "SSA2702")):
        SchoolPeriodFactory(
            student=student, class_code=code, starts_on=days_from_today(200), ends_on=days_from_today(210)
        )
    assert school.found(f"?virksomhed={company.cvr}") == ["Anna Fjordby"]
    assert "Virksomhed “Fjordby Kommune”" in school.page(f"?virksomhed={company.cvr}")
    assert school.found("?virksomhed=fjordby") == ["Anna Fjordby", "Eva Fjordby"]
    assert school.found("?virksomhed=12345678") == []
    assert school.found("?hold=ssa2702") == ["Bo Anden"]
    # The newest period that has one.
    SchoolPeriodFactory(
        student=other, class_code="SSA2801", starts_on=days_from_today(300), ends_on=days_from_today(310)
    )
    SchoolPeriodFactory(student=other, starts_on=days_from_today(400), ends_on=days_from_today(410))
    assert school.found("?hold=SSA2702") == []
    assert school.found("?hold=SSA2801") == ["Bo Anden"]


def test_a_visit_is_remembered_until_the_next_day(school):
    assert note_visit(school.membership) is None
    assert note_visit(school.membership) is None
    for day, before in (("2026-11-27", "2026-11-25"), ("2026-11-27", "2026-11-25"), ("2026-12-01", "2026-11-27")):
        with time_machine.travel(f"{day}T09:00:00+01:00", tick=False):
            assert note_visit(school.membership) == datetime.date.fromisoformat(before)
