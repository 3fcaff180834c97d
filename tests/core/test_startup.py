"""Production refuses to start when something is wrong, and says what."""

from __future__ import annotations

import base64
import json
import os
import re
import runpy
import secrets
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg.conninfo import make_conninfo

from laereplads.startup import DEMO_KEYS, OTHER_PUBLISHED_KEYS, is_easy_to_guess, is_no_chance
from tests.factories import MembershipFactory
from tests.production_environment import fernet_key, production_environment

START = "import laereplads.wsgi; print('Portalen er startet.')"
LOCAL = "kun-til-proeve-paa-denne-maskine"
REFUSED = "django.core.exceptions.ImproperlyConfigured: "


def start(script=START, **changed):
    """Start the portal with production's environment but for what is `changed`; None takes a variable away."""
    here = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG"}}
    environment = {**here, **production_environment(), "DJANGO_SETTINGS_MODULE": "laereplads.settings", **changed}
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


def guessed(name):
    return f"{name} er for nem at gætte. Lav en ny, som docs/starting.md viser."


def easy(name, shortest):
    return f"{name} er for nem at gætte. Den skal være mindst {shortest} tilfældige tegn."


def shared(one, other):
    return f"{one} og {other} er den samme nøgle. Lav en til hver, som docs/starting.md viser."


def no_host(host):
    return f"ALLOWED_HOSTS er {host}. Skriv kun værtsnavne, uden https:// og port, og med komma imellem."


WHERE_IT_IS = "Skriv https:// og et af værtsnavnene i ALLOWED_HOSTS."
WILD = "ALLOWED_HOSTS må ikke være * eller tom. Skriv portalens egne værtsnavne."
NO_CHANCE = [
    base64.urlsafe_b64encode(made_of).decode()
    for made_of in (
        bytes(32),
        b"\xff" * 32,
        bytes(range(32)),
        bytes(range(200, 168, -1)),
        b"\x01\x80" * 16,
        b"hemmelig" * 4,
    )
]
EASY = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "01234567890123456789012345678901234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm1234567890qwertyuiopasdfghjkl",
    "zyxwvutsrqponmlkjihgfedcba9876543210zyxwvutsrqponmlkjih",
    "hemmelignoegle" * 4,
    "changeme" * 8,
    "a" * 60,
]
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
    ({"ALLOWED_HOSTS": "*"}, WILD),
    *(
        ({"PORTAL_ADDRESS": address}, f"PORTAL_ADDRESS er {address}. {WHERE_IT_IS}")
        for address in (
            *(
                "http://portal.example",
                "portal.example",
                "https://andre.example",
                "https://portal.example.andre.example",
            ),
            *("https://portal.example/", "https://portal.example:x", "https://andre.example@portal.example"),
        )
    ),
    ({"ALLOWED_HOSTS": "portal.example,"}, WILD),
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


