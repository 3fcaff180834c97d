"""What somebody learns who guesses: not whether an address is known, and never more than five passwords or codes."""

from __future__ import annotations

import itertools
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from laereplads.accounts.models import User
from tests.benchmark.login import Command as MeasureLogin
from tests.factories import MembershipFactory, UserFactory
from tests.second_factor import app_of

PASSWORD = "elleve små grise"
LOGIN, FORGOTTEN, SECOND_STEP = (
    reverse(name) for name in ("account_login", "account_reset_password", "mfa_authenticate")
)


def known():
    MembershipFactory(company_staff=True, user__email="kendt@test.example", user__password=PASSWORD)
    return "kendt@test.example"


def unknown():
    return "ukendt@test.example"


def closed():
    UserFactory(email="lukket@test.example", password=PASSWORD, is_active=False)
    return "lukket@test.example"


def invited():
    User.objects.create_user("ny@test.example", "Ny Bruger")
    return "ny@test.example"


def with_second_step():
    membership = MembershipFactory(administrator=True, user__email="ida@test.example", user__password=PASSWORD)
    app_of(membership.user)
    return "ida@test.example"


ADDRESSES = itertools.count(1)
EVERYBODY = (known, unknown, closed, invited, with_second_step)


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords were hashed: all that takes time worth measuring."""
    counted = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: (counted.append(1), encode(*given))[1])
    return counted


def work_of(hashes, address, form):
    """What an answer shows and costs: status, text, where it leads, statements by kind, hashes and mails."""
    hashes.clear()
    mails = len(mail.outbox)
    # From an address of its own: who comes again finds counters that the first had to make.
    client = Client(REMOTE_ADDR=f"203.0.113.{next(ADDRESSES)}")
    with CaptureQueriesContext(connection) as queries:
        response = client.post(address, form)
    text = strip_tags(response.content.decode().partition("<main")[2]).replace(next(iter(form.values())), "")
    statements = [re.sub(r"\d+", "", query["sql"].split("WHERE")[0])[:50] for query in queries]
    return {
        "status": response.status_code,
        "leads to": response.headers.get("Location"),
        "text": text,
        "cookies": sorted(client.cookies),
        "statements": statements,
        "hashes": len(hashes),
        "mails": len(mail.outbox) - mails,
    }


@pytest.mark.django_db
def test_a_wrong_password_costs_and_shows_the_same_for_everybody(hashes):
    work = [work_of(hashes, LOGIN, {"login": who(), "password": "forkert"}) for who in EVERYBODY]

    assert work[0]["hashes"] == 1
    assert work[0]["status"] == 422
    for each in work:
        assert each == work[0]


@pytest.mark.django_db
def test_a_forgotten_password_shows_the_same_for_everybody_and_sends_each_a_mail(hashes):
    work = [work_of(hashes, FORGOTTEN, {"email": who()}) for who in EVERYBODY]

    assert work[0]["mails"] == 1
    assert work[0]["status"] == 302
    for each in work:
        assert each == work[0]


@pytest.mark.django_db
def test_guessing_at_many_addresses_forgets_none():
    """The counters of one address outlive those of a thousand others."""
    known()
    client = Client()
    for _ in range(5):
        client.post(LOGIN, {"login": "kendt@test.example", "password": "forkert"})
    cache.set_many({f"guess-{number}": number for number in range(1000)}, timeout=600)

    refused = Client(REMOTE_ADDR="203.0.113.7").post(LOGIN, {"login": "kendt@test.example", "password": PASSWORD})

    assert "Vent fem minutter" in refused.content.decode()


def at_once(number, send):
    """Send from `number` workers, each with a connection of its own, all at the same moment."""
    together = threading.Barrier(number)

    def worker(index):
        try:
            together.wait(timeout=60)
            return send(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(worker, range(number)))


@pytest.mark.django_db(transaction=True)
def test_of_many_passwords_at_once_five_are_looked_at(hashes):
    known()

    def guess(index):
        client = Client(REMOTE_ADDR=f"203.0.113.{index}")
        return client.post(LOGIN, {"login": "kendt@test.example", "password": f"forkert {index}"}).content.decode()

    hashes.clear()
    answers = at_once(12, guess)

    assert sum("er forkert. Prøv igen." in answer for answer in answers) == 5
    assert sum("Vent fem minutter" in answer for answer in answers) == 7
    assert len(hashes) == 5
    # From another worker, with its own connection: even the right one is refused now.
    (answer,) = at_once(1, lambda _: Client().post(LOGIN, {"login": "kendt@test.example", "password": PASSWORD}))
    assert answer.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_many_codes_at_once_five_are_looked_at():
    with_second_step()
    clients = [Client(REMOTE_ADDR=f"203.0.113.{index}") for index in range(8)]
    for client in clients:
        assert client.post(LOGIN, {"login": "ida@test.example", "password": PASSWORD}).url == SECOND_STEP

    answers = at_once(8, lambda index: clients[index].post(SECOND_STEP, {"code": "000000"}).content.decode())

    assert sum("Koden er forkert." in answer for answer in answers) == 5
    assert sum("Vent fem minutter" in answer for answer in answers) == 3


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5cevil.example/../..//evil.example",
    "http:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "\t//evil.example",
    "//testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://testserver@evil.example/",
    "http://testserver:80@evil.example/",
    "//[::1",
    "evil.example",
    "\x00//evil.example",
    "http://[evil",
]


@pytest.mark.django_db
@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("way", ["login", "admin", "second step", "language"])
def test_next_never_leaves_the_site(target, way):
    client = Client()
    email = known()
    form = {"login": email, "password": PASSWORD, "next": target}
    match way:
        case "login":
            response = client.post(LOGIN, form)
        case "admin":
            led = client.get("/admin/login/", {"next": target}).headers["Location"]
            assert led.startswith(LOGIN)
            response = client.post(led, {"login": email, "password": PASSWORD})
        case "second step":
            code = app_of(User.objects.get(email=email))
            client.post(LOGIN, form)
            response = client.post(SECOND_STEP, {"code": code()})
        case "language":
            response = client.post(reverse("choose_language"), {"language": "en", "next": target})

    where = response.headers["Location"]
    assert response.status_code == 302
    assert where.startswith("/") or where == "evil.example"
    assert not where.startswith(("//", "/\\"))
    assert not set(where) & set("\\\t\r\n\0")


@pytest.mark.django_db
def test_the_time_of_each_answer_is_measured_and_nothing_is_left_behind(capsys):
    call_command(MeasureLogin(), rounds=1)

    measured = re.findall(r"^  (\w[\w ]*?) +\d+,\d ms$", capsys.readouterr().out, re.MULTILINE)
    assert measured == ["kendt", "ukendt", "lukket", "uden adgangskode"] * 2
    assert not User.objects.exists()
