"""Triggers that stand as SQL beside the models, made anew after `migrate` where the files or the server have changed.

An app's `guards.sql` says what nobody may do, its `derived.sql` how its derived tables are kept. All functions of a
kind lie in a schema of that name: so whatever an earlier version of the code made goes when the schema goes.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

GUARDS, DERIVED = KINDS = ("guards", "derived")

AS_BUILT = """
select md5(string_agg(line, E'\\n' order by line collate "C")) from (
    select pg_get_functiondef(oid) from pg_proc where pronamespace = to_regnamespace(%(kind)s)
    union all
    select concat_ws('|', pg_get_triggerdef(pg_trigger.oid), tgenabled) from pg_trigger
    join pg_proc on pg_proc.oid = tgfoid where pronamespace = to_regnamespace(%(kind)s)
) as lines (line)
"""


def files(kind: str) -> list[str]:
    """What all apps say, the lower ones first: INSTALLED_APPS begins with the uppermost."""
    paths = [Path(app.path) / f"{kind}.sql" for app in apps.get_app_configs()]
    return [path.read_text() for path in reversed(paths) if path.exists()]


@functools.cache
def fingerprint(kind: str) -> str:
    """Of the files."""
    return hashlib.sha256("\n".join(files(kind)).encode()).hexdigest()[:16]


def as_built(cursor: Any, kind: str) -> str:
    """A fingerprint of functions and triggers as the server has them now."""
    cursor.execute(AS_BUILT, {"kind": kind})
    return str(cursor.fetchone()[0])


def remembered(cursor: Any, kind: str) -> tuple[str, str]:
    """Both fingerprints as they were when the triggers were made; empty where they never were."""
    cursor.execute("select coalesce(obj_description(to_regnamespace(%s), 'pg_namespace'), '')", [kind])
    of_files, _space, of_server = cursor.fetchone()[0].partition(" ")
    return of_files, of_server


def remember(cursor: Any, kind: str) -> None:
    comment = sql.Literal(f"{fingerprint(kind)} {as_built(cursor, kind)}")
    cursor.execute(sql.SQL("comment on schema {} is {}").format(sql.Identifier(kind), comment))


def build(connection: BaseDatabaseWrapper, kind: str, *, anew: bool = False) -> bool:
    """Make the triggers of a kind as the files say; whether anything had to be done. Run as the owner of the tables."""
    with connection.cursor() as cursor:
        if not anew and remembered(cursor, kind) == (fingerprint(kind), as_built(cursor, kind)):
            return False
        cursor.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(kind)))
        cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(kind)))
        for statements in files(kind):
            cursor.execute(statements)
        remember(cursor, kind)
    return True


def problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Where the server's triggers are others than the code's, or than those that were made, in Danish."""
    with connection.cursor() as cursor:
        for kind in KINDS:
            of_files, of_server = remembered(cursor, kind)
            if of_files != fingerprint(kind):
                yield f"Databasens triggere ({kind}) er fra en anden version af koden. Kør: manage.py build_policies"
            elif of_server != as_built(cursor, kind):
                yield f"Nogen har ændret databasens triggere ({kind}) på serveren. Kør: manage.py build_policies"
