"""Every change of a row leaves exactly one event, whatever way it is made."""

import datetime
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from laereplads.access.auditing import LINK_SENT
from laereplads.audit import triggers
from laereplads.audit.models import Event
from laereplads.audit.operations import record
from laereplads.database.identity import in_the_name_of
from laereplads.people.auditing import STUDENT_REENROLLED, STUDENT_SIGNED_OFF
from laereplads.people.models import Student
from risk.auditing import ASSESSMENT_RECORDED
from risk.models import RiskAssessment
from risk.operations import record_assessment
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    RejectionReasonFactory,
    StudentFactory,
    UserFactory,
    WorkplaceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-03-02")]


@pytest.fixture
def since(db):
    """The events written since the last time they were asked for, oldest first."""
    # Those of the world that other tests of this module share may be there already.
    seen = set(Event.objects.values_list("pk", flat=True))

    def since():
        new = list(Event.objects.exclude(pk__in=seen).order_by("id"))
        seen.update(event.pk for event in new)
        return new

    return since


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


# Each is a row, and a change of it: field, new value, and what the event tells.
CHANGES = {
    "student": (StudentFactory, "status", "dropped_out", ["main_programme", "dropped_out"]),
    "agreement": (AgreementFactory, "type", "short", ["ordinary", "short"]),
    "membership": (lambda: MembershipFactory(company_staff=True), "ends_on", "2027-01-01", [None, "2027-01-01"]),
}
WAYS = {
    "save": lambda row, field, value: (setattr(row, field, value), row.save()),
    "update": lambda row, field, value: type(row).objects.filter(pk=row.pk).update(**{field: value}),
    "bulk_update": lambda row, field, value: (
        setattr(row, field, value),
        type(row).objects.bulk_update([row], [field]),
    ),
    "upsert": lambda row, field, value: (
        setattr(row, field, value),
        type(row).objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=[field]),
    ),
    "sql": lambda row, field, value: sql(f"update {row._meta.db_table} set {field} = %s where id = %s", value, row.pk),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_one_event_however_it_is_made(kind, way, since):
    make, field, value, told = CHANGES[kind]
    row = make()
    since()

    WAYS[way](row, field, value)

    [event] = since()
    assert (event.action, event.object_type, event.object_id) == (f"{kind}_changed", row._meta.label_lower, row.pk)
    assert event.changes == {field: told}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_to_the_same_is_no_event(kind, way, since):
    make, field, _value, _told = CHANGES[kind]
    row = make()
    row.refresh_from_db()
    since()

    WAYS[way](row, field, getattr(row, field))

    assert since() == []


@pytest.mark.parametrize("kind", CHANGES)
def test_rows_that_come_and_go_leave_an_event_each(kind, since):
    make, *_ = CHANGES[kind]
    row = make()
    [added] = [event for event in since() if event.object_type == row._meta.label_lower]
    assert (added.action, added.object_id) == (
        {"student": "student_reported", "agreement": "agreement_reported", "membership": "membership_added"}[kind],
        row.pk,
    )

    sql(f"delete from {row._meta.db_table} where id = %s", row.pk)

    [gone] = since()
    assert (gone.action, gone.object_id, gone.student) == (f"{kind}_removed", added.object_id, added.student)
    assert gone.changes == {}


def test_many_rows_are_many_events_in_one_statement(since):
    students = StudentFactory.create_batch(3)
    since()

    sql("update people_student set status = 'dropped_out'")

    assert [event.student for event in since()] == [student.public_id for student in students]


def test_rows_that_are_copied_in_are_recorded(since):
    student = StudentFactory()
    since()
    columns = "public_id, name, school_id, student_number, birth_date, email, phone, student_type, status"
    columns += ", basic_programme, relation, visibility, is_protected, residence_municipality, uniid"
    line = f"0b3a4c1e-0000-4000-8000-00000000000{{}}\tTest\t{student.school_id}\tK{{}}\t2004-09-09\t\t\teud\t"
    line += "main_programme\tnone\tmain_programme\tnone\tfalse\t\t\n"
    with connection.cursor() as cursor, cursor.copy(f"copy people_student ({columns}) from stdin") as copy:
        copy.write(io.StringIO("".join(line.format(n, n) for n in range(2))).read())

    assert [event.action for event in since()] == ["student_reported"] * 2


