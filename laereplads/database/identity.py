"""Who a transaction acts as: a database role and the party's ids, until the transaction ends."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone
from psycopg.pq import TransactionStatus

from laereplads.database.compiled_queries import server_prepared
from laereplads.database.row_level_security import WEB, database_role
from laereplads.web.request_ids import request_id

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

SETTINGS = (
    "role",
    "app.membership_id",
    "app.company_id",
    "app.school_id",
    "app.student_id",
    "app.workplace_id",
    "app.today",
    "app.now",
    "app.request_id",
)
SET_IDENTITY = "select current_setting('role'), " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
WHO_AND_WHEN = ("app.membership_id", "app.now")
SAY_WHO_AND_WHEN = (
    f"select {', '.join(f"current_setting('{name}', true)" for name in WHO_AND_WHEN)}, "
    f"{', '.join(f"set_config('{name}', %s, true)" for name in WHO_AND_WHEN)}"
)

# The membership that the transaction's settings name already, so that nothing sets them twice.
acting: ContextVar[int | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(  # noqa: PLR0913  # who one is takes six words
    role: str,
    *,
    membership: int | None,
    company: int | None,
    school: int | None,
    student: int | None,
    workplace: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[None]:
    """Let the current transaction reach what `role` may reach at its party, and nothing else.

    Only settings of the transaction are used: those of a session would be handed on by a connection pool.
    """
    connection = connections[using]
    ids = [str(number or "") for number in (membership, company, school, student, workplace)]
    now = timezone.now()
    before = set_identity(
        [database_role(role), *ids, timezone.localdate(now).isoformat(), now.isoformat(), request_id.get()],
        connection,
    )
    token = acting.set(membership)
    try:
        yield
    finally:
        acting.reset(token)
        # The end of the transaction ends this, too; inside a savepoint it would last longer than the request.
        is_open = connection.connection.info.transaction_status == TransactionStatus.INTRANS
        if connection.savepoint_ids and is_open:
            # Past Django, which counts what a request costs where it is not inside a savepoint.
            connection.connection.execute(SET_IDENTITY, [before, *[""] * len(SETTINGS[1:])])


@contextmanager
def as_web_role() -> Iterator[None]:
    """Let what only the login may read be read in the midst of a request that acts as somebody: password hashes."""
    change_role = "select current_setting('role'), set_config('role', %s, true)"
    with connection.cursor() as cursor:
        cursor.execute(change_role, [database_role(WEB)])
        before = cursor.fetchone()[0]
        try:
            yield
        finally:
            # A transaction that failed takes the role with it.
            if connection.connection.info.transaction_status == TransactionStatus.INTRANS:
                cursor.execute(change_role, [before])


def set_identity(values: list[str], connection: BaseDatabaseWrapper) -> str:
    """Set all of SETTINGS for this transaction; returns the role until now."""
    with server_prepared(connection), connection.cursor() as cursor:
        cursor.execute(SET_IDENTITY, values)
        return str(cursor.fetchone()[0])


@contextmanager
def in_the_name_of(membership: int | None, *, at: datetime.datetime | None = None) -> Iterator[None]:
    """Let the change log say that `membership` does what happens within; None is the portal itself, without a person.

    Inside a request that acts as it this costs nothing. `at` is when a history that is brought in was made: only the
    owner of the tables is believed. Use it inside a transaction: an error ends both.
    """
    if at is None and membership is not None and acting.get() == membership:
        yield
        return
    before = say_who_and_when([str(membership or ""), (at or timezone.now()).isoformat()])
    yield
    say_who_and_when(before)


def say_who_and_when(values: list[str]) -> list[str]:
    """Set WHO_AND_WHEN for this transaction; returns what they were."""
    with connection.cursor() as cursor:
        cursor.execute(SAY_WHO_AND_WHEN, values)
        return [before or "" for before in cursor.fetchone()[: len(WHO_AND_WHEN)]]
