"""What the overview reads in a made world: indexes only, and no more of them where a school has many students."""

import json

import pytest
import time_machine
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.demo.large_world import SCHOOL_SHARES, SCHOOL_STAFF, LargeWorld
from laereplads.people.models import Agreement, Student
from risk.models import CurrentRisk, RiskAssessment
from schools.forms import StudentFilterForm
from schools.queries import overview
from schools.standings import differences
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

STUDENTS = 6_000
BUFFERS_OF_A_PAGE = 300
# Where a page may begin in one part of an order and end in the next, both are looked up in full.
BUFFERS_WHERE_PARTS_MEET = 450
# Every filter, in every order where it makes another query; names are searched for through the whole school.
STATES = [
    *("", "sortering=risk", "sortering=oldest", "niveau=high", "niveau=none", "niveau=low&sortering=risk"),
    *("niveau=none&sortering=oldest", "niveau=high&niveau=medium&senest={day}", "senest={day}&sortering=risk"),
    *(
        "status=seeking",
        "status=seeking&sortering=risk",
        "elevtype=eux&synlighed=visible",
        "elevtype=eux&sortering=risk",
    ),
    *("aftale=nej&sortering=oldest", "aftale=ja", "uddannelse=pau&sortering=risk", "uddannelse=ssa&niveau=medium"),
    *(
        "grundforloeb=gf1&sortering=oldest",
        "relation=main_programme&sortering=risk",
        "mine=on",
        "mine=on&sortering=risk",
    ),
    *("navn=an", "navn=emma+soerensen", "navn=xyzq", "navn=an&sortering=risk"),
]
GROWING = {"people_student", "people_agreement", "risk_riskassessment", "schools_standing", "schools_standingcount"}


@pytest.fixture(scope="module")
def large_world(django_db_setup, django_db_blocker):
    """Made once for all tests here, and taken away again."""
    with django_db_blocker.unblock(), time_machine.travel(NOW), transaction.atomic():
        LargeWorld(STUDENTS, 1, lambda _label, items: items).make()
        with connection.cursor() as cursor:
            cursor.execute("analyze")
            # As after VACUUM, which runs in no transaction; the planner then trusts the indexes.
            cursor.execute("update pg_class set relallvisible = relpages where relname like 'schools_standing%'")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def mentor(large_world, db):
    membership = Membership.objects.get(user__email=SCHOOL_STAFF)
    with membership.at_the_wall():
        yield membership


def asked(membership, state, side):
    form = StudentFilterForm(QueryDict(state.format(day="2026-01-20")))
    with CaptureQueriesContext(connection) as queries:
        page = overview(membership, form.wanted(), form.chosen_order).page(side)
    return page, [query["sql"] for query in queries]


def plan_of(statement):
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {statement}")
        [[found]] = cursor.fetchall()
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_the_overview_reads_indexes(mentor, state):
    first, _statements = asked(mentor, state, "")
    for side in ("", first.next or "", "sidste"):
        _page, statements = asked(mentor, state, side)
        assert len(statements) <= 2
        for number, statement in enumerate(statements):
            plan = plan_of(statement)
            touched = {node.get("Relation Name") for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
            assert touched & GROWING == set(), (state, side)
            if number == 1 and not state.startswith("mine"):
                inner = [node["Node Type"] for node in nodes(plan) if "standings_by" in node.get("Index Name", "")]
                assert set(inner) == {"Index Only Scan"}, (state, side)
            if number == 1 and "navn" not in state:
                buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
                # Without the visibility map, which only VACUUM makes, each entry costs a look at its row.
                heap = sum(node.get("Heap Fetches", 0) for node in nodes(plan))
                limit = BUFFERS_WHERE_PARTS_MEET if "UNION ALL" in statement else BUFFERS_OF_A_PAGE
                assert buffers - heap <= limit, (state, side)


def test_the_world_is_what_the_triggers_would_have_made(large_world):
    assert differences(timezone.localdate(), progress=iter) == {"risks": 0, "standings": 0, "counts": 0}


def test_the_world_is_skewed_like_the_real_thing(large_world):
    largest = Student.objects.filter(school=Membership.objects.get(user__email=SCHOOL_STAFF).school).count()
    assert Student.objects.count() == STUDENTS
    assert abs(100 * largest / STUDENTS - SCHOOL_SHARES[0]) < 2
    sosu = Agreement.objects.running().on_sosu_educations()
    assessed = CurrentRisk.objects.filter(agreement__in=sosu)
    assert 0.45 < assessed.count() / sosu.count() < 0.55
    assert 0.65 < assessed.filter(level="low").count() / assessed.count() < 0.75
    assert 4.5 < RiskAssessment.objects.count() / STUDENTS < 6
