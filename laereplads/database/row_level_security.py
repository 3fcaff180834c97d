"""Row-level security: what each database role may reach, whatever Django forgets.

Every app says in its own `row_policies.py` which role may do what to which rows of its tables (`TABLES`).
`build()` makes the server so, again and again; a table that no app speaks of is closed to all.
`docs/row-policies.md` has the picture.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from psycopg import sql

from laereplads.database.declarations import declared as collected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

# The role that web processes log in as. It owns nothing; until a request acts as somebody it may look up who that is.
WEB = "web"
# The role that runs jobs. Like the web role it owns nothing; nobody else may take it on, and it takes on no other.
JOBS = "jobs"
# Who logs in, each with a password and limits of its own; all other roles are what the web role takes on.
LOGINS = (WEB, JOBS)
PREFIX = "laereplads_"

# Who a request acts as, inside SQL: NULL until `laereplads.database.identity` has said it in this transaction.
MEMBERSHIP = "nullif(current_setting('app.membership_id', true), '')::bigint"
COMPANY = "nullif(current_setting('app.company_id', true), '')::bigint"
SCHOOL = "nullif(current_setting('app.school_id', true), '')::bigint"
STUDENT = "nullif(current_setting('app.student_id', true), '')::bigint"
# Of a membership that sees one workplace of its company only; NULL where it sees all.
WORKPLACE = "nullif(current_setting('app.workplace_id', true), '')::bigint"
# A query of its own, which is asked once and not for each row.
TODAY = "(select nullif(current_setting('app.today', true), '')::date)"

ALL_ROWS = "true"


def if_limited(condition: str, *, to_a_workplace: str = f"{WORKPLACE} is not null") -> str:
    """What a membership of one workplace must meet besides; true for everybody else.

    `case`, because the planner takes an `or` for a condition that hardly any row meets, and chooses other ways.
    """
    return f"case when {to_a_workplace} then {condition} else true end"


# Of tables that say at which workplace a row is.
AT_OWN_WORKPLACE = if_limited(f"workplace_id = {WORKPLACE}")
# Where many rows are looked at: asked once, by a query of its own, which takes longer to plan.
LISTED_AT_OWN_WORKPLACE = if_limited(f"workplace_id = {WORKPLACE}", to_a_workplace=f"(select {WORKPLACE} is not null)")


@dataclass(frozen=True)
class Grant:
    """What one role may do to which rows: `select`, `insert`, `update` or `delete`, of all columns or some."""

    role: str
    command: str
    rows: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table and everything that anybody but its owner may do to it. No grants: nobody may do anything."""

    name: str
    grants: tuple[Grant, ...] = ()
    # What draws the numbers of new rows, where it is no identity column; whoever may insert may use it.
    sequence: str = ""


def may(role: str, commands: str, rows: str, *, columns: tuple[str, ...] = ()) -> tuple[Grant, ...]:
    """Grants of several commands at once: `may(WEB, "select update", ALL_ROWS)`."""
    return tuple(Grant(role, command, rows, columns) for command in commands.split())


def declared() -> list[Table]:
    """The tables of all apps' `row_policies.py`, by name; what several say of the same table adds up."""
    tables: dict[str, Table] = {}
    for table in collected("row_policies", "TABLES"):
        before = tables.get(table.name, Table(table.name))
        sequence = table.sequence or before.sequence
        tables[table.name] = Table(table.name, before.grants + table.grants, sequence)
    return [tables[name] for name in sorted(tables)]


def role_names() -> list[str]:
    """The roles that requests act as; each is one that the web role may take on."""
    return sorted({grant.role for table in declared() for grant in table.grants} - set(LOGINS))


def database_role(role: str) -> str:
    return PREFIX + role


def limits(role: str) -> dict[str, str]:
    """How long a login's sessions wait, as settings of PostgreSQL."""
    return settings.DATABASE_WEB_LIMITS if role == WEB else settings.DATABASE_JOBS_LIMITS


@dataclass
class Plan:
    """The statements that make roles, grants and policies, in order, and a fingerprint of them."""

    of_server: list[sql.Composed] = field(default_factory=list)
    of_tables: list[sql.Composed] = field(default_factory=list)

    @property
    def statements(self) -> list[sql.Composed]:
        return self.of_server + self.of_tables

    def add(self, text: str, **names: str) -> None:
        identifiers = {key: sql.Identifier(*name.split(".")) for key, name in names.items()}
        (self.of_tables if {"table", "sequence"} & set(names) else self.of_server).append(
            sql.SQL(text).format(**identifiers)
        )

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256("\n".join(map(repr, self.statements)).encode()).hexdigest()[:16]


