"""Production refuses to start when something is wrong, and says what: each case is a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.factories import MembershipFactory

START = "import laereplads.wsgi; print('Portalen er startet.')"
LOCAL = "kun-til-proeve-paa-denne-maskine"
REFUSED = "django.core.exceptions.ImproperlyConfigured: "


def production() -> dict[str, str]:
    lines = (settings.BASE_DIR / "tests" / "production.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def start(script=START, **changed):
    """Start the portal with production's environment but for what is `changed`; None takes a variable away."""
    here = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG"}}
    environment = {**here, **production(), "DJANGO_SETTINGS_MODULE": "laereplads.settings", **changed}
    environment = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refusal(done):
    assert done.returncode == 1
    assert "startet" not in done.stdout
    return done.stderr.splitlines()[-1].removeprefix(REFUSED)


def missing(name):
    return f"Sæt miljøvariablen {name}, eller sæt DEMO=1 for at prøve portalen med opdigtede personer."


def known(name):
    return f"{name} har prøveportalens værdi, som alle kender. Lav en ny, som docs/starting.md viser."


REQUIRED = [
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "APPLICANT_KEYS",
    "APPLICANT_FINGERPRINT_KEY",
    "SECOND_FACTOR_KEYS",
]
WRONG = [
    *(({name: None}, missing(name)) for name in REQUIRED),
    ({"SECRET_KEY": f"{LOCAL}-" * 2}, known("SECRET_KEY")),
    ({"APPLICANT_KEYS": "a3VuLXRpbC1wcm9ldmUtcGFhLWRlbm5lLW1hc2tpbmU="}, known("APPLICANT_KEYS")),
    ({"SECOND_FACTOR_KEYS": "a3VuLXRpbC1wcm9ldmUtdG8tdHJpbi1sb2dpbi4uLi4="}, known("SECOND_FACTOR_KEYS")),
    ({"APPLICANT_FINGERPRINT_KEY": LOCAL}, known("APPLICANT_FINGERPRINT_KEY")),
    ({"SECRET_KEY": "kort"}, "SECRET_KEY er for nem at gætte. Den skal være mindst 50 tilfældige tegn."),
    ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY er for nem at gætte. Den skal være mindst 50 tilfældige tegn."),
    (
        {"APPLICANT_FINGERPRINT_KEY": "kort"},
        "APPLICANT_FINGERPRINT_KEY er for nem at gætte. Den skal være mindst 20 tilfældige tegn.",
    ),
    (
        {"APPLICANT_KEYS": "x" * 44},
        "APPLICANT_KEYS skal være Fernet-nøgler med komma imellem. docs/starting.md viser, hvordan du laver en.",
    ),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS må ikke være * eller tom. Skriv portalens egne værtsnavne."),
    ({"ALLOWED_HOSTS": "portal.example,"}, "ALLOWED_HOSTS må ikke være * eller tom. Skriv portalens egne værtsnavne."),
    (
        {"DEMO": "1"},
        "DEMO=1 er kun til prøver på denne maskine, men ALLOWED_HOSTS er portal.example. Fjern en af dem.",
    ),
    (
        {"DEBUG": "1"},
        "DEBUG=1 er kun til prøver på denne maskine, men ALLOWED_HOSTS er portal.example. Fjern en af dem.",
    ),
    (
        {"DEMO": "1", "DEBUG": "1", "ALLOWED_HOSTS": "localhost", "BEHIND_TLS_PROXY": "1"},
        "DEMO=1 og DEBUG=1 er kun til prøver på denne maskine, men BEHIND_TLS_PROXY er 1. Fjern en af dem.",
    ),
]


@pytest.mark.parametrize(("changed", "message"), WRONG, ids=lambda value: "" if isinstance(value, str) else str(value))
def test_the_portal_does_not_start(changed, message):
    assert refusal(start(**changed)) == message


@contextmanager
def role(name, attributes):
    """A role of the test server, and how to log in as it to the test database."""
    with connection.cursor() as cursor:
        cursor.execute(f"create role {name} login {attributes}")
    try:
        yield url_of(name)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"drop owned by {name}; drop role {name}")


def url_of(name):
    parameters = connection.get_connection_params()
    return make_conninfo(
        host=parameters["host"], port=parameters.get("port"), user=name, dbname=connection.settings_dict["NAME"]
    )


def no_role(name, what):
    return f"Webprocessen logger ind i databasen som {name}, der {what}. Brug laereplads_web i DATABASE_URL."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("attributes", "what"),
    [
        ("superuser", "er superbruger"),
        ("bypassrls", "går uden om rækkernes sikkerhed"),
        ("createrole", "må oprette roller"),
    ],
)
def test_the_portal_does_not_start_as_a_role_with_power(attributes, what):
    name = f"proeve_{attributes}_{os.getpid()}"
    with role(name, attributes) as url:
        assert refusal(start(DATABASE_URL=url)) == no_role(name, what)