# As good as chance, and the same in each process of the tests.
FERNET, OTHER_FERNET = (base64.urlsafe_b64encode(sha256(word).digest()).decode() for word in (b"one", b"other"))
LONG = sha256(b"long").hexdigest()
WRONG += [
    # Known to everybody, wherever it stands.
    *(({name: f"{FERNET},{DEMO_KEYS[name]}"}, known(name)) for name in ("APPLICANT_KEYS", "SECOND_FACTOR_KEYS")),
    ({"APPLICANT_KEYS": DEMO_KEYS["SECOND_FACTOR_KEYS"]}, known("APPLICANT_KEYS")),
    ({"APPLICANT_KEYS": DEMO_KEYS["APPLICANT_KEYS"].rstrip("=") + "=="}, known("APPLICANT_KEYS")),
    ({"SECRET_KEY": "opdigtet-0123456789-abcdefghijklmnopqrstuvwxyz-kun-til-kontrol"}, known("SECRET_KEY")),
    ({"APPLICANT_FINGERPRINT_KEY": "opdigtet-kun-til-kontrol"}, known("APPLICANT_FINGERPRINT_KEY")),
    ({"DATABASE_WEB_PASSWORD": DEMO_KEYS["APPLICANT_FINGERPRINT_KEY"]}, known("DATABASE_WEB_PASSWORD")),
    ({"DATABASE_JOBS_PASSWORD": DEMO_KEYS["APPLICANT_FINGERPRINT_KEY"]}, known("DATABASE_JOBS_PASSWORD")),
    # No chance in it.
    *(({name: key}, guessed(name)) for name in ("APPLICANT_KEYS", "SECOND_FACTOR_KEYS") for key in NO_CHANCE),
    ({"APPLICANT_KEYS": f"{FERNET},{NO_CHANCE[0]}"}, guessed("APPLICANT_KEYS")),
    *(({"SECRET_KEY": key}, easy("SECRET_KEY", 50)) for key in EASY),
    # One for two purposes.
    *(
        ({one: key, other: key}, shared(one, other))
        for one, other, key in [
            ("SECRET_KEY", "APPLICANT_FINGERPRINT_KEY", LONG),
            ("SECRET_KEY", "DATABASE_WEB_PASSWORD", LONG),
            ("APPLICANT_KEYS", "SECOND_FACTOR_KEYS", FERNET),
            ("APPLICANT_KEYS", "APPLICANT_FINGERPRINT_KEY", FERNET),
        ]
    ),
    (
        {"APPLICANT_KEYS": f"{FERNET},{OTHER_FERNET}", "SECOND_FACTOR_KEYS": OTHER_FERNET},
        shared("APPLICANT_KEYS", "SECOND_FACTOR_KEYS"),
    ),
    # No names of hosts.
    *(({"ALLOWED_HOSTS": hosts}, WILD) for hosts in ("*.example", "portal.example,*.example", ".example", "por*.dk")),
    *(
        ({"ALLOWED_HOSTS": host}, no_host(host))
        for host in ("https://portal.example", "portal.example:443", " portal.example", "portal.example/", "-a.dk")
    ),
    # Switches, numbers and addresses that say nothing.
    *(
        ({name: value}, f"{name} er {value}. Skriv 1 for ja, eller fjern variablen.")
        for name in ("DEMO", "DEBUG", "BEHIND_TLS_PROXY", "DATABASE_POOLED", "EMAIL_USE_TLS")
        for value in ("true", "yes", "ja", "01", " 1", "2")
    ),
    *(
        ({name: value}, f"{name} er {value}. Skriv et tal fra 1 til 65535.")
        for name in ("EMAIL_PORT", "HEALTH_PORT")
        for value in ("abc", "0", "-25", "65536", "2 5", "٢٥", "25.0")
    ),
    *(
        ({name: value}, f"{name} kan ikke læses. Skriv postgresql://bruger:adgangskode@maskine:port/database.")
        for name in ("DATABASE_URL", "DATABASE_REPLICA_URL")
        for value in ("portal", "mysql://a:b@c/d", "postgresql://a:hemmelig@b:c:d/e?hvad=ja")
    ),
    *(
        ({"AUTHORITY_CVR": value}, f"AUTHORITY_CVR er {value}. Skriv myndighedens CVR-nummer med 8 cifre.")
        for value in ("12345678", "1234567", "DK99100001")
    ),
    *(
        ({"AUTHORITY_EMAIL": value}, "AUTHORITY_EMAIL er ingen e-mailadresse. Portalen sender sine mails fra den.")
        for value in ("support", "a@b", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example")
    ),
    *(
        (
            {"DATA_PROTECTION_EMAIL": value},
            "DATA_PROTECTION_EMAIL er ingen e-mailadresse. Siden om behandling af oplysninger viser den.",
        )
        for value in ("dpo", "a@b", "a@b.example, c@d.example")
    ),
    *(
        ({"INFORMATION_PAGE": value}, f"INFORMATION_PAGE er {value}. Skriv en adresse, der begynder med https://.")
        for value in ("www.uvm.dk", "http://www.uvm.dk/", "javascript:alert(1)", "https://", "https://uvm.dk/en side")
    ),
    *(
        ({"HEALTH_ADDRESS": value}, f"HEALTH_ADDRESS er {value}. Skriv en IPv4-adresse, fx 127.0.0.1.")
        for value in ("abc", "localhost", "::1", "127.0.0.1:8001", "256.0.0.1")
    ),
]


def broker(**changed):
    """BROKERS with one broker, but for what is `changed`: tests/sign_in/test_configuration.py tries all of it."""
    fields = {
        "adapter": "idura",
        "scheme": "mitid",
        "label": "MitID",
        "client_id": "portal",
        "client_secret": "en nøgle",
    }
    return {"BROKERS": json.dumps({"mitid": {"issuer": "https://broker.example", **fields, **changed}})}


NO_JSON = "BROKERS kan ikke læses. Skriv den som JSON, som docs/starting.md viser."
UNKNOWN_SCHEME = "BROKERS: scheme for »mitid« skal være en af mitid_erhverv, mitid."
HERE = "BROKERS: issuer for »mitid« er på denne maskine. Det er kun til prøver."
IN_THE_DEMO = {"DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1"}
WRONG += [
    *(({"BROKERS": text}, NO_JSON) for text in ("{", "[" * 100_000)),
    ({"BROKERS": "{", **IN_THE_DEMO}, NO_JSON),
    (broker(scheme="unilogin"), UNKNOWN_SCHEME),
    (broker(scheme="unilogin") | IN_THE_DEMO, UNKNOWN_SCHEME),
    (broker(issuer="http://broker.example"), "BROKERS: issuer for »mitid« skal begynde med https://."),
    (broker(issuer="https://127.0.0.1:9100"), HERE),
    ({"SECRET_KEY": LONG, **broker(client_secret=LONG)}, shared("SECRET_KEY", "BROKERS")),
    (broker(client_secret=DEMO_KEYS["APPLICANT_FINGERPRINT_KEY"]), known("BROKERS")),
]


def read_settings(monkeypatch, **changed):
    """The settings as a process with production's environment would have them, but for what is `changed`."""
    for name in ("DEMO", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**production_environment(), **changed}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return runpy.run_path(str(settings.BASE_DIR / "laereplads" / "settings.py"))


@pytest.mark.parametrize(("changed", "message"), WRONG, ids=lambda value: "" if isinstance(value, str) else str(value))
def test_the_portal_does_not_start(monkeypatch, changed, message):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(monkeypatch, **changed)
    assert str(refused.value) == message


def test_the_demo_may_have_its_broker_on_this_machine(monkeypatch):
    here = broker(issuer="http://127.0.0.1:9100")

    assert read_settings(monkeypatch, **here, **IN_THE_DEMO)["BROKERS"]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"BEHIND_TLS_PROXY": "0", "ALLOWED_HOSTS": "portal.example,192.0.2.1,[::1]"},
        broker(),
    ],
)
def test_what_is_right_is_let_through(monkeypatch, changed):
    assert not read_settings(monkeypatch, **changed)["LOCAL"]


