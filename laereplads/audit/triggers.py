"""Every change of a row leaves one event, whatever way it is made: the database's own triggers write it.

Every app says in its own `auditing.py` which of its tables are recorded and how (`AUDITED_TABLES`). `build()` makes the
triggers so after every migration, as row policies are made; `docs/change-log.md` has the picture.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from laereplads.audit.actions import RECORD_ADDED, RECORD_CHANGED, RECORD_REMOVED, Action
from laereplads.database.declarations import declared as collected
from laereplads.database.row_level_security import database_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

# Who may record an act that changes no row, such as sending a mail; everything else the triggers see.
ROLES_THAT_RECORD_ACTS = ("administrator",)


@dataclass(frozen=True)
class AuditedTable:
    """A table whose changes are events. SQL in it speaks of `was` and `it`: the row before and after, or nulls.

    An event keeps the values of `kept_fields`; of all others it says only that they changed. A deleted row's event has
    no values: retention would otherwise write down what it deletes.
    """

    model: str
    added: Action = RECORD_ADDED
    changed: Action = RECORD_CHANGED
    removed: Action = RECORD_REMOVED
    kept_fields: tuple[str, ...] = ()
    # Fields whose change is no event.
    ignored_fields: tuple[str, ...] = ()
    # An act with a name of its own: the first whose condition holds.
    special_actions: tuple[tuple[Action, str], ...] = ()
    # The public id of the student whom the row is about.
    student: str = "null::uuid"
    # What a kept field was before, where that is not in the same row.
    before: dict[str, str] = field(default_factory=dict)
    # Whether its events show what administrators have no ground to read.
    is_hidden_from_administrators: bool = False
    # Whether the student's own file tells the values elsewhere, so that no event with values is theirs to read.
    is_told_in_a_section_of_its_own: bool = False

    @property
    def table(self) -> str:
        return str(self.meta.db_table)

    @property
    def meta(self) -> Any:
        return apps.get_model(self.model)._meta

    @property
    def actions(self) -> set[Action]:
        """All that its triggers write."""
        return {self.added, self.changed, self.removed, *(action for action, _condition in self.special_actions)}

    @property
    def fields(self) -> list[models.Field[Any, Any]]:
        """What can change: neither the key nor what the database computes of the rest."""
        return [
            each
            for each in self.meta.concrete_fields
            if not each.primary_key and not each.generated and each.name not in self.ignored_fields
        ]

    def function(self) -> str:
        """The statement that makes the table's trigger function."""
        return FUNCTION.format(
            table=self.table,
            model=self.model,
            student=self.student,
            action=f"case {' '.join(self.cases())} else '{self.changed}' end",
            changes=", ".join(self.pair(each) for each in self.fields),
        )

    def cases(self) -> Iterator[str]:
        yield f"when it.id is null then '{self.removed}'"
        for action, condition in self.special_actions:
            yield f"when {condition} then '{action}'"
        yield f"when was.id is null then '{self.added}'"

    def pair(self, each: models.Field[Any, Any]) -> str:
        """`'name', [from, to]` for a field that changed, and a null for one that did not."""
        before, after = self.before.get(each.name, f"was.{each.column}"), f"it.{each.column}"
        if each.name in self.kept_fields:
            differs = (
                f"it.id is not null and {before} is distinct from {after} or was.id is null and {after} is not null"
            )
            return f"'{each.name}', case when {differs} then jsonb_build_array({before}, {after}) end"
        differs = f"was.id is not null and it.id is not null and {before} is distinct from {after}"
        return f"'{each.name}', case when {differs} then '[null, null]'::jsonb end"

    def triggers(self) -> Iterator[str]:
        """The statements that make the table's triggers."""
        for command, rows in TRANSITIONS.items():
            yield (
                f"create or replace trigger {self.trigger_name(command)} after {command} on {self.table} "
                f"referencing {rows} for each statement execute function record_{self.table}()"
            )
        yield (
            f"create or replace trigger {self.table}_is_not_emptied before truncate on {self.table} "
            "for each statement execute function refuse_to_empty()"
        )

    def trigger_name(self, command: str) -> str:
        return f"{self.table}_{command}_is_recorded"


