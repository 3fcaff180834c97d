"""How it is logged who is shown which students."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from laereplads.database.compiled_queries import server_prepared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from laereplads.access.models import Membership
    from laereplads.access_log.purposes import Purpose

# Plain SQL: Django would ask for the new row's id, which those who write it may not read.
INSERT = """
insert into access_log_accesslogentry (at, membership_id, company_id, school_id, purpose, students, request)
values (
    %s, %s::bigint, %s::bigint, %s::bigint, %s, %s::bigint[], nullif(current_setting('app.request_id', true), '')::uuid
)
"""


def log_access(membership: Membership, purpose: Purpose, students: Iterable[int]) -> None:
    """Log in this transaction that `membership` is shown the students with these ids; nothing if there are none."""
    shown = sorted(set(students))
    if shown:
        whose = [membership.pk, membership.company_id, membership.school_id]
        with server_prepared(connection), connection.cursor() as cursor:
            cursor.execute(INSERT, [timezone.now(), *whose, str(purpose), shown])
