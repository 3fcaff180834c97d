"""Hent mine oplysninger: all that is held about her and nothing about others, for her and for a machine."""

import json
import re

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, OneToOneField
from django.test.utils import CaptureQueriesContext

from companies.purposes import ASSESSMENT
from laereplads.access.models import Membership
from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.operations import log_access
from laereplads.accounts.models import User
from laereplads.audit.models import Event
from laereplads.database.declarations import declarations
from laereplads.database.own_data import NEVER_TOLD
from laereplads.people.models import Agreement, Student
from risk.operations import record_assessment
from schools.operations import follow_student
from schools.purposes import STUDENT_OVERVIEW, STUDENT_PROFILE
from students import own_data
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory

FILE, PAGE = "/minside/hent-mine-oplysninger/fil/", "/minside/hent-mine-oplysninger/"

TABLES = {table.key: table for table in own_data.own_tables()}
SECTIONS = list(TABLES)
NOT_IN_OWN_FILE = {
    model: reason for _app, said in declarations("own_data", "NOT_IN_OWN_FILE") for model, reason in said.items()
}


def about_people():
    """Every table from which foreign keys lead to a student or a user, and those that name students without one."""
    found = {Student, User, Event, AccessLogEntry}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.fields
            if isinstance(field, ForeignKey | OneToOneField) and field.related_model in found
        } - found
        if not more:
            return found
        found |= more


def test_every_table_about_a_student_is_told_or_left_out_for_a_reason():
    told = {table.model for table in TABLES.values()}

    assert {model._meta.label for model in about_people()} == told | set(NOT_IN_OWN_FILE)
    assert told & set(NOT_IN_OWN_FILE) == set()
    assert all(NOT_IN_OWN_FILE.values())


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.key)
def test_every_column_is_told_or_left_out_for_a_reason(table):
    told = {path.split(".")[0] for path in table.labels}
    fields = {field.name for field in apps.get_model(table.model)._meta.fields}

    assert fields - told - set(NEVER_TOLD) - set(table.left_out) == set()
    assert set(table.left_out) <= fields - told


@pytest.fixture
def me(db):
    student = StudentFactory(name="Ida Prøvesen", phone="12 34 56 78")
    me = MembershipFactory(of_student=True, student=student, user__name="Ida Prøvesen", user__password="hemmeligt")
    agreement = AgreementFactory(student=student, company__name="Prøvekøbing Kommune")
    employee = MembershipFactory(company_staff=True, company=agreement.company, user__name="Kirsten Vurdersen")
    mentor = MembershipFactory(school_staff=True, school=student.school, user__name="Mentor Hemmelig")
    record_assessment(agreement, "high", by=employee)
    record_assessment(agreement, None, by=employee)
    record_assessment(agreement, "low", by=employee)
    follow_student(student, by=mentor)
    log_access(mentor, STUDENT_PROFILE, [student.pk])
    student.phone = "87 65 43 21"
    student.save()
    fellow = AgreementFactory(student__name="En Medelev", company=agreement.company, student__school=student.school)
    record_assessment(fellow, "low", by=employee)
    follow_student(fellow.student, by=mentor)
    log_access(mentor, STUDENT_OVERVIEW, [fellow.student_id])
    return me


def changes_of(file, action):
    return next(one["changes"] for one in file["events"] if one["action"] == action)


def words(response):
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


@pytest.mark.today("2026-03-02")
def test_the_file_holds_it_all_and_says_what_each_key_means(logged_in, me):
    response = logged_in(me).get(FILE)
    file = json.loads(response.content)

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Disposition"] == 'attachment; filename="mine-oplysninger-2026-03-02.json"'
    assert "no-store" in response.headers["Cache-Control"]
    assert set(file) == {"made_at", "meaning", "codes", *SECTIONS}
    assert file["student"]["name"] == "Ida Prøvesen"
    assert file["student"]["followed_by"] == 1
    assert [one["company"] for one in file["agreements"]] == ["Prøvekøbing Kommune"]
    assert [(one["level"], one["is_removal"]) for one in file["assessments"]] == [("low", False), (None, True)]
    assert {one["recorded_by_user_name"] for one in file["assessments"]} == {"Kirsten Vurdersen"}
    assert file["account"]["email"] == me.user.email
    assert [one["role"] for one in file["memberships"]] == ["student"]
    # What was removed is told nowhere, and what was not in its own section.
    actions = {one["action"] for one in file["events"]}
    assert actions >= {"student_changed", "assessment_removed"}
    assert "assessment_recorded" not in actions
    assert changes_of(file, "assessment_removed") == {}
    assert "high" not in response.content.decode()
    assert [one["purpose"] for one in file["access_log"]] == ["student_profile"]
    for key in SECTIONS:
        records = file[key] if isinstance(file[key], list) else [file[key]]
        assert all(set(one) == set(file["meaning"][key]) - {"_"} for one in records)


@pytest.mark.today("2026-03-02")
def test_the_file_says_what_its_codes_stand_for_and_tells_the_time_in_denmark(logged_in, me):
    file = json.loads(logged_in(me).get(FILE).content)

    assert file["codes"]["student"]["status"] == {"main_programme": "I hovedforløb"}
    assert file["codes"]["assessments"]["level"] == {"low": "Lav"}
    assert file["codes"]["memberships"]["role"] == {"student": "Elev"}
    assert file["codes"]["access_log"]["purpose"] == {"student_profile": "Opfølgning på den enkelte elev"}
    assert set(file["codes"]["events"]["action"]) == {one["action"] for one in file["events"]}
    moments = {one["recorded_at"] for one in file["assessments"]} | {one["at"] for one in file["access_log"]}
    assert moments == {"2026-03-02T09:00:00+01:00"}


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_nothing_of_a_fellow_student_and_no_name_of_who_looked(logged_in, me, address):
    text = logged_in(me).get(address).content.decode()

    assert "En Medelev" not in text
    assert "Mentor Hemmelig" not in text
    assert me.user.password not in text


@pytest.mark.today("2026-03-02")
def test_the_page_tells_it_in_words(logged_in, me):
    text = words(logged_in(me).get(PAGE))

    for expected in (
        "Navn Ida Prøvesen",
        "Fødselsdag 9. september 2004",
        "Uddannelsesstatus I hovedforløb",
        "Virksomhed Prøvekøbing Kommune",
        "Lav Nej 2. marts 2026 kl. 09.00 Kirsten Vurdersen",
        "Antal medarbejdere på skolen, der har dig på deres egen liste 1",
        "Elevens oplysninger er ændret Systemet",
    ):
        assert expected in text


def test_an_ended_membership_is_told_too(logged_in, me):
    MembershipFactory(
        user=me.user,
        company_staff=True,
        company__name="Fortidens Kommune",
        starts_on="2025-01-01",
        ends_on="2025-02-01",
    )
    assert "Fortidens Kommune" in words(logged_in(me).get(PAGE))


@pytest.mark.django_db
def test_a_student_of_whom_little_is_known(logged_in):
    me = MembershipFactory(of_student=True)
    client = logged_in(me)

    assert "Der er ingen vurderinger." in words(client.get(PAGE))
    assert json.loads(client.get(FILE).content)["access_log"] == []


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_it_takes_the_same_statements_however_much_is_held(logged_in, me, address):
    client, counts = logged_in(me), []
    agreement = Agreement.objects.get(student=me.student)
    employee = Membership.objects.get(company=agreement.company)
    for assessments in (1, 20):
        for _ in range(assessments):
            record_assessment(agreement, "low", by=employee)
            log_access(employee, ASSESSMENT, [me.student_id])
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 23
