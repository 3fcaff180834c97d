"""What the portal refuses to start with, in Danish words that say what to set. `docs/starting.md` has the table."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}
SHORTEST_SECRET_KEY = 50
SHORTEST_FINGERPRINT_KEY = 20
FEWEST_DIFFERENT_SIGNS = 10

WEB_ROLE = """
select rolname, rolsuper, rolbypassrls, rolcreaterole, exists (
    select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relowner = pg_roles.oid
) from pg_roles where rolname = session_user
"""
POWERS = (
    "er superbruger",
    "går uden om rækkernes sikkerhed",
    "må oprette roller",
    "ejer portalens tabeller",
)


def refuse_wrong_settings(settings: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured with the first thing that is wrong with `settings`."""
    problem = next(problems(settings), None)
    if problem:
        raise ImproperlyConfigured(problem)


def problems(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings["LOCAL"]:
        switches = " og ".join(f"{name}=1" for name in ("DEMO", "DEBUG") if settings[name])
        only_here = f"{switches} er kun til prøver på denne maskine"
        public = [host for host in settings["ALLOWED_HOSTS"] if host not in LOCAL_HOSTS]
        if public:
            yield f"{only_here}, men ALLOWED_HOSTS er {','.join(public)}. Fjern en af dem."
        if settings["SECURE_PROXY_SSL_HEADER"]:
            yield f"{only_here}, men BEHIND_TLS_PROXY er 1. Fjern en af dem."
        return
    hosts = settings["ALLOWED_HOSTS"]
    if any(host in {"", "*"} for host in hosts):
        yield "ALLOWED_HOSTS må ikke være * eller tom. Skriv portalens egne værtsnavne."
    yield from weak("SECRET_KEY", settings["SECRET_KEY"], SHORTEST_SECRET_KEY)
    yield from weak("APPLICANT_FINGERPRINT_KEY", settings["APPLICANT_FINGERPRINT_KEY"], SHORTEST_FINGERPRINT_KEY)
    for name in ("APPLICANT_KEYS", "SECOND_FACTOR_KEYS"):
        if not all(map(is_fernet_key, settings[name])):
            yield f"{name} skal være Fernet-nøgler med komma imellem. docs/starting.md viser, hvordan du laver en."


def weak(name: str, key: str, shortest: int) -> Iterator[str]:
    if len(key) < shortest or len(set(key)) < FEWEST_DIFFERENT_SIGNS:
        yield f"{name} er for nem at gætte. Den skal være mindst {shortest} tilfældige tegn."


def is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def guard_the_database() -> None:
    """Let no web process work as a role with power: row-level security binds neither owners nor superusers.

    Asked once at the start and once for each new connection. A server that is away now is asked when it is back.
    """
    from django.conf import settings
    from django.db import connection
    from django.db.backends.signals import connection_created

    if settings.LOCAL:
        return
    connection_created.connect(refuse_powerful_role, dispatch_uid="refuse_powerful_role")
    try:
        connection.ensure_connection()
    except OperationalError:
        logging.getLogger(__name__).warning("Databasen kan ikke nås endnu.")


def refuse_powerful_role(connection: BaseDatabaseWrapper, **_details: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WEB_ROLE)
        role, *powers = cursor.fetchone()
    power = next((words for words, has_it in zip(POWERS, powers, strict=True) if has_it), None)
    if power:
        connection.close()
        message = f"Webprocessen logger ind i databasen som {role}, der {power}. Brug laereplads_web i DATABASE_URL."
        raise ImproperlyConfigured(message)