def test_a_sign_off_has_its_own_word(since):
    student = StudentFactory()
    since()

    Student.objects.update(signed_off_on=datetime.date(2026, 3, 1), status="dropped_out")
    Student.objects.update(signed_off_on=None)

    off, back = since()
    assert (off.action, back.action) == (STUDENT_SIGNED_OFF, STUDENT_REENROLLED)
    assert off.changes == {"signed_off_on": [None, "2026-03-01"], "status": ["main_programme", "dropped_out"]}
    assert off.student == student.public_id


def test_what_says_who_somebody_is_leaves_no_value(since):
    student = StudentFactory(name="Åse Hemmelig", email="aase@hemmelig.example", phone="12345678")
    Student.objects.update(
        name="Bo Skjult", email="bo@skjult.example", phone="87654321", birth_date="2001-01-01", student_number="SKJULT",
        identity_confirmed_at=timezone.now(), uniid="skjult1",
    )  # fmt: skip
    user = UserFactory(name="Kaj Gemt", email="kaj@gemt.example")
    user.name, user.email = "Ib Dulgt", "ib@dulgt.example"
    user.save()
    WorkplaceFactory(name="Hemmelig gård", street="Skjult Vej 3")

    told = str([(event.changes, event.acting_for) for event in since()]).lower()
    for word in ("hemmelig", "skjult", "gemt", "dulgt", "12345678", "87654321", "2001", "2004", str(student.school)):
        assert word.lower() not in told
    assert "'name': [none, none]" in told


def test_a_login_is_no_change_of_the_user(client, since):
    user = UserFactory(password="Meget-hemmeligt-1")
    since()

    client.force_login(user)

    assert since() == []


def test_assessments_tell_what_was_before(since):
    employee = MembershipFactory(company_staff=True)
    agreement = AgreementFactory(company=employee.company)
    since()

    for level in ("low", "low", None):
        record_assessment(agreement, level, by=employee)
    RiskAssessment.objects.bulk_create([RiskAssessment(agreement=agreement, level="high", recorded_by=employee)])

    assert [(event.action, event.changes.get("level")) for event in since()] == [
        ("assessment_recorded", [None, "low"]),
        ("assessment_recorded", ["low", "low"]),
        # The removed level is not repeated.
        ("assessment_removed", None),
        ("assessment_recorded", [None, "high"]),
    ]
    assert {event.student for event in Event.objects.filter(object_type="risk.riskassessment")} == {
        agreement.student.public_id
    }


def test_a_deleted_assessment_leaves_an_event(since):
    employee = MembershipFactory(company_staff=True)
    assessment = record_assessment(AgreementFactory(company=employee.company), "high", by=employee)
    since()

    sql("delete from risk_currentrisk")
    sql("delete from risk_riskassessment")

    [gone] = since()
    assert (gone.action, gone.object_id, gone.changes) == (
        "assessment_deleted",
        assessment.pk,
        {},
    )


def test_a_new_key_is_one_row_gone_and_one_come(since):
    student = StudentFactory()
    since()

    sql("update people_student set id = id + 1000000")

    assert {(event.action, event.object_id) for event in since()} == {
        ("student_removed", student.pk),
        ("student_reported", student.pk + 1_000_000),
    }


@pytest.mark.parametrize("table", [one.table for one in triggers.declared()])
def test_recorded_tables_cannot_be_emptied_unseen(table):
    with pytest.raises(DatabaseError, match=r"recorded row by row|written once|never deleted"), transaction.atomic():
        sql(f"truncate {table} cascade")


class TestWhoAndWhen:
    """An event says who, acting as what, when and in which request."""

    def test_in_a_request(self, logged_in, since):
        employee = MembershipFactory(company_staff=True)
        MembershipFactory(company_staff=True, user=employee.user)
        agreement = AgreementFactory(company=employee.company)
        since()
        url = reverse("companies:assessment_update", args=[agreement.public_id])

        answer = logged_in(employee).post(url, {"level": "high", "seen": "0"})

        [event] = since()
        assert (event.actor, event.acting_membership, event.acting_for) == (
            employee.user,
            employee.pk,
            employee.company.name,
        )
        assert str(event.request) == answer.headers["X-Request-ID"]
        assert event.at.isoformat().startswith("2026-03-02T08:00")
        assert event.recorded_at > event.at

    def test_a_program_without_a_person_is_named(self, since):
        sql("set local application_name = 'import_roster'")
        StudentFactory()

        events = since()
        assert {(event.actor, event.acting_membership, event.acting_for) for event in events} == {
            (None, None, "import_roster")
        }
        assert {event.party for event in events} == {"Systemet"}

    def test_the_owner_may_bring_in_a_history(self, since):
        membership = MembershipFactory(administrator=True)
        then = datetime.datetime(2024, 5, 6, 7, 8, tzinfo=datetime.UTC)
        since()
        with in_the_name_of(membership.pk, at=then):
            StudentFactory()
        StudentFactory()

        brought_in, *_, own = since()
        assert (brought_in.at, brought_in.actor, brought_in.acting_for) == (then, membership.user, "Administrator")
        assert brought_in.recorded_at.year > 2025
        assert (own.at == then, own.actor) == (False, None)

    def test_a_web_process_sets_no_clock_back(self, since, web_login):
        web_login("administrator", "select set_config('app.now', '1999-01-01', true)")
        web_login("administrator", "insert into people_education (code, name, is_sosu) values ('x', 'X', false)")

        [event] = since()
        assert event.at.year > 2025
        assert abs(event.recorded_at - event.at) < datetime.timedelta(seconds=1)