def plan() -> Plan:
    """Every statement after the roles exist: revoke all, then grant table by table."""
    built = Plan()
    built.add("revoke all on all tables in schema public from public")
    for role in (*LOGINS, *role_names()):
        built.add("revoke all on all tables in schema public from {role}", role=database_role(role))
        built.add("revoke all on all sequences in schema public from {role}", role=database_role(role))
        built.add("grant usage on schema public to {role}", role=database_role(role))
    for role in LOGINS:
        for name, value in limits(role).items():
            # Limits of the role's sessions in this database: they hold through a connection pool, too.
            setting = sql.Literal(f"alter role {database_role(role)} in database %I set {name} = {value!r}").as_string()
            built.add(f"do $$ begin execute format({setting}, current_database()); end $$")
    for table in declared():
        built.add("alter table {table} enable row level security", table=table.name)
        for number, grant in enumerate(table.grants, start=1):
            # Quoted, because a column may be called order.
            columns = " ({})".format(", ".join(f'"{column}"' for column in grant.columns)) if grant.columns else ""
            names = {"table": table.name, "role": database_role(grant.role)}
            built.add(f"grant {grant.command}{columns} on {{table}} to {{role}}", **names)
            built.add(policy(grant), policy=f"{grant.role}_may_{grant.command}_{number}", **names)
        if table.sequence:
            for role in sorted({grant.role for grant in table.grants if grant.command == "insert"}):
                names = {"sequence": table.sequence, "role": database_role(role)}
                built.add("grant usage on sequence {sequence} to {role}", **names)
    return built


def policy(grant: Grant) -> str:
    """The statement for one grant; an update must start and end in rows that the role may reach."""
    using, check = f" using ({grant.rows})", f" with check ({grant.rows})"
    clauses = {"select": using, "delete": using, "insert": check, "update": using + check}[grant.command]
    return f"create policy {{policy}} on {{table}} for {grant.command} to {{role}}{clauses}"


CREATE_ROLE = """
do $$ begin
    if not exists (select from pg_roles where rolname = {literal}) then
        create role {role} {attributes};
    end if;
exception when duplicate_object or unique_violation then null;
end $$
"""

JOIN_ROLE = """
do $$ begin
    if not pg_has_role({web_literal}, {literal}, 'member') then
        grant {role} to {web};
    end if;
exception when unique_violation then null;
end $$
"""


# Commands run jobs, too, with the rights of that role. From 16 on who makes a role may not act as it by that alone.
LEND_JOBS = """
do $$ begin
    if not (
        case when current_setting('server_version_num')::int < 160000 then pg_has_role({literal}, 'member')
        else pg_has_role({literal}, 'set') end
    ) then
        grant {role} to current_user;
    end if;
exception when insufficient_privilege or unique_violation then null;
end $$
"""


# Everything that decides who may reach what, as the server holds it: policies, grants, and whether they bind.
AS_BUILT = """
select md5(string_agg(line, E'\\n' order by line collate "C")) from (
    select concat_ws('|', 'policy', tablename, policyname, permissive, roles, cmd, qual, with_check)
    from pg_policies where schemaname = 'public'
    union all
    select concat_ws('|', 'grant', c.relname, g.grantee::regrole, g.privilege_type, g.is_grantable)
    from pg_class c, aclexplode(c.relacl) g
    where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner
    union all
    select concat_ws('|', 'column', c.relname, a.attname, g.grantee::regrole, g.privilege_type, g.is_grantable)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped, aclexplode(a.attacl) g
    where c.relnamespace = 'public'::regnamespace
    union all
    select concat_ws('|', 'security', relname, relrowsecurity) from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
) as lines (line)
"""


def as_built(cursor: Any) -> str:
    """A fingerprint of grants and policies as the server has them now."""
    cursor.execute(AS_BUILT)
    return str(cursor.fetchone()[0])


def build(connection: BaseDatabaseWrapper, *, anew: bool = False) -> bool:
    """Make roles, grants and policies as declared; whether anything had to be done. `anew` does it in any case.

    Run as the owner of the tables, who may create roles.
    """
    wanted = plan()
    with connection.cursor() as cursor:
        create_roles(cursor)
        cursor.execute("select obj_description('public'::regnamespace)")
        if not anew and cursor.fetchone() == (f"policies {wanted.fingerprint} {as_built(cursor)}",):
            return False
        for name, table in policies(cursor):
            cursor.execute(sql.SQL("drop policy {} on {}").format(sql.Identifier(name), sql.Identifier(table)))
        for statement in wanted.statements:
            cursor.execute(statement)
        comment = sql.Literal(f"policies {wanted.fingerprint} {as_built(cursor)}")
        cursor.execute(sql.SQL("comment on schema public is {}").format(comment))
    return True


