"""The log of readings: what a row says, that nobody changes it, and that a student's rows are found by the index."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from laereplads.audit.readings import Purpose, Reading, log_reading
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

MANY = """
insert into audit_reading (at, membership_id, school_id, purpose, students)
select timestamptz '2025-03-02 08:00+01' + n * interval '20 minutes', 1, 1, 'student_overview',
    array(select (1000 + (n * 7919 + m * 104729) % 40000)::bigint from generate_series(1, 25) m)
from generate_series(1, 20000) n
"""


# The trigger goes by the server's clock, which no test freezes.
AGED = """
insert into audit_reading (at, membership_id, school_id, purpose, students)
values (now() - make_interval(days => %s), 1, 1, 'student_profile', '{1}')
"""


@pytest.fixture
def reading():
    with connection.cursor() as cursor:
        cursor.execute(AGED, [360])
    return Reading.objects.get()


@pytest.mark.today("2026-03-02")
def test_a_list_is_one_row_that_names_each_student_once(django_assert_num_queries):
    membership = MembershipFactory(company_staff=True)

    with django_assert_num_queries(1):
        log_reading(membership, Purpose.RISK_OVERVIEW, [9, 7, 9])

    reading = Reading.objects.get()
    assert (reading.students, reading.purpose) == ([7, 9], "risk_overview")
    assert (reading.membership, reading.company, reading.school) == (membership, membership.company, None)
    assert reading.at.isoformat().startswith("2026-03-02T08:00:")


def test_an_empty_list_is_no_reading(django_assert_num_queries):
    with django_assert_num_queries(0):
        log_reading(MembershipFactory.build(company_staff=True), Purpose.RISK_OVERVIEW, iter(()))


@pytest.mark.parametrize(
    "statement",
    ["update audit_reading set purpose = 'assessment'", "delete from audit_reading", "truncate audit_reading"],
)
def test_nobody_changes_a_reading(reading, statement):
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_reading enable trigger readings_are_not_emptied")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


def test_a_reading_may_go_when_it_has_been_kept_for_a_year():
    with connection.cursor() as cursor:
        cursor.execute(AGED, [367])
        cursor.execute("delete from audit_reading")
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"purpose": "nysgerrighed"}, "reading_has_a_known_purpose"),
        ({"students": []}, "reading_names_at_least_one_student"),
        ({"company_id": 1, "school_id": 1}, "reading_is_for_one_organisation_at_most"),
    ],
)
def test_what_no_reading_can_be(reading, wrong, constraint):
    reading.pk = None
    for name, value in wrong.items():
        setattr(reading, name, value)
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        reading.save()


def test_a_students_readings_are_found_by_the_index_behind_the_wall():
    me = MembershipFactory(of_student=True)
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        # As vacuum does: what other tests left to be sorted in would make the index look dear.
        cursor.execute("select gin_clean_pending_list('readings_naming_a_student')")
        cursor.execute("analyze audit_reading")
        rows, values = Reading.objects.visible_to(me).values("at", "purpose").query.sql_with_params()
        with transaction.atomic(), me.with_row_policies():
            cursor.execute(f"explain (format json) {rows}", values)
            plan = json.dumps(cursor.fetchone()[0])
    assert "readings_naming_a_student" in plan
    assert "Seq Scan" not in plan
