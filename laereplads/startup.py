"""What the portal refuses to start with, in Danish words that say what to set. `docs/starting.md` has the table."""

from __future__ import annotations

import base64
import functools
import ipaddress
import itertools
import logging
import re
import string
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError
from stdnum.dk import cvr

from laereplads.accounts.sign_in.configuration import WrongBrokers, read_brokers, wrong_for_production

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}
# What the demo runs with. Everybody knows them.
DEMO_KEYS = {
    "SECRET_KEY": "kun-til-proeve-paa-denne-maskine-" * 2,
    "APPLICANT_KEYS": "a3VuLXRpbC1wcm9ldmUtcGFhLWRlbm5lLW1hc2tpbmU=",
    "APPLICANT_FINGERPRINT_KEY": "kun-til-proeve-paa-denne-maskine",
    "SECOND_FACTOR_KEYS": "a3VuLXRpbC1wcm9ldmUtdG8tdHJpbi1sb2dpbi4uLi4=",
}
# Earlier versions were checked with these, and anybody can read them there.
OTHER_PUBLISHED_KEYS = {
    "opdigtet-0123456789-abcdefghijklmnopqrstuvwxyz-kun-til-kontrol",
    "b3BkaWd0ZXQtMDEyMzQ1Njc4OS1rdW4tdGlsLWtvbnQ=",
    "opdigtet-kun-til-kontrol",
    "b3BkaWd0ZXQtOTg3NjU0MzIxMC1rdW4tdGlsLWtvbnQ=",
}
SHORTEST = {"SECRET_KEY": 50, "APPLICANT_FINGERPRINT_KEY": 20}
LISTS_OF_FERNET_KEYS = ("APPLICANT_KEYS", "SECOND_FACTOR_KEYS")
# Of a key drawn by chance nearly every sign says something that those before it do not.
SHARE_THAT_SAYS_SOMETHING = 0.6
# Signs that people type one after the other.
ROWS = (string.ascii_lowercase, string.digits, "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
NEIGHBOURS = {frozenset(pair) for row in ROWS for pair in itertools.pairwise(row)}
# Of 32 bytes drawn by chance there are about 29; fewer than 16 happen to nobody.
FEWEST_DIFFERENT_STEPS = 16
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII | re.IGNORECASE)
ORIGIN = re.compile(r"https://(?P<name>[^\s/?#@:]+|\[[^\]]+\])(:\d{1,5})?")
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
WEB_PAGE = re.compile(r"https://[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?")

LOGIN_ROLE = """
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


PROCESSES = {"web": "Webprocessen", "jobs": "Jobprocessen"}
# Where each connection's login is set.
VARIABLES = {"default": "DATABASE_URL", "replica": "DATABASE_REPLICA_URL"}


def refuse_wrong_settings(settings: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured with the first thing that is wrong with `settings`."""
    problem = next(problems(settings), None)
    if problem:
        raise ImproperlyConfigured(problem)


def problems(settings: Mapping[str, Any]) -> Iterator[str]:
    yield from wrong_brokers(settings)
    if settings["LOCAL"]:
        yield from reached_from_outside(settings)
        return
    yield from wrong_hosts(settings["ALLOWED_HOSTS"])
    host = ORIGIN.fullmatch(settings["PORTAL_ADDRESS"])
    if not host or host["name"] not in settings["ALLOWED_HOSTS"]:
        yield (f"PORTAL_ADDRESS er {settings['PORTAL_ADDRESS']}. Skriv https:// og et af værtsnavnene i ALLOWED_HOSTS.")
    yield from wrong_addresses(settings)
    number = settings["AUTHORITY_CVR"]
    if number and not (number.isdecimal() and cvr.is_valid(number)):
        yield f"AUTHORITY_CVR er {number}. Skriv myndighedens CVR-nummer med 8 cifre."
    yield from published(settings)
    for name, shortest in SHORTEST.items():
        if is_easy_to_guess(settings[name], shortest):
            yield f"{name} er for nem at gætte. Den skal være mindst {shortest} tilfældige tegn."
    for name in LISTS_OF_FERNET_KEYS:
        if not all(map(is_fernet_key, settings[name])):
            yield f"{name} skal være Fernet-nøgler med komma imellem. docs/starting.md viser, hvordan du laver en."
        elif any(map(is_no_chance, settings[name])):
            yield f"{name} er for nem at gætte. Lav en ny, som docs/starting.md viser."
    yield from shared(settings)


def wrong_addresses(settings: Mapping[str, Any]) -> Iterator[str]:
    if not EMAIL.fullmatch(settings["AUTHORITY_EMAIL"]):
        yield "AUTHORITY_EMAIL er ingen e-mailadresse. Portalen sender sine mails fra den."
    if not EMAIL.fullmatch(settings["DATA_PROTECTION_EMAIL"]):
        yield "DATA_PROTECTION_EMAIL er ingen e-mailadresse. Siden om behandling af oplysninger viser den."
    page = settings["PORTAL_TEXTS"]["information_page"]
    if not WEB_PAGE.fullmatch(page):
        yield f"INFORMATION_PAGE er {page}. Skriv en adresse, der begynder med https://."
    address = settings["HEALTH_ADDRESS"]
    if not is_ipv4(address):
        yield f"HEALTH_ADDRESS er {address}. Skriv en IPv4-adresse, fx 127.0.0.1."


