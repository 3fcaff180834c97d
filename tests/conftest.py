"""What tests share: a frozen clock, somebody logged in, and a browser that fails on any console error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.db.models.signals import post_migrate

from laereplads.design_system import assets
from laereplads.notifications import rendering
from laereplads.people import educations
from laereplads.people.models import Education, Region
from rejections.models import RejectionReason
from tests import chromium
from tests.clock import day_of_run, moment_of
from tests.notifications.searching import found_in
from tests.sessions import session_of
from tests.templates import ToldTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright
    from pytest_django.live_server_helper import LiveServer

    from laereplads.access.models import Membership

pytest_plugins = ["tests.world"]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Fetch what the pages need, once: the workers of a parallel run begin after it."""
    is_worker = hasattr(session.config, "workerinput")
    if is_worker or assets.are_current(settings.BASE_DIR):
        return
    try:
        assets.fetch(settings.BASE_DIR)
    except assets.AssetsUnavailable as problem:
        raise pytest.UsageError(str(problem)) from problem


def pytest_report_header(config: pytest.Config) -> str:
    return f"The tests take place on {day_of_run(config):%A %d %B %Y}"


@pytest.fixture(autouse=True)
def frozen_clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(moment_of(request.node), tick=True) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def told_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.template.backends.jinja2.Template", ToldTemplate)


@pytest.fixture(autouse=True)
def forgotten_educations() -> None:
    """A test that is rolled back takes its educations with it, but not what the process remembers of them."""
    educations.forget()


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits count anew in each test that has a database."""
    asks_by_name = not {"db", "transactional_db", "live_server"}.isdisjoint(request.fixturenames)
    # No table of a model: what a test has committed there stays when its database is emptied.
    if asks_by_name or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if "live_server" in request.fixturenames else "db")
        cache.clear()


@pytest.fixture(autouse=True)
def searched_mails(monkeypatch: pytest.MonkeyPatch, empty_cache: None) -> Iterator[None]:
    """Every mail that any test sends is searched for everybody whom the test has made up, while they are there."""
    messages = []

    def kept(mails: Any, address: str) -> Any:
        messages.append(rendering.render(mails, address))
        return messages[-1]

    monkeypatch.setattr("laereplads.notifications.sending.render", kept)
    yield
    assert [told for message in messages for told in found_in(message)] == []


@pytest.fixture(scope="session")
def no_autovacuum(django_db_blocker: Any) -> None:
    """Half-way through the migrations of a test database it locks tables that the next one changes."""
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute("alter system set autovacuum = off")
            cursor.execute("select pg_reload_conf()")


@pytest.fixture(scope="session")
def django_db_setup(no_autovacuum: None, django_db_setup: None, django_db_blocker: Any) -> None:
    """Let the test database be emptied between browser tests, and nobody else empty it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal and tgtype & 32 <> 0"
        )
        guards = cursor.fetchall()
        reference = [*Education.objects.all(), *Region.objects.all(), *RejectionReason.objects.all()]

    def empty(operations: Any, statements: list[str]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for change in ("disable", "enable"):
                for table, guard in guards:
                    cursor.execute(f"alter table {table} {change} trigger {guard}")
                for statement in statements if change == "disable" else ():
                    cursor.execute(statement)

    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(type(connection.ops), "execute_sql_flush", empty)

    def bring_back(**_details: Any) -> None:
        """Emptying takes what migrations put there, too; Django says when it is done."""
        with connection.cursor() as cursor:
            # Past the triggers: the next test would find events of it in the record.
            cursor.execute("set session_replication_role = replica")
            try:
                for row in reference:
                    type(row).objects.bulk_create([row], ignore_conflicts=True)
            finally:
                cursor.execute("reset session_replication_role")

    post_migrate.connect(bring_back, sender=apps.get_app_config("access"), weak=False)


@pytest.fixture
def logged_in(db: None) -> Callable[[Membership], Client]:
    """A test client that acts as the given membership."""
    return session_of


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name their server; the plugin's own fixture is written in a way that pytest 10 removes."""


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """Once it runs, the tests are in another context, with database connections of their own; they end with it."""
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    """Debian's Chromium where there is one; Playwright's own otherwise."""
    try:
        return {**browser_type_launch_args, **chromium.launch_arguments(playwright)}
    except chromium.NoChromium as problem:
        pytest.fail(str(problem), pytrace=False)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "da-DK",
        "timezone_id": "Europe/Copenhagen",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def sign_in(context: BrowserContext, live_server: LiveServer) -> Callable[[Membership], None]:
    """Let the browser act as the given membership, without going through the login page."""

    def sign_in(membership: Membership) -> None:
        cookie = session_of(membership).cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page on which any console error fails the test: CSP violations are console errors, too."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium reports every answer of 4xx, and 503 of a broker that is away; those are what such a test is about.
        if message.type == "error" and not re.search("the server responded with a status of (4|503)", message.text):
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
