"""The process that runs jobs, as in production: with a login of its own, killed, without its database, and stopped."""

import datetime
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from laereplads.notifications.models import LONGEST_SENDING, OutgoingMail, Reason
from laereplads.notifications.sending import Sent, send_due
from tests.factories import UserFactory
from tests.notifications.mail_server import mail_server
from tests.production_environment import production_environment

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 120
# The worker has the declared kinds alone: this app of the tests has none of them.
KIND = "test_plain"
WITH_A_KIND = """
import os, sys
import django
django.setup()
from django.core.management import call_command
from laereplads.notifications import kinds, tasks
from tests.notifications.kinds import KINDS
# No time for more than one mail: the next ones come at once all the same.
tasks.SECONDS = -1
kinds.declared = lambda _module, _name: KINDS
call_command("run_jobs", "--until-input-ends")
"""


def database(user="laereplads_jobs"):
    parameters = connection.get_connection_params()
    return make_conninfo(
        host=parameters["host"], port=parameters.get("port"), user=user, dbname=connection.settings_dict["NAME"]
    )


@contextmanager
def worker(log, port=25, **changed):
    """As production runs it, at the real time of day."""
    here = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG", "DATA_DIR"}}
    environment = {
        **here,
        **production_environment(),
        "DJANGO_SETTINGS_MODULE": "laereplads.settings",
        "DATABASE_URL": database(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        **changed,
    }
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, "-c", WITH_A_KIND],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=lines,
            stderr=lines,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def eventually(condition):
    """The worker looks once a minute; nobody waits longer than needed."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def empty_queue(transactional_db):
    """Emptying a test database knows our own tables only."""
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers cascade")


def a_mail():
    # Long ago by any clock: the worker's is not frozen.
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    return OutgoingMail.objects.create(kind=KIND, user=UserFactory(), due_at=long_ago)


def alive():
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_workers")
        return cursor.fetchone()[0]


def test_a_worker_that_is_killed_in_the_midst_of_sending_sends_nothing_twice(tmp_path, frozen_clock):
    mail = a_mail()
    with mail_server() as (behaviour, port), worker(tmp_path / "log", port) as process:
        behaviour.silent.add("TAKEN")
        assert behaviour.waiting.wait(PATIENCE), (tmp_path / "log").read_text()
        process.send_signal(signal.SIGKILL)
        process.wait()
        behaviour.silent.clear()
        mail.refresh_from_db()
        assert mail.sending_since
        assert mail.sent_at is None
        assert len(behaviour.taken) == 1

        frozen_clock.move_to(mail.sending_since + LONGEST_SENDING - datetime.timedelta(minutes=1))
        assert send_due(timezone.now()) == Sent()
        frozen_clock.shift(datetime.timedelta(minutes=2))
        assert send_due(timezone.now()) == Sent(gave_up=1)
        mail.refresh_from_db()
        assert mail.gave_up_because == Reason.UNCERTAIN
        assert len(behaviour.taken) == 1


def test_it_goes_on_when_the_database_is_back_and_stops_when_it_is_told(tmp_path):
    log = tmp_path / "log"
    with mail_server() as (behaviour, port), worker(log, port) as process:
        eventually(lambda: alive() == 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'laereplads_jobs'"
            )
            assert cursor.fetchone()[0] >= 1
        mail, *_others = [a_mail() for _number in range(4)]
        # Four minutes, if each waited for the next of its own.
        eventually(lambda: OutgoingMail.objects.exclude(sent_at=None).count() == 4)
        assert len(behaviour.taken) == 4
        assert log.read_text().count("1 mails sent") == 4

        process.stdin.close()
        assert process.wait(PATIENCE) == 0
    assert alive() == 0
    # Nothing of the queue stays, and no line says to whom a mail went.
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where status <> 'todo'")
        assert cursor.fetchone() == (0,)
    assert mail.user.email not in log.read_text()


def test_it_does_not_start_as_a_role_with_power(tmp_path):
    log = tmp_path / "log"
    owner = connection.get_connection_params()["user"]
    with worker(log, DATABASE_URL=database(owner)) as process:
        assert process.wait(PATIENCE) == 1

    said = log.read_text().splitlines()[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")
    assert said == (
        f"Jobprocessen logger ind i databasen som {owner}, der er superbruger. Brug laereplads_jobs i DATABASE_URL."
    )


def test_it_waits_for_a_database_that_is_away(tmp_path):
    log = tmp_path / "log"
    with worker(log, DATABASE_URL="postgresql://laereplads_jobs@127.0.0.1:1/portal") as process:
        eventually(lambda: "jobs are not run: the database is away" in log.read_text())
        assert process.poll() is None