def create_roles(cursor: Any) -> None:
    """Make the roles that are missing; those that log in get the passwords of the settings that are set."""
    web = database_role(WEB)
    logins = {database_role(role): "login noinherit" for role in LOGINS}
    for name, attributes in (logins | {database_role(role): "nologin" for role in role_names()}).items():
        names = {"role": sql.Identifier(name), "literal": sql.Literal(name), "attributes": sql.SQL(attributes)}
        cursor.execute(sql.SQL(CREATE_ROLE).format(**names))
    for role in map(database_role, role_names()):
        names = {"role": sql.Identifier(role), "literal": sql.Literal(role)}
        names |= {"web": sql.Identifier(web), "web_literal": sql.Literal(web)}
        cursor.execute(sql.SQL(JOIN_ROLE).format(**names))
    jobs = {"role": sql.Identifier(database_role(JOBS)), "literal": sql.Literal(database_role(JOBS))}
    cursor.execute(sql.SQL(LEND_JOBS).format(**jobs))
    # Somebody may have made the role by hand; it must take on another's rights one at a time. Asked first, because
    # servers hold their roles in common, and two databases that change one at once would fail.
    for login in logins:
        cursor.execute("select rolinherit from pg_roles where rolname = %s", [login])
        if cursor.fetchone() == (True,):
            cursor.execute(sql.SQL("alter role {} noinherit").format(sql.Identifier(login)))
    passwords = {WEB: settings.DATABASE_WEB_PASSWORD, JOBS: settings.DATABASE_JOBS_PASSWORD}
    for role, password in passwords.items():
        if password:
            names = {"role": sql.Identifier(database_role(role)), "password": sql.Literal(password)}
            cursor.execute(sql.SQL("alter role {role} password {password}").format(**names))


def policies(cursor: Any) -> list[tuple[str, str]]:
    """Every policy in the database, as (name, table)."""
    cursor.execute("select policyname, tablename from pg_policies where schemaname = 'public'")
    return list(cursor.fetchall())


def problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """What is wrong with the server, in Danish: tables without a decision, roles with too much power."""
    spoken_of = {table.name for table in declared()}
    with connection.cursor() as cursor:
        cursor.execute("select tablename, rowsecurity from pg_tables where schemaname = 'public' order by 1")
        for table, has_policies in cursor.fetchall():
            if table not in spoken_of:
                yield f"Tabellen {table} er ikke nævnt i nogen row_policies.py."
            elif not has_policies:
                yield f"Tabellen {table} har ingen række-sikkerhed. Kør: manage.py build_policies"
        cursor.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname like %s",
            [f"{PREFIX.replace('_', chr(92) + '_')}%"],
        )
        for role, *powers in cursor.fetchall():
            if any(powers):
                yield f"Rollen {role} må for meget: den må hverken være superbruger, omgå rækker eller oprette noget."
        cursor.execute(
            "select tablename, tableowner from pg_tables where schemaname = 'public' and tableowner = any(%s)",
            [[database_role(role) for role in LOGINS]],
        )
        for table, role in cursor.fetchall():
            yield f"Tabellen {table} ejes af {role}, som processer logger ind med. Den skal ejes af en anden."
        for role in map(database_role, role_names()):
            cursor.execute("select pg_has_role(%s, %s, 'usage')", [database_role(WEB), role])
            if cursor.fetchone() == (True,):
                yield f"Webprocessens rolle har altid, hvad {role} må. Kør: revoke {role} from {database_role(WEB)}"
        yield from borrowed_roles(cursor)
        yield from missing_limits(cursor)
        yield from differences(cursor)


def borrowed_roles(cursor: Any) -> Iterator[str]:
    """Who takes on what runs jobs, or is taken on by it: pages never act as jobs, nor jobs as people."""
    jobs = database_role(JOBS)
    for role in map(database_role, (WEB, *role_names())):
        for borrower, lender in ((role, jobs), (jobs, role)):
            cursor.execute("select pg_has_role(%s, %s, 'member')", [borrower, lender])
            if cursor.fetchone() == (True,):
                yield f"{borrower} må handle som {lender}. Kør: revoke {lender} from {borrower}"


def missing_limits(cursor: Any) -> Iterator[str]:
    """A dump does not hold them: a database that was brought back has none until the policies are built anew."""
    for role in LOGINS:
        cursor.execute(
            "select setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase"
            " where d.datname = current_database() and s.setrole = to_regrole(%s)",
            [database_role(role)],
        )
        row = cursor.fetchone()
        has = set(row[0]) if row else set()
        for name, value in limits(role).items():
            if f"{name}={value}" not in has:
                yield f"{database_role(role)} mangler grænsen {name}={value}. Kør: manage.py build_policies"


def differences(cursor: Any) -> Iterator[str]:
    """Whether the server's policies are others than the code's, or than those that were built."""
    cursor.execute("select obj_description('public'::regnamespace)")
    comment = cursor.fetchone()[0] or ""
    if not comment.startswith(f"policies {plan().fingerprint} "):
        yield "Adgangsreglerne i databasen er bygget af en anden version af koden. Kør: manage.py build_policies"
    elif not comment.endswith(as_built(cursor)):
        yield "Nogen har ændret adgangsreglerne i databasen efter, at de blev bygget. Kør: manage.py build_policies"
