"""The two database roles of who is let in: each reaches users and memberships, and of students who they are, no more.

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

    from laereplads.accounts.models import User
    from laereplads.accounts.sign_in.claims import SignIn

USER_ADMINISTRATOR = "user_administrator"
SIGN_IN = "sign_in"
SETTINGS = ("app.secret_hash", "app.issuer", "app.subject", "app.uniid", "app.user_id")
SAY = f"select {', '.join(f"set_config('{name}', %s, true)" for name in SETTINGS)}"


@contextmanager
def as_sign_in(sign_in: SignIn | None = None, *, secret_hash: str = "", known: User | None = None) -> Iterator[None]:
    """Let one transaction reach what concerns who signed in, and the invitation with that hash; nobody else's.

    `known` is the user who has the login already, or who is logged in: nobody else but a new user is given anything.
    """
    said = [secret_hash, *((sign_in.issuer, sign_in.subject, sign_in.uniid) if sign_in else ("", "", ""))]
    with transaction.atomic(), acting_as(SIGN_IN, membership=None, company=None, school=None, student=None):
        say([*said, str(known.pk) if known else ""])
        try:
            yield
        finally:
            if not connection.needs_rollback:
                say([""] * len(SETTINGS))


def say(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SAY, values)
