"""Row-level security alone: plain SQL in the database's roles, with no Django in front of it."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.types.json import Jsonb

from laereplads.database import row_level_security
from laereplads.database.identity import acting_as
from laereplads.people.models import Student
from risk.models import AgreementListEntry
from tests.factories import MembershipFactory
from tests.row_policies.actors import actors_of
from tests.row_policies.rows import fill

KEYS = {
    "absence_absencestanding": "student_id",
    "notifications_refusedaddress": "user_id",
    "risk_agreementlistentry": "agreement_id",
    "rejections_applicant": "rejection_id",
}
MADE_BY_THE_DATABASE = ("id", "registered_on", "is_late", "sort_key", "search_key")
MADE_ANEW = ("public_id", "form_token")
# Tables whose rows get their id from the portal.
NAMED_BY_WHOEVER_WRITES = ("notifications_outgoingmail",)
# Tables that hold one row of a kind.
REPLACED = (
    *("rejections_applicant", "rejections_fingerprint", "schools_followedstudent", "schools_overviewvisit"),
    *("access_membership", "accounts_user", "accounts_identity"),
    *("delegation_invitation", "delegation_accessrequest"),
    *("absence_schoolperiod", "absence_absenceday"),
    *("notifications_mailchoice", "risk_localagreement", "risk_assessmentpause"),
    *("schools_studentgroup", "schools_studentgroupmember", "schools_savedfilter", "schools_savedfiltermatch"),
)
WITHOUT_TRIGGERS = "set local session_replication_role = replica;"
PARTIES = (
    "company",
    "company workplace",
    "other company",
    "school",
    "other school",
    "student",
    "other student",
    "administrator",
)
# Tables whose every row any role may read, or that hold nothing about a person.
POLICIES = [
    (table.name, grant, number)
    for table in row_level_security.declared()
    for number, grant in enumerate(table.grants, start=1)
    if grant.rows != row_level_security.ALL_ROWS
]


@pytest.fixture
def probed(world):
    """The world, with something of everybody's in every table that has a policy."""
    fill(world)
    return world


def sees(membership, table):
    """The ids of the rows of `table` that the database shows to `membership`; empty when it may not even ask."""
    key = KEYS.get(table, "id")
    with transaction.atomic(), membership.with_row_policies(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"select {key} from {table}")
                return {row[0] for row in cursor.fetchall()}
        except DatabaseError:
            return set()


def everything_seen(world):
    tables = sorted({table for table, _grant, _number in POLICIES})
    return {(role, table): sees(world.memberships[role], table) for role in PARTIES for table in tables}


def names_seen(world, role):
    """Companies read names in their lists only."""
    if "company" in role:
        ids = sees(world.memberships[role], "risk_agreementlistentry")
        return set(Student.objects.filter(agreements__in=ids).values_list("name", flat=True))
    ids = sees(world.memberships[role], "people_student")
    return set(Student.objects.filter(pk__in=ids).values_list("name", flat=True))


def test_every_table_has_a_decision_and_every_role_little_power(db):
    """A new table fails here until a row_policies.py speaks of it."""
    assert list(row_level_security.problems(connection)) == []


def test_a_role_that_may_wait_for_ever_is_noticed(db):
    """As after a restore: a dump does not hold the limits of roles."""
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"alter role laereplads_web in database {database} reset lock_timeout")

    assert any("grænsen lock_timeout=3s" in problem for problem in row_level_security.problems(connection))


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (
            "company",
            {"Markør Egen", "Markør Nylig", "Markør Udmeldt", "Markør Andenuddannelse", "Markør Arbejdssted"},
        ),
        ("company workplace", {"Markør Arbejdssted"}),
        ("other company", {"Markør Fremmed"}),
        (
            "school",
            {"Markør Egen", "Markør Nylig", "Markør Afsluttet", "Markør Andenuddannelse", "Markør Arbejdssted"},
        ),
        ("other school", {"Markør Fremmed"}),
        ("student", {"Markør Egen"}),
        ("other student", {"Markør Fremmed"}),
    ],
)
def test_each_party_gets_its_own_students_and_nobody_elses(world, role, names):
    assert names_seen(world, role) == names


@pytest.mark.parametrize("table", ["risk_riskassessment", "risk_agreementlistentry", "schools_followedstudent"])
def test_an_administrator_gets_no_assessment(probed, table):
    assert sees(probed.memberships["administrator"], table) == set()