# Once a statement, with all its rows at hand: a roster of 25,000 students is one insert of 25,000 events.
TRANSITIONS = {
    "insert": "new table as new_rows",
    "update": "old table as old_rows new table as new_rows",
    "delete": "old table as old_rows",
}

# The change log asks the database who acts, and the membership itself for whom: a page has no say in either. Only
# somebody who logs in as the owner of the tables is believed about the time; a web process is not.
WHO_ACTS = """
create or replace function who_acts(
    out actor_id bigint, out acting_membership bigint, out acting_for text, out request uuid, out at timestamptz,
    out recorded_at timestamptz
) language sql volatile as $$
    select
        membership.user_id,
        membership.id,
        coalesce(
            company.name,
            school.name,
            case membership.role when 'student' then 'Elev' when 'administrator' then 'Administrator' end,
            current_setting('application_name')
        ),
        nullif(current_setting('app.request_id', true), '')::uuid,
        coalesce(
            case
                when pg_has_role(session_user, current_user, 'member')
                then nullif(current_setting('app.now', true), '')::timestamptz
            end,
            clock_timestamp()
        ),
        clock_timestamp()
    from (select nullif(current_setting('app.membership_id', true), '')::bigint as id) said
    left join access_membership membership on membership.id = said.id
    left join people_company company on company.id = membership.company_id
    left join people_school school on school.id = membership.school_id
$$
"""

FUNCTION = """
create or replace function record_{table}() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        insert into audit_event (
            action, student, object_type, object_id, changes, actor_id, acting_membership, acting_for, request, at,
            recorded_at
        )
        select {action}, {student}, '{model}', it.id, told.changes, acts.*
        from new_rows it cross join (select (null::{table}).*) was
        cross join lateral (select jsonb_strip_nulls(jsonb_build_object({changes})) as changes offset 0) told
        cross join who_acts() acts
        order by it.id;
    elsif tg_op = 'DELETE' then
        insert into audit_event (
            action, student, object_type, object_id, changes, actor_id, acting_membership, acting_for, request, at,
            recorded_at
        )
        select {action}, {student}, '{model}', was.id, told.changes, acts.*
        from old_rows was cross join (select (null::{table}).*) it
        cross join lateral (select jsonb_strip_nulls(jsonb_build_object({changes})) as changes offset 0) told
        cross join who_acts() acts
        order by was.id;
    else
        insert into audit_event (
            action, student, object_type, object_id, changes, actor_id, acting_membership, acting_for, request, at,
            recorded_at
        )
        select {action}, {student}, '{model}', coalesce(it.id, was.id), told.changes, acts.*
        from old_rows was full join new_rows it on it.id = was.id
        cross join lateral (select jsonb_strip_nulls(jsonb_build_object({changes})) as changes offset 0) told
        cross join who_acts() acts
        where it.id is null or was.id is null or told.changes <> '{{}}'
        order by coalesce(it.id, was.id);
    end if;
    return null;
end $$
"""

# What is no change of a row is told by the portal, in the name of whoever acts. It cannot pass for a change.
RECORD_ACT = """
create or replace function record_act(
    said text, student uuid, object_type text, object_id bigint, changes jsonb
) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    recorded bigint;
begin
    if said in ({written_by_triggers}) then
        raise exception 'changes of rows record themselves'
            using errcode = 'restrict_violation', constraint = 'acts_are_not_changes_of_rows';
    end if;
    -- Before the event gets its number: see laereplads/audit/chain.py.
    perform pg_current_xact_id();
    insert into audit_event (
        action, student, object_type, object_id, changes, actor_id, acting_membership, acting_for, request, at,
        recorded_at
    )
    select said, $2, $3, $4, $5, acts.* from who_acts() acts
    returning id into recorded;
    return recorded;
end $$
"""


