"""What a load balancer asks: does the process answer, and could it serve somebody?"""

from __future__ import annotations

import datetime
import functools
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from laereplads.database import replica, trigger_files
from laereplads.database.row_level_security import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    type View = Callable[[HttpRequest], HttpResponseBase]

A_TABLE_WITH_POLICIES = "access_membership"
WHAT_IS_THERE = """
select obj_description('public'::regnamespace), row_security_active(%s),
    array(select app || '.' || name from django_migrations),
    array(
        select split_part(obj_description(to_regnamespace(kind), 'pg_namespace'), ' ', 1) from unnest(%s::text[]) kind
    )
"""
WHAT_WAITS = """
select exists (select from notifications_outgoingmail where sent_at is null and gave_up_at is null and due_at < %s)
    or coalesce((select max(due_at) from notifications_jobrun) < %s, false)
"""
LONGEST_WAIT_OF_A_MAIL = datetime.timedelta(minutes=15)
LONGEST_PAUSE_OF_JOBS = datetime.timedelta(hours=26)


@non_atomic_requests
@require_safe
def live(request: HttpRequest) -> HttpResponseBase:
    """The process answers; nothing is asked of the database, whose absence no restart of the process would mend."""
    return answer("ok", 200)


@non_atomic_requests
@require_safe
def ready(request: HttpRequest) -> HttpResponseBase:
    """The database answers, has every migration and trigger of this code, and row-level security binds this process.

    A replica that is away or behind is said, and so are jobs that nobody runs: neither is a reason to send nobody here.
    """
    try:
        is_ready = database_is_as_the_code_wants()
        beside = [replica.state(), jobs_that_wait()] if is_ready else []
    except DatabaseError:
        is_ready = False
    return answer(", ".join(["ok", *filter(None, beside)]), 200) if is_ready else answer("ikke klar", 503)


def jobs_that_wait() -> str:
    """Whether mails have waited for more than a quarter of an hour, or no daily job has run for more than a day."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(WHAT_WAITS, [now - LONGEST_WAIT_OF_A_MAIL, now - LONGEST_PAUSE_OF_JOBS])
        return "mails og job venter" if cursor.fetchone() == (True,) else ""


def database_is_as_the_code_wants() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WHAT_IS_THERE, [A_TABLE_WITH_POLICIES, list(trigger_files.KINDS)])
        policies, is_bound, migrations, made = cursor.fetchone()
    fingerprint, needed = wanted()
    is_built = (policies or "").startswith(f"policies {fingerprint} ") and needed <= set(migrations)
    return bool(is_bound and is_built and made == [trigger_files.fingerprint(kind) for kind in trigger_files.KINDS])


@functools.cache
def wanted() -> tuple[str, set[str]]:
    """The fingerprint of the row policies, and the last migration of each app, as this process's code has them."""
    leaves = MigrationLoader(None).graph.leaf_nodes()
    return plan().fingerprint, {f"{app}.{name}" for app, name in leaves}


def answer(word: str, status: int) -> HttpResponse:
    """Nothing that tells a stranger what is wrong, or what runs here."""
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8")


VIEWS: dict[str, View] = {"/health/live/": live, "/health/ready/": ready}


class HealthMiddleware:
    """Answers before host names and sessions are asked about: a load balancer calls each machine by its number."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return VIEWS.get(request.path_info, self.get_response)(request)