def reached_from_outside(settings: Mapping[str, Any]) -> Iterator[str]:
    """A demo, or a developer's portal, that others than whoever sits at this machine would meet."""
    switches = " og ".join(f"{name}=1" for name in ("DEMO", "DEBUG") if settings[name])
    only_here = f"{switches} er kun til prøver på denne maskine"
    public = [host for host in settings["ALLOWED_HOSTS"] if host not in LOCAL_HOSTS]
    if public:
        yield f"{only_here}, men ALLOWED_HOSTS er {','.join(public)}. Fjern en af dem."
    if settings["SECURE_PROXY_SSL_HEADER"]:
        yield f"{only_here}, men BEHIND_TLS_PROXY er 1. Fjern en af dem."


def wrong_brokers(settings: Mapping[str, Any]) -> Iterator[str]:
    """Where people sign in: unreadable anywhere, or in production nothing that others could answer for."""
    try:
        found = read_brokers(settings["BROKERS"])
    except WrongBrokers as problem:
        yield str(problem)
        return
    if not settings["LOCAL"]:
        yield from filter(None, map(wrong_for_production, found.values()))


def wrong_hosts(hosts: list[str]) -> Iterator[str]:
    if any(not host or "*" in host or host.startswith(".") for host in hosts):
        yield "ALLOWED_HOSTS må ikke være * eller tom. Skriv portalens egne værtsnavne."
    for host in hosts:
        if not is_host(host):
            yield f"ALLOWED_HOSTS er {host}. Skriv kun værtsnavne, uden https:// og port, og med komma imellem."


def is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return bool(HOST.fullmatch(host))
    return True


def is_ipv4(address: str) -> bool:
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return True


def published(settings: Mapping[str, Any]) -> Iterator[str]:
    """Keys that stand in the code, each wherever it is used and in whatever place of a list."""
    known = {bare(key) for key in (*DEMO_KEYS.values(), *OTHER_PUBLISHED_KEYS)}
    for name, keys in keys_of(settings):
        if not known.isdisjoint(keys):
            yield f"{name} har prøveportalens værdi, som alle kender. Lav en ny, som docs/starting.md viser."


def shared(settings: Mapping[str, Any]) -> Iterator[str]:
    """A key that serves two purposes: whoever learns it for the one has it for the other."""
    for (one, its), (other, others) in itertools.combinations(keys_of(settings), 2):
        if not its.isdisjoint(others):
            yield f"{one} og {other} er den samme nøgle. Lav en til hver, som docs/starting.md viser."


def keys_of(settings: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Every secret that whoever runs the portal chooses, by the variable that holds it."""
    for name in DEMO_KEYS:
        keys = settings[name]
        yield name, set(map(bare, keys if isinstance(keys, list) else [keys]))
    for name in ("DATABASE_WEB_PASSWORD", "DATABASE_JOBS_PASSWORD"):
        if settings[name]:
            yield name, {bare(settings[name])}
    yield "BROKERS", {bare(broker.client_secret) for broker in read_brokers(settings["BROKERS"]).values()} - {""}


def bare(key: str) -> str:
    """The key without what base64 adds at its end and spells in two ways."""
    return key.rstrip("=").translate(str.maketrans("+/", "-_"))


def is_easy_to_guess(key: str, shortest: int) -> bool:
    """Whether `key` is short, repeats itself or follows rows of the alphabet, of digits or of the keyboard."""
    return len(key) < shortest or surprises(key) < SHARE_THAT_SAYS_SOMETHING * shortest


def surprises(text: str) -> int:
    """How often a sign does not follow from those before it: as the next of a row, the same again, or a repetition."""
    pairs = {pair for pair in itertools.pairwise(text.lower()) if len(set(pair)) > 1}
    return sum(1 for pair in pairs if frozenset(pair) not in NEIGHBOURS)


def is_no_chance(key: str) -> bool:
    """Whether a Fernet key is text, a sequence or a repetition, and no bytes that were drawn."""
    made_of = base64.urlsafe_b64decode(key)
    steps = {(after - before) % 256 for before, after in itertools.pairwise(made_of)}
    return (made_of.isascii() and made_of.decode().isprintable()) or len(steps) < FEWEST_DIFFERENT_STEPS


def is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def guard_the_database(role: str = "web") -> None:
    """Let no process of `role` work as one with power: row-level security binds neither owners nor superusers.

    Asked of every server once at the start and once for each new connection. One that is away now is asked when it is
    back.
    """
    from django.conf import settings
    from django.db import connections
    from django.db.backends.signals import connection_created

    if settings.LOCAL:
        return
    refuse = functools.partial(refuse_powerful_role, role=role)
    connection_created.connect(refuse, weak=False, dispatch_uid="refuse_powerful_role")
    for connection in connections.all():
        try:
            connection.ensure_connection()
        except OperationalError:
            logging.getLogger(__name__).warning("Databasen kan ikke nås endnu.")


def refuse_powerful_role(connection: BaseDatabaseWrapper, *, role: str, **_details: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOGIN_ROLE)
        login, *powers = cursor.fetchone()
    power = next((words for words, has_it in zip(POWERS, powers, strict=True) if has_it), None)
    if power:
        connection.close()
        variable = VARIABLES[connection.alias]
        process = PROCESSES[role]
        message = f"{process} logger ind i databasen som {login}, der {power}. Brug laereplads_{role} i {variable}."
        raise ImproperlyConfigured(message)
