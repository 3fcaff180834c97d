"""Whether the server holds the functions, triggers, policies and grants that the code declares, and nothing else.

All of them are made anew in a schema that goes again, on tables without rows, and PostgreSQL's own words for both are
compared: what is remembered in comments a superuser could forge together with what it is about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import migrations, transaction
from django.db.migrations.loader import MigrationLoader
from procrastinate.schema import SchemaManager
from psycopg import sql

from laereplads.database import row_level_security, trigger_files
from laereplads.database.row_level_security import PREFIX, WEB, database_role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

# Of the queue's own schema.
FUNCTION_OR_TRIGGER = re.compile(r"(?ims)^create function .*?\$\$;$|^create trigger .*?;$")
MAKES_A_FUNCTION = re.compile(r"\s*create( or replace)?(?= function)", re.IGNORECASE)
SCHEMAS = ("public", *trigger_files.KINDS)
ANEW = "as_declared_"
OF_EVERYTHING_ELSE = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
NOT_OF_AN_EXTENSION = "not exists (select from pg_depend where objid = {}.oid and deptype = 'e')"

# What a thing is called, and all that the server says of it.
THINGS = f"""
select format('Funktionen %%s(%%s)', proname, pg_get_function_identity_arguments(p.oid)), concat_ws(
    '|', pg_get_functiondef(p.oid), array(
        select grantee::regrole || privilege_type from aclexplode(coalesce(proacl, acldefault('f', proowner)))
        where grantee <> proowner order by 1
    )
)
from pg_proc p where pronamespace = any(%(schemas)s::regnamespace[]) and prokind in ('f', 'p')
    and {NOT_OF_AN_EXTENSION.format("p")}
union all
select format('Triggeren %%s på %%s', tgname, relname), concat_ws('|', pg_get_triggerdef(t.oid, true), tgenabled)
from pg_trigger t join pg_class c on c.oid = tgrelid
where relnamespace = %(public)s::regnamespace and not tgisinternal
union all
select format('Adgangsreglen %%s på %%s', policyname, tablename),
    concat_ws('|', permissive, roles, cmd, qual, with_check)
from pg_policies where schemaname = %(public)s
union all
select format('Rettigheden %%s til %%s på %%s', privilege_type, grantee::regrole, relname), is_grantable::text
from pg_class c, aclexplode(c.relacl) where relnamespace = %(public)s::regnamespace and grantee <> relowner
union all
select format('Rettigheden %%s til %%s på %%s.%%s', privilege_type, grantee::regrole, relname, attname),
    is_grantable::text
from pg_class c join pg_attribute a on a.attrelid = c.oid and not attisdropped, aclexplode(attacl)
where relnamespace = %(public)s::regnamespace
union all
select format('Tabellen %%s', relname), concat_ws('|', relrowsecurity, relforcerowsecurity) from pg_class
where relnamespace = %(public)s::regnamespace and relkind in ('r', 'p')
"""  # noqa: S608  # our own words

# What the portal has none of, wherever it is: each could show rows to somebody, or change what is done to them.
STRANGE = f"""
select format('Funktionen %s.%s', nspname, proname) from pg_proc p join pg_namespace n on n.oid = pronamespace
where {OF_EVERYTHING_ELSE} and not nspname = any(%(schemas)s) and {NOT_OF_AN_EXTENSION.format("p")}
union all
select format('%s %s.%s', case relkind when 'v' then 'Visningen' when 'm' then 'Visningen' else 'Tabellen' end, nspname,
    relname)
from pg_class c join pg_namespace n on n.oid = relnamespace
where {OF_EVERYTHING_ELSE} and (relkind in ('v', 'm', 'f') or relkind in ('r', 'p') and nspname <> 'public')
    and {NOT_OF_AN_EXTENSION.format("c")}
union all
select format('Reglen %s på %s', rulename, tablename) from pg_rules where schemaname = 'public'
union all
select format('Hændelsestriggeren %s', evtname) from pg_event_trigger
union all
select format('Standardrettigheder, som rollen %s giver', defaclrole::regrole) from pg_default_acl
union all
select format('Abonnementet %s', pubname) from pg_publication
""".replace("%s", "%%s")  # noqa: S608  # our own words

# Roles that have what the portal's own have, or what the server gives to whoever is a member of its own.
REACHING = """
select rolname, of.name from pg_roles r cross join lateral (
    select unnest(array[
        'pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
        'pg_execute_server_program'
    ]) as name
    union select tableowner from pg_tables where schemaname = 'public'
    union select rolname from pg_roles where rolname like %(ours)s
) of
where not rolsuper and rolname <> of.name and pg_has_role(rolname, of.name, 'member')
    and rolname not in (select tableowner from pg_tables where schemaname = 'public')
    and not (rolname = %(web)s and of.name like %(ours)s)
    and not (rolname ~ '^pg_' and of.name ~ '^pg_')
