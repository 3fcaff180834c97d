"""What lists read in a made world: indexes only, and no more of them where a school has many students."""

import re

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from absence.figures import Sums
from absence.models import AbsenceDay, SchoolPeriod
from laereplads.access.models import Membership
from laereplads.access_log.models import AccessLogEntry
from laereplads.database.derived_tables import differences
from laereplads.people.models import Agreement, Student
from risk.models import CurrentRisk, RiskAssessment
from schools.purposes import STUDENT_SPREADSHEET
from tests.benchmark.spreadsheet import Command as MeasureSpreadsheet
from tests.clock import moment_of
from tests.large_world.world import COMPANY_STAFF, MEASURED_SCHOOLS, SCHOOL_STAFF, LargeWorld
from tests.plans.states import COMPANY_STATES, STATES, of_one_student, states, states_of_company

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-03-02")]

STUDENTS = 6_000
BUFFERS_OF_A_PAGE = 300
BUFFERS_OF_COUNTS = 60
GROWING = {
    *("people_student", "people_agreement", "risk_riskassessment", "risk_currentrisk", "risk_agreementlistentry"),
    *("schools_studentlistentry", "people_workplace", "access_membership", "accounts_user"),
}


@pytest.fixture(scope="module")
def large_world(request, django_db_setup, django_db_blocker):
    """Made once for all tests here, and taken away again."""
    with django_db_blocker.unblock(), time_machine.travel(moment_of(request.node)), transaction.atomic():
        LargeWorld(STUDENTS, 1, lambda _label, items: items).make()
        with connection.cursor() as cursor:
            cursor.execute("analyze")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def vacuumed(large_world, db):
    """As after VACUUM, which runs in no transaction; the planner then trusts the indexes.

    For each test: what one of them lets PostgreSQL find out of a table's size is not taken back with its rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("update pg_class set relallvisible = relpages where relname ~ 'schools_student|risk_agreement'")


@pytest.fixture
def mentor(vacuumed):
    membership = Membership.objects.get(user__email=SCHOOL_STAFF)
    with membership.with_row_policies():
        yield membership


@pytest.fixture(params=["all workplaces", "one workplace"])
def employee(request, vacuumed):
    membership = Membership.objects.get(user__email=COMPANY_STAFF)
    if request.param == "one workplace":
        membership.workplace = membership.company.workplaces.first()
    with membership.with_row_policies():
        yield membership


@pytest.mark.parametrize("query", STATES)
def test_every_state_of_the_overview_reads_indexes(mentor, query):
    for state in states(mentor, query, "2026-01-20"):
        where = (state.query, state.side)
        # The counts; where the row is from which the page goes on; and the page.
        assert len(state.plans) == (1 + (state.side == "anden") + bool(state.hits)), where
        assert all(plan.read_through & GROWING == set() for plan in state.plans), where
        # No VACUUM runs within a test: what it would have spared is left out.
        counts, *rows = (plan.buffers - plan.fetches for plan in state.plans)
        assert counts <= BUFFERS_OF_COUNTS, where
        assert all(touched <= BUFFERS_OF_A_PAGE for touched in rows), where
        for plan in state.plans[1:]:
            assert plan.scans_of_orders <= {"Index Only Scan"}, where
        # So does what PostgreSQL keeps for whatever values.
        for plan in state.general:
            assert plan.read_through & GROWING == set(), where
            assert plan.buffers - plan.fetches <= BUFFERS_OF_A_PAGE, where
        assert len(state.general) == len(state.plans), where


@pytest.mark.parametrize("query", COMPANY_STATES)
def test_every_state_of_the_companys_list_reads_indexes(employee, query):
    for state in states_of_company(employee, query):
        where = (state.query, state.side)
        counts, *rows = state.plans
        assert counts.scans_of_orders == {"Index Only Scan"}, where
        assert counts.buffers - counts.fetches <= BUFFERS_OF_COUNTS, where
        for plan in [*state.plans, *state.general]:
            assert plan.read_through & GROWING == set(), where
            assert plan.scans_of_orders <= {"Index Only Scan"}, where
        for plan in rows:
            assert plan.buffers - plan.fetches <= BUFFERS_OF_A_PAGE, where
        assert len(state.general) == len(state.plans), where


def test_what_is_read_of_one_student_is_found_by_indexes(vacuumed):
    mentor, employee = (Membership.objects.get(user__email=email) for email in (SCHOOL_STAFF, COMPANY_STAFF))

    found = dict(of_one_student(mentor, employee))

    assert {name: len(plans) for name, plans in found.items()} == {
        "Elevens profil": 4,
        "Gemme en vurdering": 3,
        "Min side": 1,
        "Min side, Uddannelsesaftale": 2,
    }
    for name, plans in found.items():
        for plan in plans:
            assert plan.read_through & GROWING == set(), (name, plan.statement)
            # What a school may see of an assessor depends on how much else she has assessed: docs/performance.md.
            if "risk_riskassessment" not in plan.statement or name != "Elevens profil":
                assert plan.buffers - plan.fetches <= BUFFERS_OF_A_PAGE, (name, plan.statement)


def test_the_world_is_what_the_triggers_would_have_made(large_world):
    assert set(differences(timezone.localdate(), progress=iter).values()) == {0}


def test_a_spreadsheet_of_a_larger_school_is_measured_and_leaves_nothing_behind(large_world, capsys):
    call_command(MeasureSpreadsheet(), "--rows", "1500")
    assert re.match(r"1500 elever på .* MB mere end før", capsys.readouterr().out)
    assert Student.objects.count() == STUDENTS
    assert not AccessLogEntry.objects.filter(purpose=STUDENT_SPREADSHEET).exists()


def test_the_world_is_skewed_like_the_real_thing(large_world):
    largest = Student.objects.filter(school=Membership.objects.get(user__email=SCHOOL_STAFF).school).count()
    assert Student.objects.count() == STUDENTS
    assert abs(largest - max(size for size in MEASURED_SCHOOLS if size <= STUDENTS / 2)) < 100
    sosu = Agreement.objects.running().on_sosu_educations()
    assessed = CurrentRisk.objects.filter(agreement__in=sosu)
    assert 0.45 < assessed.count() / sosu.count() < 0.55
    assert 0.65 < assessed.filter(level="low").count() / assessed.count() < 0.75
    assert 4.5 < RiskAssessment.objects.count() / STUDENTS < 6
    at_school = SchoolPeriod.objects.filter(starts_on__lte=timezone.localdate(), ends_on__gte=timezone.localdate())
    assert 0.06 < at_school.count() / STUDENTS < 0.1
    minutes = AbsenceDay.objects.aggregate(scheduled=Sum("scheduled"), lawful=Sum("lawful"), unlawful=Sum("unlawful"))
    absence = Sums(**minutes)
    assert 105 < (absence.tenths or 0) < 115
    assert 0.23 < absence.unlawful / absence.absent < 0.27
