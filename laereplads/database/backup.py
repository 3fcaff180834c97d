"""A copy of the whole database in one file, and an empty database filled from it.

Beside the copy lies a list of what is in it, taken from the same moment; without it, or when it does not fit,
nothing is restored. `docs/backup.md` says what an operator must know.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import IO, TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from psycopg import sql

from laereplads.database.derived_tables import DerivedTable, differences
from laereplads.database.owner import require_owner
from laereplads.database.tools import address, tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1024 * 1024
# Roles belong to the server and not to the copy; the policies are built anew from the code.
BUILT_ANEW = (" POLICY ", " COMMENT - SCHEMA public ")


class Refused(Exception):
    """Nothing was done; the text says why, in Danish."""


@dataclass(frozen=True)
class Contents:
    """What a copy holds, written beside it."""

    made_at: str
    server: int
    sha256: str
    rows: dict[str, int]
    migrations: list[str]


def left_out() -> list[str]:
    """Tables whose rows are of the moment: who found a session's key in a copy could go on as its user."""
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    return [sessions._meta.db_table, settings.CACHES["default"]["LOCATION"]]


def contents_path(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.json")


def back_up(copy: Path) -> Contents:
    """Write the database to `copy`, and what is in it beside it. Raises Refused, Bound, ToolMissing or OSError.

    Both are of one snapshot, so the portal may be in use meanwhile.
    """
    require_owner(connection)
    for path in (copy, contents_path(copy)):
        if path.exists():
            raise Refused(f"{path} findes allerede. Vælg et andet navn: en sikkerhedskopi bliver aldrig overskrevet.")
    program = tool("pg_dump", connection)
    if wrong := [table.differs.format(number) for table, number in differing().items()]:
        way_out = "En kopi kunne ikke læses ind igen. Ret dem med: manage.py check_derived_tables --rebuild"
        raise Refused(" ".join([*wrong, way_out]))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        rows, migrations = counted(), applied()
        sha256 = dump(program, snapshot, copy)
    contents = Contents(
        made_at=timezone.now().isoformat(timespec="seconds"),
        server=major_version(),
        sha256=sha256,
        rows=rows,
        migrations=migrations,
    )
    # Last: a copy that has none was broken off.
    with new_file(contents_path(copy)) as file:
        file.write(json.dumps(asdict(contents), indent=2).encode())
    return contents


def differing() -> dict[DerivedTable, int]:
    """Derived rows that are not as they should be: keys bind them to others, and a copy may then fill no database."""
    found = differences(timezone.localdate(), progress=iter)
    return {table: number for table, number in found.items() if number}


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there, for its owner's eyes alone; on the disk when the block ends, gone if it fails."""
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise


def dump(program: str, snapshot: str, copy: Path) -> str:
    """Write the snapshot to `copy`; the SHA-256 of the file."""
    database, environment = address(connection)
    command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    command += [f"--exclude-table-data={table}" for table in left_out()]
    checksum = hashlib.sha256()
    with new_file(copy) as file, tempfile.TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603  # our own tool and options
            [*command, f"--dbname={database}"], env=environment, stdout=subprocess.PIPE, stderr=errors
        ) as running:
            for piece in pieces(running.stdout):
                checksum.update(piece)
                file.write(piece)
        complain_if_failed(running.returncode, errors)
    return checksum.hexdigest()


def restore(copy: Path) -> Contents:
    """Fill our empty database from `copy`. Raises Refused, Bound, ToolMissing or OSError.

    What is built of the code and not of migrations is still to be built: by `build_policies`, or by `migrate`.
    """
    contents = checked(copy)
    require_owner(connection)
    require_empty()
    if contents.server > major_version():
        raise Refused(f"Kopien er fra PostgreSQL {contents.server}, men serveren er kun version {major_version()}.")
    newer = unknown_migrations(contents)
    if newer:
        raise Refused(f"Kopien er lavet med en nyere udgave af portalen, som har {', '.join(newer)}.")
    program = tool("pg_restore", connection)
    load(program, copy)
    found = counted()
    wrong = [name for name in sorted({*found, *contents.rows}) if found.get(name, 0) != contents.rows.get(name, 0)]
    if wrong:
        raise Refused(f"Databasen må ikke bruges: antallet af rækker passer ikke i {', '.join(wrong)}.")
    end_what_was_open()
    with connection.cursor() as cursor:
        # A new database knows nothing of its rows, and would plan badly until it has counted them itself.
        cursor.execute("analyze")
    return contents


