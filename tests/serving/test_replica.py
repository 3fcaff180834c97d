"""The overview reads from a streaming replica: behind row policies, never older than one's own save, and not needed."""

import re
import time
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from laereplads.database.replica import REST_SECONDS
from tests.serving import machine
from tests.serving.browser import Browser
from tests.serving.machine import LOCALHOST, free_port
from tests.serving.people import MENTOR


@contextmanager
def copy_of(postgres):
    """A copy that the server's own tool makes, and that follows it from then on."""
    with machine.folder_of_the_server() as folder:
        copy = replace(postgres, folder=folder, port=free_port())
        copy.tool(
            "pg_basebackup", f"--dbname=host={LOCALHOST} port={postgres.port} user=portal", "--checkpoint=fast",
            "--write-recovery-conf", "--no-sync", "--pgdata", copy.data,
        )  # fmt: skip
        yield copy


@contextmanager
def site_with(postgres, replica):
    with (
        replica.running(),
        machine.portal(postgres.url(), DATABASE_REPLICA_URL=replica.url()) as portal,
        machine.front(portal) as proxy,
    ):
        yield proxy


@pytest.fixture(scope="module")
def replica(postgres):
    with copy_of(postgres) as copy:
        yield copy


@pytest.fixture(scope="module")
def site(postgres, replica):
    with site_with(postgres, replica) as proxy:
        yield proxy


def replaying(replica, command):
    replica.ask(f"select pg_wal_replay_{command}()")


@pytest.fixture
def paused(replica):
    """The replica falls behind, and catches up after the test."""
    replaying(replica, "pause")
    yield
    replaying(replica, "resume")
    # Processes that met it behind do not ask it again before.
    time.sleep(REST_SECONDS)


def first_student(browser):
    return re.search(r"/elever/([0-9a-f-]{36})/", browser.get("/elever/").text)[1]


def test_the_overview_is_read_from_the_replica_and_the_reading_is_logged(site, postgres, replica):
    browser = Browser(site)
    browser.log_in(MENTOR)
    [(logged,)] = postgres.ask("select count(*) from access_log_accesslogentry")

    assert "120 elever" in browser.get("/elever/").text

    assert postgres.ask("select count(*) from access_log_accesslogentry") == [(logged + 1,)]
    assert replica.ask("select pg_is_in_recovery()") == [(True,)]


@pytest.mark.usefixtures("site")  # which starts it
def test_row_policies_hold_on_the_replica(replica, postgres):
    [(school,)] = postgres.ask("select school_id from people_student limit 1")
    seen = {}
    for acting_for in (school, school + 1, ""):
        with psycopg.connect(replica.url()) as connection:
            connection.execute("select set_config('role', 'laereplads_school_staff', true)")
            connection.execute("select set_config('app.school_id', %s, true)", [str(acting_for)])
            connection.execute("select set_config('app.today', current_date::text, true)")
            [(seen[acting_for],)] = connection.execute("select count(*) from people_student").fetchall()

    assert seen == {school: 120, school + 1: 0, "": 0}


def test_others_are_shown_what_was_true_a_moment_ago_and_she_who_saved_is_not(site, postgres, replica, request):
    browser = Browser(site)
    browser.log_in(MENTOR)
    del browser.cookies["__Host-senest"]
    student = first_student(browser)
    # Something of this moment, so that the replica is not behind yet when it stands still.
    postgres.ask("update people_school set name = name returning 1")
    wait_for(replica, postgres)
    request.getfixturevalue("paused")
    postgres.ask(f"update people_student set name = 'Abel Abelsen' where public_id = '{student}' returning 1")
    assert "Abel Abelsen" not in browser.get("/elever/").text

    [(position,)] = postgres.ask("select pg_current_wal_insert_lsn()::text")
    browser.cookies["__Host-senest"] = position
    assert "Abel Abelsen" in browser.get("/elever/").text


def test_a_replica_that_is_more_than_five_seconds_behind_shows_nobody_anything(site, postgres, paused):
    browser = Browser(site)
    browser.log_in(MENTOR)
    student = first_student(browser)
    del browser.cookies["__Host-senest"]
    postgres.ask(f"update people_student set name = 'Abba Abelsen' where public_id = '{student}' returning 1")
    time.sleep(5.5)

    assert "Abba Abelsen" in browser.get("/elever/").text
    assert browser.get("/health/ready/").text == "ok, kopien er bagud\n"


def test_one_that_has_caught_up_is_not_behind_though_nobody_saves(site, replica, postgres):
    wait_for(replica, postgres)
    time.sleep(5.5)

    assert Browser(site).get("/health/ready/").text == "ok\n"


def wait_for(replica, postgres):
    [(position,)] = postgres.ask("select pg_current_wal_insert_lsn()::text")
    while replica.ask(f"select pg_last_wal_replay_lsn() < '{position}'::pg_lsn") == [(True,)]:
        time.sleep(0.1)


@pytest.mark.parametrize("mark", ["", "1/", "'; drop table people_student", "FFFFFFFF/FFFFFFFF", "x" * 5000])
def test_a_mark_that_somebody_made_up_breaks_nothing(site, mark):
    browser = Browser(site)
    browser.log_in(MENTOR)
    browser.cookies["__Host-senest"] = mark

    assert "120 elever" in browser.get("/elever/").text


def test_nobody_misses_her_own_save(site, paused):
    browser = Browser(site)
    browser.log_in(MENTOR)
    student = first_student(browser)
    token = browser.hidden("/elever/")["csrfmiddlewaretoken"]

    followed = browser.ask(
        "POST",
        f"/elever/{student}/foelg/",
        f"csrfmiddlewaretoken={token}&foelg=ja".encode(),
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert followed.status == 302
    assert "1 elev<" in re.sub(r"\s+<", "<", browser.get("/elever/?mine=on").text)


def test_without_the_replica_the_primary_answers(postgres):
    nowhere = f"postgresql://laereplads_web:x@{LOCALHOST}:{free_port()}/portal"
    with (
        machine.portal(postgres.url(), DATABASE_REPLICA_URL=nowhere) as portal,
        machine.front(portal) as proxy,
    ):
        browser = Browser(proxy)
        browser.log_in(MENTOR)

        assert browser.get("/elever/").status == 200


def test_one_that_was_made_a_server_of_its_own_shows_nobody_anything(postgres):
    with copy_of(postgres) as copy, site_with(postgres, copy) as site:
        browser = Browser(site)
        browser.log_in(MENTOR)
        student = first_student(browser)
        del browser.cookies["__Host-senest"]
        assert copy.ask("select pg_promote()") == [(True,)]
        postgres.ask(f"update people_student set name = 'Abild Abelsen' where public_id = '{student}' returning 1")

        assert "Abild Abelsen" in browser.get("/elever/").text
        assert browser.get("/health/ready/").text == "ok, kopien følger ikke længere databasen\n"
