"""Who a transaction acts as: a database role and the party's ids, until the transaction ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

from laereplads.database.wall import WEB, database_role

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = ("role", "app.membership_id", "app.company_id", "app.school_id", "app.student_id", "app.today")
TAKE_ON = "select current_setting('role'), " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)


@contextmanager
def acting_as(
    role: str, *, membership: int, company: int | None, school: int | None, student: int | None
) -> Iterator[None]:
    """Let the current transaction reach what `role` may reach at its party, and nothing else.

    Only settings of the transaction are used: those of a session would be handed on by a connection pool.
    """
    ids = [str(number or "") for number in (membership, company, school, student)]
    before = take_on([database_role(role), *ids, timezone.localdate().isoformat()])
    try:
        yield
    finally:
        # The end of the transaction ends this, too; inside a savepoint it would last longer than the request.
        is_open = connection.connection.info.transaction_status == TransactionStatus.INTRANS
        if connection.savepoint_ids and is_open:
            # Past Django, which counts what a request costs where it is not inside a savepoint.
            connection.connection.execute(TAKE_ON, [before, *[""] * len(SETTINGS[1:])])


@contextmanager
def as_the_login() -> Iterator[None]:
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


def take_on(values: list[str]) -> str:
    """Set all of SETTINGS for this transaction; returns the role until now."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ON, values)
        return str(cursor.fetchone()[0])