def end_what_was_open() -> None:
    """Codes that were used after the copy was made would work once more, and mails go twice. Sessions are in no copy.

    Links in mails hang on SECRET_KEY, and whoever restores is told to take a new one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from mfa_authenticator where type = 'recovery_codes'")
        # Older copies have no outbox.
        if "notifications_outgoingmail" in connection.introspection.table_names(cursor):
            cursor.execute(
                "update notifications_outgoingmail set sending_since = null, gave_up_at = now(),"
                " gave_up_because = 'uncertain' where sent_at is null and gave_up_at is null"
            )


def still_holding(ended: list[int]) -> list[tuple[int, str, str]]:
    """Number, user and role of the memberships that hold here, of those that a later day's list says have ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select membership.id, name, role from access_membership membership "
            "join accounts_user owner on owner.id = user_id "
            "where membership.id = any(%s) and (ends_on is null or ends_on >= %s) order by 1",
            [ended, timezone.localdate()],
        )
        return list(cursor.fetchall())


def checked(copy: Path) -> Contents:
    """What the list beside `copy` says, if the file is the one it tells of."""
    try:
        contents = Contents(**json.loads(contents_path(copy).read_text()))
    except FileNotFoundError:
        text = f"{contents_path(copy)} mangler. Uden den kan ingen vide, om kopien er hel."
        raise Refused(text) from None
    except (TypeError, ValueError):
        raise Refused(f"{contents_path(copy)} er beskadiget.") from None
    with copy.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != contents.sha256:
            raise Refused(f"{copy} er ikke hel, eller den er ændret: kontrolsummen passer ikke.")
    return contents


def require_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*), has_schema_privilege('public', 'create') from pg_class
            where relnamespace = 'public'::regnamespace
            """
        )
        things, may_create = cursor.fetchone()
    if things:
        raise Refused("Databasen er ikke tom, så den bliver ikke rørt. Lav en ny, og lad DATABASE_URL pege på den.")
    if not may_create:
        raise Refused("Rollen må ikke oprette tabeller. Log ind med den rolle, der skal eje dem.")


def load(program: str, copy: Path) -> None:
    """Put everything that is in `copy` into the database, or nothing."""
    database, environment = address(connection)
    listed = subprocess.run([program, "--list", copy], capture_output=True, text=True, check=False)  # noqa: S603
    wanted = [line for line in listed.stdout.splitlines() if not any(kind in line for kind in BUILT_ANEW)]
    with tempfile.NamedTemporaryFile("w") as order, tempfile.TemporaryFile() as errors:
        order.write("\n".join(wanted))
        order.flush()
        command = [program, "--single-transaction", "--no-owner", "--no-privileges", f"--use-list={order.name}"]
        done = subprocess.run(  # noqa: S603
            [*command, f"--dbname={database}", copy], env=environment, stderr=errors, check=False
        )
        complain_if_failed(listed.returncode or done.returncode, errors)


def complain_if_failed(returncode: int, errors: BinaryIO) -> None:
    if returncode:
        errors.seek(0)
        raise Refused(f"PostgreSQLs program fejlede:\n{errors.read().decode(errors='replace').strip()}")


def pieces(stream: IO[bytes] | None) -> Iterator[bytes]:
    while stream and (piece := stream.read(PIECE)):
        yield piece


def counted() -> dict[str, int]:
    """How many rows each table has that a copy holds the rows of."""
    skipped = left_out()
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [table for (table,) in cursor.fetchall() if table not in skipped]
        rows = {}
        for table in tables:
            cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))
            rows[table] = cursor.fetchone()[0]
    return rows


def applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def known() -> set[str]:
    """The migrations of this code, those of the demo's tables included."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def unknown_migrations(contents: Contents) -> list[str]:
    """What the copy had and this code has not; whole apps may have been given up since."""
    apps = {name.partition(".")[0] for name in known()}
    return sorted(name for name in {*contents.migrations} - known() if name.partition(".")[0] in apps)


def missing_migrations(contents: Contents) -> list[str]:
    """What this code has and the copy had not."""
    return sorted(known() - set(contents.migrations))


def major_version() -> int:
    return int(connection.pg_version // 10_000)  # type: ignore[attr-defined]  # PostgreSQL's alone