@pytest.fixture
def web_login():
    """SQL as a connection that logged in as the web role would run it, in this transaction."""

    def run(role, statement):
        sql("set local session authorization laereplads_web")
        sql(f"set local role laereplads_{role}")
        sql(statement)
        # An error takes it back with its savepoint.
        sql("reset session authorization")

    return run


WEB_ROLES = ["web", "company_staff", "school_staff", "student", "administrator"]
FORGERIES = {
    "insert": "insert into audit_event (at, action, acting_for, object_type, changes) "
    "values (now(), 'student_changed', '', '', '{}')",
    "update": "update audit_event set acting_for = 'x'",
    "erase": "update audit_event set changes = '{}', erased_on = now()",
    "delete": "delete from audit_event",
    "truncate": "truncate audit_event",
    "link": "insert into audit_chainentry values (1, 1, '', '', '', '', now(), 1)",
    "unlink": "delete from audit_chainentry",
    "salt": "select salt from audit_chainentry",
    "disable": "alter table people_student disable trigger all",
    "replica": "set session_replication_role = replica",
    "replace": "create or replace function who_acts() returns int language sql as 'select 1'",
}


@pytest.mark.parametrize("role", WEB_ROLES)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_web_role_touches_the_record(world, web_login, role, forgery):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        sql("select set_config('app.retention', 'on', true)")
        web_login(role, FORGERIES[forgery])


@pytest.mark.parametrize("role", [role for role in WEB_ROLES if role != "administrator"])
def test_only_administrators_record_acts(world, web_login, role):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        web_login(role, "select record_act('link_sent', null, '', null, '{}')")


def test_an_act_cannot_pass_for_a_change():
    with pytest.raises(DatabaseError, match="record themselves"), transaction.atomic():
        record(ASSESSMENT_RECORDED)


def test_an_act_is_in_the_name_of_who_acts(since):
    administrator = MembershipFactory(administrator=True)
    since()
    with transaction.atomic(), administrator.with_row_policies():
        record(LINK_SENT, about=administrator.user)

    [event] = since()
    assert (event.action, event.actor, event.acting_for) == ("link_sent", administrator.user, "Administrator")
    assert (event.object_type, event.object_id) == ("accounts.user", administrator.user_id)


def test_every_recorded_table_has_its_triggers():
    assert list(triggers.problems(connection)) == []

    sql("alter table people_student disable trigger people_student_update_is_recorded")

    assert list(triggers.problems(connection)) == [
        "Tabellen people_student skriver ingen hændelse ved update. Kør: manage.py build_policies"
    ]
    triggers.build(connection, anew=True)
    assert list(triggers.problems(connection)) == []


def test_kept_fields_exist_and_are_not_typed():
    """Typed text and birth dates may name a person; a new field leaves no value until somebody decides that it may."""
    for one in triggers.declared():
        fields = {each.name: each for each in one.fields}
        for name in one.kept_fields:
            assert fields[name].choices or fields[name].get_internal_type() in {
                "ForeignKey", "DateField", "BooleanField",
            }  # fmt: skip
            assert name != "birth_date"
        assert set(one.ignored_fields) <= {each.name for each in one.meta.concrete_fields}


def test_what_is_promised_is_recorded():
    recorded = {one.model for one in triggers.declared()}
    assert recorded >= {"risk.riskassessment", "people.agreement", "access.membership", "people.student"}


@pytest.mark.parametrize("make", [CompanyFactory, UserFactory, lambda: RejectionReasonFactory(code="ny")])
def test_what_administrators_maintain_is_recorded(make, since):
    row = make()

    assert [(event.action, event.object_id) for event in since()][-1:] == [("record_added", row.pk)]
