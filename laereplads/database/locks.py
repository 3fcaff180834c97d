"""Locks that need no right to change the row they are about."""

from django.db import connection


def lock(kind: str, number: int) -> None:
    """Wait until no other transaction holds the lock of that name and number; held until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{number}"])
