"""Somebody else in the same database: another session, in a transaction of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

# Takes the lock of that kind and number, as laereplads/database/locks.py names them.
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


@contextmanager
def other_session() -> Iterator[psycopg.Connection]:
    parameters = connection.get_connection_params()
    with psycopg.connect(
        **{
            name: value
            for name, value in parameters.items()
            if value and "factory" not in name and name not in {"context", "prepare_threshold"}
        }
    ) as other:
        yield other
