"""No log line holds what was typed, an address, a Referer, a row or what the database says of it."""

import io
import logging
import re
from pathlib import Path

import allauth
import django
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from laereplads.access.models import Membership
from laereplads.accounts.models import Session
from laereplads.accounts.operations import password_path
from laereplads.web.logs import WithoutValues
from tests.core.test_login import PASSWORD
from tests.core.test_startup import start
from tests.factories import MembershipFactory, StudentFactory

VALUE = "Xanthippe"
NAMED = re.compile(r"getLogger\((?:\"([\w.]+)\"|'([\w.]+)'|(__name__))\)")
# Loaded by what the portal does not install: another database, maps, other ways in.
NOT_HERE = ("gis", "mysql", "oracle", "sqlite3", "socialaccount", "idp", "headless")


def loggers_of(package):
    """The name of every logger in the package's source."""
    folder = Path(package.__file__).parent
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if not set(NOT_HERE) & set(parts):
            for double, single, _module in NAMED.findall(path.read_text()):
                yield double or single or ".".join(parts)


LOGGERS = sorted(
    {
        *loggers_of(django),
        *loggers_of(allauth),
        # Named by what was wrong, or only in the settings.
        *("django", "django.security.DisallowedHost", "django.security.SuspiciousOperation", "django.security.csrf"),
        *("py.warnings", "psycopg", "psycopg.pool", "whitenoise", "somebody.elses"),
    }
)


@pytest.fixture
def lines():
    """What the portal's own handlers write, as one text."""
    handlers = {
        handler
        for name in ("", *settings.LOGGING["loggers"])
        for handler in logging.getLogger(name).handlers
        if isinstance(handler.formatter, WithoutValues)
    }
    assert handlers
    written = io.StringIO()
    before = {handler: handler.setStream(written) for handler in handlers}
    yield written.getvalue
    for handler, stream in before.items():
        handler.setStream(stream)


def refused_by_the_database():
    error = IntegrityError(f"duplicate key value: Key (name)=({VALUE}) already exists")
    error.__cause__, error.__context__ = KeyError(VALUE), ValueError(VALUE)
    error.add_note(VALUE)
    return error


def test_the_loggers_were_found():
    assert {"django.request", "django.security.csrf", "django.db.backends", "django.server"} <= set(LOGGERS)
    assert any(name.startswith("allauth") for name in LOGGERS)
    assert len(LOGGERS) > 15


@pytest.mark.parametrize("name", LOGGERS)
def test_a_logger_tells_where_and_no_value(lines, rf, name):
    logger, request = logging.getLogger(name), rf.get(f"/elever/{VALUE}/", {"navn": VALUE}, headers={"Referer": VALUE})
    for level in (logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        logger.log(level, "Forbidden (%s): %s", VALUE, VALUE)
        logger.log(level, "%(one)-10s happened", {"one": VALUE})
        logger.log(level, VALUE)
        logger.log(level, "Invalid HTTP_HOST header: '{VALUE}'\r\n".replace("{VALUE}", VALUE))
        logger.log(level, "x", extra={"request": request, "status_code": 403}, stack_info=True)
        logger.log(level, refused_by_the_database(), exc_info=refused_by_the_database())
        logger.log(level, "%s: %d", VALUE, 7, exc_info=refused_by_the_database())

    assert VALUE not in lines()
    if name != "django.server":
        assert name in lines()
        assert "Forbidden (…): …" in lines()
        assert "django.db.utils.IntegrityError" in lines()
        assert "status 403" in lines()


def test_own_lines_say_what_they_say_on_one_line(lines):
    logging.getLogger("laereplads.security").warning("refused: user %d, page %s", 7, "a\nb")

    assert lines().count("\n") == 1
    assert lines().endswith("refused: user 7, page a\\nb\n")


def test_the_error_of_the_database_is_known_by_its_code(lines, db):
    try:
        with transaction.atomic():
            connection.cursor().execute("select 1/0")
    except DatabaseError:
        logging.getLogger("somebody.elses").exception("x")

    assert "psycopg.errors.DivisionByZero (SQLSTATE 22012)" in lines()
    assert "division by zero" not in lines()


# From here on the loggers are made to speak by what happens.


@pytest.fixture
def student(db):
    return StudentFactory(name=f"{VALUE} Qvorgsen")


@pytest.fixture
def strict(student):
    """A browser of the school's staff whose forms must carry the token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(MembershipFactory(school_staff=True, school=student.school).user)
    return client


def test_a_refused_form_is_logged_with_the_name_of_its_page(lines, strict, student):
    address = reverse("schools:student_follow", args=[student.public_id])
    link = password_path(MembershipFactory(company_staff=True, user__password=PASSWORD).user)

    for path in (address, link):
        answer = strict.post(f"{path}?navn={VALUE}", {"x": VALUE}, headers={"Referer": f"https://x/?navn={VALUE}"})
        assert answer.status_code == 403
        answer = strict.post(path, {"x": VALUE}, secure=True, headers={"Referer": f"https://x/?navn={VALUE}"})
        assert answer.status_code == 403

    assert lines().count("django.security.csrf") == 4
    assert "page schools:student_follow" in lines()
    assert "page account_reset_password_from_key" in lines()
    for value in (VALUE, str(student.public_id), link, "/elever/", "https://x"):
        assert value not in lines()


def test_an_odd_host_an_odd_form_and_an_error_are_logged_without_values(lines, strict, monkeypatch, student):
    assert strict.get("/", headers={"host": f"{VALUE}.example"}).status_code == 400
    many = {f"{VALUE}{number}": VALUE for number in range(1100)}
    careless = Client(raise_request_exception=False)
    assert careless.post(reverse("account_login"), many).status_code == 400

    def fail(*_arguments, **_options):
        Membership.objects.create(user=MembershipFactory(administrator=True).user, role=VALUE)

    monkeypatch.setattr("schools.views.page_or_part", fail)
    assert strict.get(reverse("schools:student_list"), {"navn": VALUE}).status_code == 500

    assert "django.security.DisallowedHost" in lines()
    assert "django.security.TooManyFieldsSent" in lines()
    assert "django.request" in lines()
    assert "page schools:student_list" in lines()
    for value in (VALUE, str(student.public_id), "violates", "DETAIL", "Failing row"):
        assert value not in lines()


def test_a_session_that_cannot_be_read_is_logged_without_values(lines, strict):
    Session.objects.update(session_data=VALUE)
    strict.get("/")

    assert "django.security" in lines()
    assert VALUE not in lines()


def test_a_command_that_fails_tells_no_value():
    """It runs at night, and what it writes is kept."""
    script = """
import os, sys, runpy
from django.core.management.commands import check
def fail(*given, **options):
    raise ValueError(os.environ["VALUE"])
check.Command.handle = fail
sys.argv = ["manage.py", "check"]
runpy.run_path("manage.py", run_name="__main__")
"""
    done = start(script, VALUE=VALUE)

    assert done.returncode == 1
    assert "ValueError" in done.stderr
    assert VALUE not in done.stderr