# Emptying a table shows its triggers no rows, so there would be nothing to record.
REFUSE_TO_EMPTY = """
create or replace function refuse_to_empty() returns trigger language plpgsql as $$
begin
    raise exception '% is recorded row by row: delete instead', tg_table_name
        using errcode = 'restrict_violation', constraint = 'recorded_tables_are_not_emptied';
end $$
"""


def declared() -> list[AuditedTable]:
    """The tables of all apps' `auditing.py`, by name."""
    return sorted(collected("auditing", "AUDITED_TABLES"), key=lambda one: one.table)


def hidden_models() -> list[str]:
    """The models whose events administrators may not read."""
    return [one.model for one in declared() if one.is_hidden_from_administrators]


def hidden_actions() -> set[Action]:
    """What an administrator finds no event of."""
    hidden = {action for one in declared() if one.is_hidden_from_administrators for action in one.actions}
    return hidden - {action for one in declared() if not one.is_hidden_from_administrators for action in one.actions}


def actions_told_elsewhere() -> set[Action]:
    """Of which the student's own file has the values in a section of their own."""
    return {action for one in declared() if one.is_told_in_a_section_of_its_own for action in one.actions}


def statements() -> list[str]:
    """Everything that makes functions and triggers as declared."""
    recorded = declared()
    words = {action for one in recorded for action in one.actions}
    written_by_triggers = ", ".join(f"'{word}'" for word in sorted(words))
    act = "record_act(text, uuid, text, bigint, jsonb)"
    return [
        WHO_ACTS,
        REFUSE_TO_EMPTY,
        RECORD_ACT.format(written_by_triggers=written_by_triggers),
        f"revoke all on function {act} from public",
        *(f"grant execute on function {act} to {database_role(role)}" for role in ROLES_THAT_RECORD_ACTS),
        *(one.function() for one in recorded),
        *(statement for one in recorded for statement in one.triggers()),
    ]


def fingerprint() -> str:
    return f"change log {hashlib.sha256(json.dumps(statements()).encode()).hexdigest()[:16]}"


def build(connection: BaseDatabaseWrapper, *, anew: bool = False) -> bool:
    """Make functions and triggers as declared; whether anything had to be done. Run as the owner, after policies."""
    with connection.cursor() as cursor:
        if not anew and built(cursor) == fingerprint():
            return False
        for name, table in triggers(cursor):
            cursor.execute(f"drop trigger {name} on {table}")
        for statement in statements():
            cursor.execute(statement)
        cursor.execute(f"comment on function who_acts() is '{fingerprint()}'")
    return True


def built(cursor: Any) -> str | None:
    """The fingerprint of what the database has."""
    cursor.execute("select obj_description(to_regprocedure('who_acts()'), 'pg_proc')")
    comment: str | None = cursor.fetchone()[0]
    return comment


def triggers(cursor: Any, *, enabled: tuple[str, ...] = ("O", "A", "D", "R")) -> list[tuple[str, str]]:
    """Every trigger that records, as (name, table)."""
    cursor.execute(
        "select tgname, tgrelid::regclass::text from pg_trigger "
        "where not tgisinternal and tgname like '%%\\_is\\_recorded' and tgenabled = any(%s) order by 1",
        [list(enabled)],
    )
    return list(cursor.fetchall())


def problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """What keeps changes from being recorded, in Danish."""
    with connection.cursor() as cursor:
        if built(cursor) != fingerprint():
            yield "Hændelser skrives af en anden version af koden. Kør: manage.py build_policies"
        found = triggers(cursor, enabled=("O", "A"))
    for one in declared():
        for command in TRANSITIONS:
            if (one.trigger_name(command), one.table) not in found:
                yield f"Tabellen {one.table} skriver ingen hændelse ved {command}. Kør: manage.py build_policies"
