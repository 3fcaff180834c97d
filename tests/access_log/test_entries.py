"""The access log: what an entry says, that nobody changes it, and that a student's rows are found by the index."""

import pytest
from django.db import DatabaseError, connection, transaction

from companies.purposes import RISK_OVERVIEW
from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.operations import log_access
from tests.factories import MembershipFactory
from tests.plans.states import explained

pytestmark = pytest.mark.django_db

MANY = """
insert into access_log_accesslogentry (at, membership_id, school_id, purpose, students)
select timestamptz '2025-03-02 08:00+01' + n * interval '20 minutes', 1, 1, 'student_overview',
    array(select (1000 + (n * 7919 + m * 104729) % 40000)::bigint from generate_series(1, 25) m)
from generate_series(1, 20000) n
"""


# The trigger goes by the server's clock, which no test freezes.
AGED = """
insert into access_log_accesslogentry (at, membership_id, school_id, purpose, students)
values (now() - make_interval(days => %s), 1, 1, 'student_profile', '{1}')
"""


@pytest.fixture
def entry():
    with connection.cursor() as cursor:
        cursor.execute(AGED, [360])
    return AccessLogEntry.objects.get()


@pytest.mark.today("2026-03-02")
def test_a_list_is_one_row_that_names_each_student_once(django_assert_num_queries):
    membership = MembershipFactory(company_staff=True)

    with django_assert_num_queries(1):
        log_access(membership, RISK_OVERVIEW, [9, 7, 9])

    entry = AccessLogEntry.objects.get()
    assert (entry.students, entry.purpose) == ([7, 9], "risk_overview")
    assert (entry.membership, entry.company, entry.school) == (membership, membership.company, None)
    assert entry.at.isoformat().startswith("2026-03-02T08:00:")


def test_an_empty_list_is_no_entry(django_assert_num_queries):
    with django_assert_num_queries(0):
        log_access(MembershipFactory.build(company_staff=True), RISK_OVERVIEW, iter(()))


@pytest.mark.parametrize(
    "statement",
    [
        "update access_log_accesslogentry set purpose = 'assessment'",
        "delete from access_log_accesslogentry",
        "truncate access_log_accesslogentry",
    ],
)
def test_nobody_changes_an_entry(entry, statement):
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute(statement)


def test_an_entry_may_go_when_it_has_been_kept_for_a_year():
    with connection.cursor() as cursor:
        cursor.execute(AGED, [367])
        cursor.execute("delete from access_log_accesslogentry")
    assert not AccessLogEntry.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"purpose": "nysgerrighed"}, "access_log_accesslogentry_purpose_is_a_known_code"),
        ({"students": []}, "access_log_entry_names_at_least_one_student"),
        ({"company_id": 1, "school_id": 1}, "access_log_entry_is_for_one_organisation_at_most"),
    ],
)
def test_what_no_entry_can_be(entry, wrong, constraint):
    entry.pk = None
    for name, value in wrong.items():
        setattr(entry, name, value)
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        entry.save()


def test_a_students_entries_are_found_by_the_index_behind_row_level_security():
    me = MembershipFactory(of_student=True)
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        # As vacuum does: what other tests left to be sorted in would make the index look dear.
        cursor.execute("select gin_clean_pending_list('access_log_by_student')")
        cursor.execute("analyze access_log_accesslogentry")
        rows, values = AccessLogEntry.objects.visible_to(me).values("at", "purpose").query.sql_with_params()
    with transaction.atomic(), me.with_row_policies():
        plan = explained(rows, values)
    assert "access_log_by_student" in {node.get("Index Name") for node in plan.nodes()}
    # Of students the test has too few for an index.
    assert plan.read_through <= {"people_student"}