@pytest.mark.parametrize(
    "name", re.findall(r'(?:text|port|flag)\("(\w+)"', (settings.BASE_DIR / "laereplads" / "settings.py").read_text())
)
def test_an_empty_variable_is_none(monkeypatch, name):
    """As docker compose hands on what nobody has set."""
    unset, empty = read_settings(monkeypatch, **{name: None}), read_settings(monkeypatch, **{name: ""})
    for setting in ("PORTAL_TEXTS", "AUTHORITY_EMAIL", "DATA_PROTECTION_EMAIL", "MAILERS", "HEALTH_ADDRESS", "DEMO"):
        assert empty[setting] == unset[setting]


def test_keys_of_chance_are_never_refused():
    for _time in range(2000):
        assert not is_easy_to_guess(secrets.token_urlsafe(50), 50)
        assert not is_easy_to_guess(secrets.token_hex(32), 50)
        assert not is_easy_to_guess(secrets.token_urlsafe(32), 20)
        assert not is_no_chance(fernet_key())


def test_the_process_stops_and_says_why_last():
    assert refusal(start(SECRET_KEY="kort")) == easy("SECRET_KEY", 50)


def test_the_tests_own_keys_are_none_that_are_published():
    keys = set(production_environment().values())

    assert keys.isdisjoint({*DEMO_KEYS.values(), *OTHER_PUBLISHED_KEYS})


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


def no_role(name, what, variable="DATABASE_URL"):
    return f"Webprocessen logger ind i databasen som {name}, der {what}. Brug laereplads_web i {variable}."


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
def test_the_portal_does_not_start_with_a_replica_as_its_owner():
    """Nor with any login of power there: a copy holds what the original holds."""
    name = f"proeve_kopi_{os.getpid()}"
    with role(name, "superuser") as url:
        done = start(DATABASE_URL=url_of("laereplads_web"), DATABASE_REPLICA_URL=url)
    assert refusal(done) == no_role(name, "er superbruger", "DATABASE_REPLICA_URL")


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
    """A real process with production's settings, and a login through them: with the password that breaks the glass."""
    membership = MembershipFactory(administrator=True, user__email="else@test.example", user__is_break_glass=True)
    membership.user.password = Argon2PasswordHasher().encode("elleve små grise", "salt-nok-til-det")
    membership.user.save()
    done = start(LOG_IN, DATABASE_URL=url_of("laereplads_web"))

    assert done.returncode == 0, done.stderr
    cookies = [line.split("; ") for line in done.stdout.splitlines()]
    assert {name.partition("=")[0] for name, *_parts in cookies} == {
        "__Host-csrftoken",
        "__Host-sessionid",
        "__Host-language",
        "__Host-kendt",
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


def manage(*arguments, **changed):
    """The command line with nothing set but what is `changed`."""
    here = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**here, **changed},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["migrate"], ["import_roster", "fil.csv"], ["check"], ["no_such_command"]])
def test_a_command_without_settings_says_in_a_sentence_what_to_set(arguments):
    done = manage(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{missing('DATABASE_URL')}\n")


def test_a_command_with_a_wrong_setting_says_so_in_a_sentence():
    done = manage("migrate", **production_environment(), EMAIL_PORT="abc")

    assert (done.returncode, done.stderr) == (1, "EMAIL_PORT er abc. Skriv et tal fra 1 til 65535.\n")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "import_roster"),
        (["help"], "import_roster"),
        (["--help"], "import_roster"),
        (["help", "import_roster"], "usage: manage.py import_roster"),
        (["import_roster", "--help"], "usage: manage.py import_roster"),
        (["migrate", "-h"], "usage: manage.py migrate"),
        (["version"], "6.1"),
    ],
)
def test_help_always_works(arguments, word):
    """Whatever is set, or wrong, or missing."""
    for changed in ({}, {"EMAIL_PORT": "abc", "ALLOWED_HOSTS": "*", "DATABASE_URL": "x"}):
        done = manage(*arguments, **changed)

        assert (done.returncode, done.stderr) == (0, "")
        assert word in done.stdout
