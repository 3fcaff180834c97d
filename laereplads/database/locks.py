"""Locks that need no right to change the row they are about."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def lock(kind: str, number: int | str) -> None:
    """Wait until no other transaction holds the lock of that name and number; held until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{number}"])


def try_lock(kind: str, number: int | str) -> bool:
    """Take the lock as `lock` does if no other transaction holds it; returns whether."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{number}"])
        return bool(cursor.fetchone()[0])


@contextmanager
def alone(kind: str) -> Iterator[bool]:
    """Whether no other process is within the same block; for work of many transactions, on a connection of its own."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [kind])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [kind])
