"""Whatever a superuser changes of functions, triggers, policies, grants or roles is named, though they hide it well."""

import re

import pytest
from django.db import connection, transaction

from laereplads.audit import triggers
from laereplads.database import as_declared, row_level_security, trigger_files

pytestmark = pytest.mark.django_db

# A function that stays as it is but for what it does.
HARDENED = "security definer set search_path = pg_catalog, public, pg_temp"
EMPTY = f"language plpgsql {HARDENED} as $$ begin return null; end $$"
TAMPERING = {
    "a recording function that records nothing": (
        f"create or replace function record_people_student() returns trigger {EMPTY}",
        "Funktionen record_people_student() er ikke, som koden siger",
    ),
    "who acts": (
        (
            "create or replace function who_acts(out actor_id bigint, out acting_membership bigint, "
            "out acting_for text, out request uuid, out at timestamptz, out recorded_at timestamptz) "
            "language sql volatile as "
            "$$ select null::bigint, null::bigint, 'En anden', null::uuid, now(), now() $$"
        ),
        "Funktionen who_acts(",
    ),
    "a guard that lets everything through": (
        (
            "create or replace function guards.refuse_change_of_access_log() returns trigger "
            "language plpgsql as $$ begin return old; end $$"
        ),
        "Funktionen refuse_change_of_access_log() er ikke",
    ),
    "a derived table kept otherwise": (
        (
            "create or replace function derived.keep_risk_currentrisk(agreements bigint[]) returns void "
            "language plpgsql security definer set search_path = public, pg_temp as $$ begin end $$"
        ),
        "Funktionen keep_risk_currentrisk(agreements bigint[]) er ikke",
    ),
    "a function of a migration": (
        (
            "create or replace function holds_cpr_number(words text) returns boolean "
            "language sql immutable strict parallel safe return false"
        ),
        "Funktionen holds_cpr_number(words text) er ikke",
    ),
    "a trigger off": (
        "alter table people_student disable trigger people_student_update_is_recorded",
        "Triggeren people_student_update_is_recorded på people_student er ikke",
    ),
    "a trigger for replicas only": (
        "alter table audit_event enable replica trigger events_are_append_only",
        "Triggeren events_are_append_only på audit_event er ikke",
    ),
    "all triggers of a table off": (
        "alter table access_log_accesslogentry disable trigger user",
        "Triggeren access_log_is_not_emptied på access_log_accesslogentry er ikke",
    ),
    "a trigger gone": (
        "drop trigger access_log_is_append_only on access_log_accesslogentry",
        "Triggeren access_log_is_append_only på access_log_accesslogentry mangler",
    ),
    "a trigger that is not ours": (
        "create trigger quiet before insert on audit_event for each row execute function refuse_to_empty()",
        "Triggeren quiet på audit_event er ikke portalens",
    ),
    "a function that reads for everybody": (
        (
            "create function peek() returns setof people_student language sql security definer "
            "as $$ select * from people_student $$"
        ),
        "Funktionen peek() er ikke portalens",
    ),
    "the same in another schema": (
        (
            "create schema aside; create function aside.peek() returns bigint language sql security definer "
            "as $$ select count(*) from public.people_student $$"
        ),
        "Funktionen aside.peek er ikke portalens",
    ),
    "a right to call": (
        "grant execute on function record_act(text, uuid, text, bigint, jsonb) to public",
        "Funktionen record_act(said text, student uuid, object_type text, object_id bigint, changes jsonb) er ikke",
    ),
    "a view": ("create view all_students as select * from people_student", "Visningen public.all_students er ikke"),
    "a copy": (
        "create schema aside; create table aside.copy as select * from people_student",
        "Tabellen aside.copy er ikke",
    ),
    "a rule": (
        "create rule nothing as on insert to audit_event do instead nothing",
        "Reglen nothing på audit_event er ikke",
    ),
    "a policy otherwise": (
        "alter policy school_staff_may_select_4 on people_student using (true)",
        "Adgangsreglen school_staff_may_select_4 på people_student er ikke, som",
    ),
    "a policy more": (
        "create policy open on people_student for select to laereplads_company_staff using (true)",
        "Adgangsreglen open på people_student er ikke portalens",
    ),
    "a grant more": (
        "grant select on people_student to laereplads_company_staff",
        "Rettigheden SELECT til laereplads_company_staff på people_student er ikke portalens",
    ),
    "a grant of a column to everybody": (
        "grant select (birth_date) on people_student to public",
        "på people_student.birth_date er ikke portalens",
    ),
    "policies that do not bind": (
        "alter table people_student disable row level security",
        "Tabellen people_student er ikke, som",
    ),
    "a role that reads everything": (
        "create role reader login; grant pg_read_all_data to reader",
        "Rollen reader har, hvad pg_read_all_data har",
    ),
    "the web role that reads everything": (
        "grant pg_read_all_data to laereplads_web",
        "Rollen laereplads_web har, hvad pg_read_all_data har",
    ),
    "a role that is a school's": (
        "create role reader login; grant laereplads_school_staff to reader",
        "Rollen reader har, hvad laereplads_school_staff har",
    ),
    "a role behind a role": (
        "create role between; grant pg_write_all_data to between; create role reader login; grant between to reader",
        "Rollen reader har, hvad pg_write_all_data har",
    ),
    "a role past the policies": ("create role reader login bypassrls", "Rollen reader har, hvad BYPASSRLS har"),
    "grants to come": (
        "alter default privileges in schema public grant select on tables to public",
        "Standardrettigheder, som rollen",
    ),
}


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def problems():
    return list(as_declared.problems(connection, triggers.statements()))


def hide():
    """As a superuser who knows what is remembered: all comments speak of what there is now."""
    with connection.cursor() as cursor:
        for kind in trigger_files.KINDS:
            trigger_files.remember(cursor, kind)
        said = f"policies {row_level_security.plan().fingerprint} {row_level_security.as_built(cursor)}"
        cursor.execute(f"comment on schema public is '{said}'")


def test_nothing_is_wrong_with_what_was_built():
    assert problems() == []


def test_what_is_made_to_compare_goes_again():
    problems()
    with connection.cursor() as cursor:
        cursor.execute("select nspname from pg_namespace where nspname like 'as_declared%'")
        assert cursor.fetchall() == []
        cursor.execute("show search_path")
        assert "as_declared" not in cursor.fetchone()[0]


@pytest.mark.parametrize("name", TAMPERING)
def test_each_tampering_is_named(name):
    statement, named = TAMPERING[name]
    with transaction.atomic():
        sql(statement)
        hide()
        found = problems()
        transaction.set_rollback(True)
    assert any(named in each for each in found), found


def test_every_function_trigger_and_policy_is_noticed_when_it_goes():
    """One at a time, so that none is compared with itself or left out."""
    with connection.cursor() as cursor:
        declared, found = as_declared.compared(connection, cursor, triggers.statements())
        assert declared == found
        things = [name for name in found if re.match("Triggeren|Adgangsreglen", name)]
        for thing in things:
            kind, name, table = re.fullmatch(r"(\w+) (\S+) på (\S+)", thing).groups()
            with transaction.atomic():
                cursor.execute(f'drop {"trigger" if kind == "Triggeren" else "policy"} "{name}" on {table}')
                gone = as_declared.things(cursor, "")
                transaction.set_rollback(True)
            assert set(found) - set(gone) == {thing}


def test_superusers_are_told():
    with transaction.atomic():
        sql("create role another superuser")
        assert "another" in as_declared.superusers(connection)
        transaction.set_rollback(True)