@pytest.mark.django_db(transaction=True)
def test_the_portal_does_not_start_as_the_owner_of_a_table():
    name = f"proeve_ejer_{os.getpid()}"
    with role(name, "") as url:
        with connection.cursor() as cursor:
            cursor.execute(f"grant create on schema public to {name}; set role {name}")
            cursor.execute("create table proeve_ejet (id int); reset role")
        assert refusal(start(DATABASE_URL=url)) == no_role(name, "ejer portalens tabeller")


@pytest.mark.django_db(transaction=True)
def test_taking_on_the_plain_role_does_not_hide_the_real_one():
    name = f"proeve_skjult_{os.getpid()}"
    with role(name, "superuser") as url:
        hidden = f"{url} options='-c role=laereplads_web'"
        assert refusal(start(DATABASE_URL=hidden)) == no_role(name, "er superbruger")


@pytest.mark.django_db(transaction=True)
def test_the_portal_starts_as_the_plain_role():
    done = start(DATABASE_URL=url_of("laereplads_web"))

    assert (done.returncode, done.stdout) == (0, "Portalen er startet.\n")


def test_the_portal_starts_while_the_database_is_away_and_looks_later():
    """The connection that comes later is looked at, too; until then every page is a 503."""
    done = start(DATABASE_URL="postgresql://laereplads_web@127.0.0.1:1/portal")

    assert (done.returncode, done.stdout) == (0, "Portalen er startet.\n")
    assert "Databasen kan ikke nås endnu." in done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_comes_later_is_looked_at_too():
    name = f"proeve_senere_{os.getpid()}"
    later = (
        f"{START}\nfrom django.db import connection\nconnection.close()\nconnection.settings_dict['USER'] = '{name}'"
    )
    ask = "\nconnection.cursor()"
    with role(name, "superuser"):
        done = start(later + ask, DATABASE_URL=url_of("laereplads_web"))

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == REFUSED + no_role(name, "er superbruger")


LOG_IN = """
import laereplads.wsgi
from django.test import Client
client = Client(headers={"host": "portal.example"})
answers = [
    client.post("/log-ind/", {"login": "else@test.example", "password": "elleve små grise"}, secure=True),
    client.post("/sprog/", {"language": "en"}, secure=True),
]
assert [answer.status_code for answer in answers] == [302, 302], answers
for answer in answers:
    for cookie in answer.cookies.values():
        print(cookie.OutputString())
"""


@pytest.mark.django_db(transaction=True)
def test_productions_cookies_are_bound_to_the_host_and_out_of_reach():
    """A real process with production's settings, and a login through them."""
    membership = MembershipFactory(company_staff=True, user__email="else@test.example")
    membership.user.password = Argon2PasswordHasher().encode("elleve små grise", "salt-nok-til-det")
    membership.user.save()
    done = start(LOG_IN, DATABASE_URL=url_of("laereplads_web"))

    assert done.returncode == 0, done.stderr
    cookies = [line.split("; ") for line in done.stdout.splitlines()]
    assert {name.partition("=")[0] for name, *_parts in cookies} == {
        "__Host-csrftoken",
        "__Host-sessionid",
        "__Host-language",
    }
    for _name, *parts in cookies:
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(parts)
        assert not any(part.startswith("Domain") for part in parts)
    # The session's own ends with the browser, as far as the browser is asked.
    (session,) = [parts for name, *parts in cookies if name.startswith("__Host-sessionid")]
    assert not any(part.lower().startswith(("max-age", "expires")) for part in session)


ASK_FIRST = """
import sys
import laereplads.wsgi
from django.template import Template
from django.template.loader import get_template
from django.test import Client
laereplads.wsgi.read_ahead()
known = set(sys.modules)
Template.__init__ = lambda *given: sys.exit("Siden bliver først læst nu.")
get_template("account/login.html"), get_template("companies/assessment_list.html"), get_template("503.html")
answer = Client(headers={"host": "portal.example"}).post("/sprog/", {"language": "en"}, secure=True)
print(answer.status_code, sorted(name for name in set(sys.modules) - known if name.startswith("laereplads")))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_has_nothing_left_to_read_when_the_first_one_asks():
    """Or its first answer would take half a second longer: with PostgreSQL away, too long."""
    done = start(ASK_FIRST, DATABASE_URL=url_of("laereplads_web"))

    assert done.stdout == "302 []\n", done.stderr