def test_without_an_identity_there_are_no_rows(world):
    with connection.cursor() as cursor:
        cursor.execute("set role laereplads_web")
        try:
            for table in ("people_student", "people_agreement", "risk_riskassessment", "risk_agreementlistentry"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    cursor.execute(f"select * from {table}")
        finally:
            cursor.execute("reset role")


def test_a_role_without_a_party_gets_no_rows(world):
    with acting_as("company_staff", membership=0, company=None, school=None, student=None):
        assert AgreementListEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("table", "author", "role"),
    [
        ("risk_riskassessment", "recorded_by_id", "company"),
        ("rejections_rejection", "registered_by_id", "company"),
        ("access_log_accesslogentry", "membership_id", "company"),
        ("access_log_accesslogentry", "membership_id", "school"),
        ("access_log_accesslogentry", "membership_id", "administrator"),
    ],
)
def test_nobody_writes_in_a_colleagues_name(probed, table, author, role):
    membership = probed.memberships[role]
    colleague = MembershipFactory(role=membership.role, company=membership.company, school=membership.school)
    pattern = next(row for row in rows_of(table) if row[author] == membership.pk)
    in_other_names = {**pattern, author: colleague.pk}

    assert is_written(membership, table, *insertion(table, pattern), first=WITHOUT_TRIGGERS) == 1
    assert is_written(membership, table, *insertion(table, in_other_names), first=WITHOUT_TRIGGERS) == 0


def test_nobody_notes_that_a_colleague_has_looked(probed):
    own = probed.memberships["company"]
    colleague = MembershipFactory(company_staff=True, company=own.company)
    noted = "update absence_absencenotice set first_seen_at = now(), seen_by_id = %s where first_seen_at is null"
    assert is_written(own, "absence_absencenotice", noted, [own.pk]) > 0
    assert is_written(own, "absence_absencenotice", noted, [colleague.pk]) == 0


def test_an_identity_ends_with_its_savepoint(world):
    with connection.cursor() as cursor:
        cursor.execute("set role laereplads_web")
        with transaction.atomic(), world.memberships["company"].with_row_policies():
            pass
        cursor.execute("select current_user, current_setting('app.company_id', true)")
        assert cursor.fetchone() == ("laereplads_web", "")
        cursor.execute("reset role")


@pytest.mark.parametrize(("table", "grant", "number"), POLICIES, ids=lambda value: str(getattr(value, "role", value)))
def test_every_policy_is_one_that_some_row_needs(probed, table, grant, number):
    """With the policy replaced by `true` somebody would reach a row that she does not reach now."""
    if grant.command == "update":
        # A statement that reads a column reaches no more than what is read: here all is.
        read_everything(table, grant.role)
    before = reach(probed, table, grant)
    name = f"{grant.role}_may_{grant.command}_{number}"
    clauses = {"insert": "with check (true)", "update": "using (true) with check (true)"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"alter policy {name} on {table} {clauses.get(grant.command, 'using (true)')}")
        assert reach(probed, table, grant) > before


def read_everything(table, role):
    declared = next(each for each in row_level_security.declared() if each.name == table)
    with connection.cursor() as cursor:
        for number, grant in enumerate(declared.grants, start=1):
            if (grant.role, grant.command) == (role, "select"):
                cursor.execute(f"alter policy {role}_may_select_{number} on {table} using (true)")


def reach(world, table, grant):
    """How many rows all who act as the grant's role reach together by its command."""
    own = actors_of(world, grant.role)
    if grant.command == "select":
        return sum(len(sees(membership, table)) for membership in own)
    return sum(written(membership, table, grant) for membership in own)


def written(membership, table, grant):
    """How many rows of `table` a write as `membership` would touch; tried, and taken back."""
    if grant.command == "update":
        column = grant.columns[0]
        return is_written(membership, table, f"update {table} set {column} = {column}", [], first=WITHOUT_TRIGGERS)
    if grant.command == "insert":
        own = (insertion(table, row) for row in rows_of(table))
        return sum(is_written(membership, table, *statement, first=emptied(table)) for statement in own)
    assert grant.command == "delete"
    return is_written(membership, table, f"delete from {table}", [], first=WITHOUT_TRIGGERS)


def rows_of(table):
    """All rows of a table, as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {table}")
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def insertion(table, row):
    row = {column: value for column, value in row.items() if column not in MADE_BY_THE_DATABASE}
    row = {column: uuid4() if column in MADE_ANEW else value for column, value in row.items()}
    row = {column: Jsonb(value) if isinstance(value, dict) else value for column, value in row.items()}
    if table in NAMED_BY_WHOEVER_WRITES:
        row["id"] = uuid4()
    places = ", ".join(["%s"] * len(row))
    return f"insert into {table} ({', '.join(row)}) values ({places})", list(row.values())


def emptied(table):
    """Make room for the same row again, where only one is allowed, and keep triggers out of what policies do."""
    return WITHOUT_TRIGGERS + (f"delete from {table}" if table in REPLACED else "")


def is_written(membership, table, statement, values, first="select"):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(first)
            with membership.with_row_policies():
                cursor.execute(statement, values)
                count = cursor.rowcount
            transaction.set_rollback(True)
            return count
    except DatabaseError:
        return 0
