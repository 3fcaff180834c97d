"""Waiting for PostgreSQL: for longer than the settings allow, and in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError, connection

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not OperationalError to psycopg, yet nothing that the code did: the transaction was left alone for too long,
# or the server has just become a copy that cannot be written to.
PASSING = {"25P03", "25P04", "25006"}


def allow_statements(seconds: int) -> None:
    """Let each statement of the current transaction take longer: for an import, which somebody waits for."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [f"{seconds}s"])


def is_outage(error: BaseException | None) -> bool:
    """Whether `error`, or what led to it, is PostgreSQL away, restarting, full or too slow, and no fault of ours."""
    return any(
        isinstance(each, (OperationalError, InterfaceError))
        or (isinstance(each, DatabaseError) and getattr(each.__cause__, "sqlstate", None) in PASSING)
        for each in chain(error)
    )


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what it was raised from or during: sessions, for one, raise an error of their own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