union all
select rolname, 'BYPASSRLS' from pg_roles
where rolbypassrls and not rolsuper and rolname not in (select tableowner from pg_tables where schemaname = 'public')
order by 1, 2
"""
SUPERUSERS = "select rolname from pg_roles where rolsuper order by 1"


def problems(connection: BaseDatabaseWrapper, made_by_apps: Iterable[str]) -> Iterator[str]:
    """What is otherwise, missing or too much, in Danish. `made_by_apps` are statements that make further functions.

    Run as the owner of the tables, who may make a schema. Nobody has to wait for it.
    """
    with connection.cursor() as cursor:
        declared, found = compared(connection, cursor, list(made_by_apps))
        for thing in sorted({*declared, *found}):
            if thing not in found:
                yield f"{thing} mangler. Kør: manage.py build_policies"
            elif thing not in declared:
                yield f"{thing} er ikke portalens. Find ud af, hvem der har lavet det, og fjern det."
            elif declared[thing] != found[thing]:
                yield f"{thing} er ikke, som koden siger. Kør: manage.py build_policies"
        cursor.execute(STRANGE, {"schemas": list(SCHEMAS)})
        for (thing,) in cursor.fetchall():
            yield f"{thing} er ikke portalens. Find ud af, hvem der har lavet det, og fjern det."
        ours = PREFIX.replace("_", r"\_") + "%"
        cursor.execute(REACHING, {"ours": ours, "web": database_role(WEB)})
        for role, group in cursor.fetchall():
            yield f"Rollen {role} har, hvad {group} har, og kan nå data. Find ud af hvorfor, og tag det fra den."


def superusers(connection: BaseDatabaseWrapper) -> list[str]:
    """Whom nothing binds: every server has one, and somebody must know each."""
    with connection.cursor() as cursor:
        cursor.execute(SUPERUSERS)
        return [role for (role,) in cursor.fetchall()]


def compared(
    connection: BaseDatabaseWrapper, cursor: Any, made_by_apps: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Things by name: as the code declares them, and as the server has them."""
    with transaction.atomic():
        cursor.execute("set local check_function_bodies = off; set local search_path = public")
        found = things(cursor, "")
        for schema in SCHEMAS:
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(ANEW + schema)))
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (name,) in cursor.fetchall():
            names = {"anew": sql.Identifier(f"{ANEW}public", name), "table": sql.Identifier("public", name)}
            cursor.execute(sql.SQL("create table {anew} (like {table})").format(**names))
        cursor.execute(sql.SQL("set local search_path = {}, public").format(sql.Identifier(f"{ANEW}public")))
        for table in row_level_security.declared():
            if table.sequence:
                cursor.execute(sql.SQL("create sequence {}").format(sql.Identifier(f"{ANEW}public", table.sequence)))
        texts = [*made_by_migrations(), *made_by_the_queue(), *made_by_apps, *made_by_files()]
        for statement in [*texts, *row_level_security.plan().of_tables]:
            cursor.execute(statement)
        declared = things(cursor, ANEW)
        transaction.set_rollback(True)
    return declared, found


def made_by_migrations() -> Iterator[str]:
    """The functions that no later build makes anew, as the last migration of each made them."""
    graph = MigrationLoader(None).graph
    for key in dict.fromkeys(each for leaf in graph.leaf_nodes() for each in graph.forwards_plan(leaf)):
        if key[0] == "procrastinate":
            continue
        for operation in graph.nodes[key].operations:
            said = operation.sql if isinstance(operation, migrations.RunSQL) else ""
            if isinstance(said, str) and (found := MAKES_A_FUNCTION.match(said)):
                yield "create or replace" + said[found.end() :]


def made_by_the_queue() -> Iterator[str]:
    """The functions and triggers of the package that keeps the queue; its migrations make the same, step by step."""
    yield from FUNCTION_OR_TRIGGER.findall(SchemaManager.get_schema())


def made_by_files() -> Iterator[str]:
    for kind in trigger_files.KINDS:
        for text in trigger_files.files(kind):
            for other in trigger_files.KINDS:
                text = text.replace(f"{other}.", f"{ANEW}{other}.")  # noqa: PLW2901  # one after the other
            yield text


def things(cursor: Any, prefix: str) -> dict[str, str]:
    """By name, what the schemas with that prefix hold."""
    cursor.execute(THINGS, {"schemas": [prefix + schema for schema in SCHEMAS], "public": f"{prefix}public"})
    return {name: said.replace(prefix, "") if prefix else said for name, said in cursor.fetchall()}
