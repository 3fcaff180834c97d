"""The portal as production runs it: what it says of itself, and what happens while its database is away.

These tests wait for processes, so the clock runs; none of them asks what day it is.
"""

import re
import time

import psycopg
import pytest

from tests.core.test_headers import assert_carries_the_headers

FROM_HERE = {"method": "POST", "Origin": "https://portal.example", "Cookie": f"__Host-csrftoken={'x' * 32}"}
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
# Each is one that the portal answers in another place: before the host is known, in the redirect to https, in a static
# file, in a page, in the admin, before and in the check of the form's origin.
REQUESTS = {
    "live": (200, {"path": "/health/live/"}),
    "ready": (200, {"path": "/health/ready/"}),
    "live without https or a name": (200, {"path": "/health/live/", "https": False, "Host": "10.0.0.7:8000"}),
    "ready without https or a name": (200, {"path": "/health/ready/", "https": False, "Host": "10.0.0.7:8000"}),
    "login": (200, {"path": "/log-ind/"}),
    "behind the login": (302, {"path": "/frafaldsrisiko/"}),
    "part behind the login": (200, {"path": "/frafaldsrisiko/", "HX_Request": "true"}),
    "export": (302, {"path": "/afslag/registrerede/afslag.xlsx"}),
    "admin": (302, {"path": "/admin/"}),
    "admin's script": (302, {"path": "/admin/jsi18n/"}),
    "without https": (301, {"path": "/log-ind/", "https": False}),
    "foreign host": (400, {"path": "/", "Host": "evil.example"}),
    "foreign host without https": (400, {"path": "/", "https": False, "Host": "evil.example"}),
    "no form of ours": (403, {"path": "/log-ind/", "method": "POST", "body": "login=x"} | FORM),
    "too many fields": (400, {"path": "/log-ind/", "body": "a=&" * 1001} | FROM_HERE | FORM),
    "broken upload": (
        400,
        {"path": "/log-ind/", "body": "x", "Content_Type": "multipart/form-data"} | FROM_HERE,
    ),
    "unknown page": (404, {"path": "/findes/ikke/"}),
    "unknown file": (404, {"path": "/static/findes-ikke.css"}),
    "wrong method": (405, {"path": "/cookies/", "method": "OPTIONS"}),
    "static file": (200, {"path": "/static/css/portal.css"}),
}
SECRETS = ("Traceback", "django.", "gunicorn", "psycopg", "Python/", "select ", 'File "', "OperationalError")
AWAY = 2.0
BACK = 5.0


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_answer_carries_the_headers_and_tells_nothing_of_the_inside(production, kind):
    status, request = REQUESTS[kind]
    answer = production.ask(**request)

    assert answer.status == status
    assert status < 400 or answer.body, "a browser would show nothing"
    assert_carries_the_headers(answer)
    assert answer.headers.get_all("Access-Control-Allow-Origin") is None
    if request.get("https", True):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert kind == "static file" or "no-store" in answer.headers["Cache-Control"]
    assert not re.search(r"\d", answer.headers["Server"] or "")
    if kind != "static file":
        assert [word for word in SECRETS if word in answer.body] == []
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_an_unchanged_static_file_carries_them_too(production):
    first = production.ask("/static/css/portal.css")
    again = production.ask("/static/css/portal.css", If_Modified_Since=first.headers["Last-Modified"])

    assert again.status == 304
    assert_carries_the_headers(again)


def test_health_says_no_more_than_a_word(production):
    assert production.ask("/health/live/").body == production.ask("/health/ready/").body == "ok\n"


@pytest.fixture
def web_session(production):
    """A session of PostgreSQL as the portal's own are."""
    with psycopg.connect(production.server.address("laereplads", user="laereplads_web")) as connection:
        yield connection


def test_web_sessions_have_limits_and_the_owners_have_none(production, web_session):
    asked = "select current_setting('statement_timeout'), current_setting('lock_timeout'),"
    asked += " current_setting('idle_in_transaction_session_timeout'),"
    asked += " current_setting('max_parallel_workers_per_gather'), current_setting('jit')"
    with psycopg.connect(production.server.address("laereplads")) as owner:
        assert owner.execute(asked).fetchone() == ("0", "0", "0", "2", "on")
    assert web_session.execute(asked).fetchone() == ("10s", "3s", "1min", "0", "off")


def seconds_until(condition, at_most):
    """How long it took until `condition()` was true; fails after `at_most`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < at_most
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_database_that_is_away_is_said_and_forgotten_when_it_is_back(production, how):
    for _worker in range(4):
        assert production.ask("/log-ind/").status == 200
    production.ask("/cookies/", Cookie="__Host-sessionid=findes-ikke")
    getattr(production.server, how)()
    session = {"Cookie": "__Host-sessionid=findes-ikke"}
    seconds_until(lambda: production.ask("/cookies/", **session).status == 503, at_most=AWAY)
    for _worker in range(4):
        began = time.monotonic()
        answer = production.ask("/cookies/", **session)
        assert time.monotonic() - began < AWAY
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Portalen svarer ikke lige nu" in answer.body
        assert [word for word in SECRETS if word in answer.body] == []
        assert_carries_the_headers(answer)
        assert production.ask("/frafaldsrisiko/", HX_Request="true", **session).status == 503
    assert production.ask("/health/live/").status == 200
    assert (production.ask("/health/ready/").status, production.ask("/health/ready/").body) == (503, "ikke klar\n")
    assert production.ask("/static/css/portal.css").status == 200

    production.server.start()
    seconds_until(lambda: production.ask("/health/ready/").status == 200, at_most=BACK)
    for _worker in range(4):
        assert production.ask("/cookies/", **session).status == 200


def test_a_server_that_takes_no_more_connections_is_away_too(production):
    with psycopg.connect(production.server.address("postgres"), autocommit=True) as owner:
        owner.execute("alter role laereplads_web connection limit 0")
        owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'laereplads_web'")
        session = {"Cookie": "__Host-sessionid=findes-ikke"}
        for _worker in range(4):
            assert production.ask("/cookies/", **session).status == 503
        owner.execute("alter role laereplads_web connection limit -1")

    for _worker in range(4):
        assert production.ask("/cookies/", **session).status == 200
