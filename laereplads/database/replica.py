"""A streaming replica that the heaviest page reads from, where there is one: DATABASE_REPLICA_URL, decision 0025.

Everything else, and every write, goes to the primary. Nobody meets a replica that has not yet seen their own last save.
"""

from __future__ import annotations

import logging
import re
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponseBase

ALIAS = "replica"
# How far the primary had come when the browser's last save was done.
COOKIE = "__Host-senest"
POSITION = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
# So long nobody waits for a replica that was away or behind.
REST_SECONDS = 10
# So old may be what the replica shows.
LAG_SECONDS = 5
HOW_FAR = """
select pg_is_in_recovery(),
    coalesce(clock_timestamp() - pg_last_xact_replay_timestamp() <= make_interval(secs => %s), false)
"""
# What is on its way is waited for so often, and so long in between; whoever is behind then rests.
LOOKS, SECONDS_BETWEEN_LOOKS = 5, 0.05
BEHIND = "er bagud"
# It was made a server of its own, and may show what the primary has not had since.
PROMOTED = "følger ikke længere databasen"

reads_from = ContextVar("reads_from", default=DEFAULT_DB_ALIAS)
rests_until = 0.0


class Router:
    """Reads go where the page has said, all else to the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return reads_from.get()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


@contextmanager
def reading() -> Iterator[None]:
    """Let every query of the ORM in here read from the replica, in one transaction."""
    with transaction.atomic(using=ALIAS):
        before = reads_from.set(ALIAS)
        try:
            yield
        finally:
            reads_from.reset(before)


def may_serve(request: HttpRequest) -> bool:
    """Whether there is a replica that answers, and that has come at least as far as this browser's last save."""
    if ALIAS not in settings.DATABASES or time.monotonic() < rests_until:
        return False
    wanted = request.COOKIES.get(COOKIE, "")
    try:
        if problem := what_is_wrong():
            give_rest(problem)
            return False
        with connections[ALIAS].cursor() as cursor:
            if not POSITION.fullmatch(wanted):
                return True
            cursor.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", [wanted])
            return bool(cursor.fetchone()[0])
    except (OperationalError, InterfaceError) as problem:
        give_rest(f"svarer ikke: {type(problem).__name__}")
        return False


def what_is_wrong() -> str:
    """What keeps the replica from being shown, in Danish: it shows what was true more than LAG_SECONDS ago.

    What it replayed last may be older only where it has replayed all that the primary has written.
    """
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(HOW_FAR, [LAG_SECONDS])
        is_a_copy, has_just_replayed = cursor.fetchone()
    if not is_a_copy:
        return PROMOTED
    if has_just_replayed:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_flush_lsn()")
        (written,) = cursor.fetchone()
    return "" if comes_as_far_as(written) else BEHIND


def comes_as_far_as(position: str) -> bool:
    """Whether the replica replays so far in a moment: what the primary wrote just now is on its way."""
    with connections[ALIAS].cursor() as cursor:
        for _look in range(LOOKS):
            cursor.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", [position])
            if cursor.fetchone()[0]:
                return True
            time.sleep(SECONDS_BETWEEN_LOOKS)
    return False


def give_rest(problem: str) -> None:
    global rests_until  # noqa: PLW0603  # each process finds out for itself
    rests_until = time.monotonic() + REST_SECONDS
    logging.getLogger(__name__).warning("Kopien af databasen %s", problem)


def state() -> str:
    """What readiness says of the replica, if there is one and something is wrong with it."""
    if ALIAS not in settings.DATABASES:
        return ""
    try:
        problem = what_is_wrong()
    except (OperationalError, InterfaceError):
        problem = "svarer ikke"
    return f"kopien {problem}" if problem else ""


class LastSaveMiddleware:
    """Gives the browser a mark of how far the primary had come when it saved something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and request.user.is_authenticated:
            with connection.cursor() as cursor:
                cursor.execute("select pg_current_wal_insert_lsn()")
                (position,) = cursor.fetchone()
            response.set_cookie(COOKIE, position, secure=True, httponly=True, samesite="Lax")
        return response
