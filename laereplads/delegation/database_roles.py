"""The two database roles of who is let in: each reaches users and memberships, and no student's data.

Pages about users act as USER_ADMINISTRATOR for the organisation of the acting membership. Who is nobody yet takes an
invitation or asks for access as SIGN_IN, which may make only what an invitation names.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

from laereplads.database.identity import acting_as

if TYPE_CHECKING:
    from collections.abc import Iterator

USER_ADMINISTRATOR = "user_administrator"
SIGN_IN = "sign_in"


@contextmanager
def as_sign_in(*, secret_hash: str = "", uniid: str = "", school: int | None = None) -> Iterator[None]:
    """Let one transaction reach the invitation with that hash, or the student with that `uniid`, and no other."""
    with transaction.atomic(), acting_as(SIGN_IN, membership=None, company=None, school=school, student=None):
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('app.secret_hash', %s, true), set_config('app.uniid', %s, true)",
                [secret_hash, uniid],
            )
        try:
            yield
        finally:
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("select set_config('app.secret_hash', '', true), set_config('app.uniid', '', true)")
