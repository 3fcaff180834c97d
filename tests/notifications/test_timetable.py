"""Periodic jobs run once for each time at which they are due, in summer and winter, and after a stop."""

import datetime
import logging
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from laereplads.notifications import timetable
from laereplads.notifications.models import JobRun, OutgoingMail
from laereplads.notifications.operations import send
from laereplads.notifications.sending import Sent
from laereplads.notifications.timetable import Daily, PeriodicJob, Weekly, run_due
from tests.factories import UserFactory
from tests.notifications.kinds import PLAIN

HERE = ZoneInfo("Europe/Copenhagen")
AT_SIX = Daily(datetime.time(6))
pytestmark = pytest.mark.django_db


def here(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.fixture
def calls(monkeypatch):
    """What a job that is due at six each day was called with."""
    called = []

    def do(due_at):
        called.append(due_at)
        send(PLAIN, to="kendt@test.example")
        return 3

    monkeypatch.setattr(timetable, "periodic_jobs", lambda: [PeriodicJob("test_job", AT_SIX, do)])
    return called


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-30T06:00", "2026-11-30T06:00"),
        ("2026-11-30T05:59:59", "2026-11-29T06:00"),
        ("2026-12-01T00:00", "2026-11-30T06:00"),
        ("2027-01-01T05:00", "2026-12-31T06:00"),
        ("2028-03-01T05:00", "2028-02-29T06:00"),
        # The clock is put forward, and back.
        ("2026-03-29T05:59", "2026-03-28T06:00"),
        ("2026-03-29T06:00", "2026-03-29T06:00"),
        ("2026-10-25T05:59", "2026-10-24T06:00"),
        ("2026-10-25T06:00", "2026-10-25T06:00"),
    ],
)
def test_it_is_due_by_the_clock_in_copenhagen(now, due):
    assert AT_SIX.latest(here(now).astimezone(datetime.UTC)) == here(due)


@pytest.mark.parametrize(
    ("now", "due"), [("2026-03-29T01:59", "2026-03-28T02:30"), ("2026-03-29T03:30", "2026-03-29T02:30")]
)
def test_a_time_that_a_day_does_not_have_comes_as_if_nobody_had_touched_the_clock(now, due):
    assert Daily(datetime.time(2, 30)).latest(here(now).astimezone(datetime.UTC)) == here(due).astimezone(datetime.UTC)


def test_a_time_that_a_day_has_twice_comes_once():
    first, second = here("2026-10-25T02:30"), here("2026-10-25T02:30").replace(fold=1)
    every_ten_minutes = (first.astimezone(datetime.UTC) + datetime.timedelta(minutes=10 * n) for n in range(20))

    assert second.astimezone(datetime.UTC) - first.astimezone(datetime.UTC) == datetime.timedelta(hours=1)
    assert {Daily(datetime.time(2, 30)).latest(now) for now in every_ten_minutes} == {first.astimezone(datetime.UTC)}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-30T08:00", "2026-11-30T08:00"),
        ("2026-11-30T07:59:59", "2026-11-23T08:00"),
        ("2026-12-06T23:59", "2026-11-30T08:00"),
        # Easter Monday, then the Tuesday after it.
        ("2027-03-29T08:00", "2027-03-22T08:00"),
        ("2027-03-30T07:59", "2027-03-22T08:00"),
        ("2027-03-30T08:00", "2027-03-30T08:00"),
        ("2027-04-05T07:59", "2027-03-30T08:00"),
        # Whit Monday.
        ("2027-05-18T08:00", "2027-05-18T08:00"),
        # Three days of Christmas begin on a Monday; so does New Year's Eve.
        ("2029-12-26T12:00", "2029-12-17T08:00"),
        ("2029-12-27T08:00", "2029-12-27T08:00"),
        ("2030-01-02T08:00", "2030-01-02T08:00"),
        # Grundlovsdag.
        ("2028-06-05T12:00", "2028-05-29T08:00"),
        ("2028-06-06T08:00", "2028-06-06T08:00"),
    ],
)
def test_what_is_weekly_comes_on_mondays_or_on_the_next_working_day(now, due):
    assert Weekly(datetime.time(8)).latest(here(now).astimezone(datetime.UTC)) == here(due)


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31"])
@pytest.mark.parametrize("when", [Daily(datetime.time(8)), Daily(datetime.time(16)), Weekly(datetime.time(8))], ids=str)
def test_around_the_nights_on_which_the_clock_is_changed_each_time_comes_once(night, when):
    """Asked each quarter of an hour for ten days, as the process asks each minute."""
    first = here(f"{night}T00:00").astimezone(datetime.UTC) - datetime.timedelta(days=2)
    asked = [when.latest(first + datetime.timedelta(minutes=15 * number)) for number in range(10 * 24 * 4)]
    times = sorted(set(asked))

    assert asked == sorted(asked)
    assert {due.astimezone(HERE).time() for due in times} == {when.at}
    days = [due.astimezone(HERE).date() for due in times]
    expected = {
        Daily: [days[0] + datetime.timedelta(days=number) for number in range(11)],
        # Before the first night comes Maundy Thursday; the second is followed by a Monday like others.
        Weekly: {
            "2027-03-28": [datetime.date(2027, 3, 22), datetime.date(2027, 3, 30)],
            "2027-10-31": [datetime.date(2027, 10, 25), datetime.date(2027, 11, 1)],
        }[night],
    }[type(when)]
    assert days == expected


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31"])
def test_a_job_of_the_day_on_which_the_clock_is_changed_runs_once(monkeypatch, frozen_clock, night):
    called = []
    jobs = [
        PeriodicJob("in_the_afternoon", Daily(datetime.time(16)), lambda due_at: len(called.append(due_at) or called)),
        PeriodicJob("in_the_morning", Daily(datetime.time(8)), lambda due_at: len(called.append(due_at) or called)),
    ]
    monkeypatch.setattr(timetable, "periodic_jobs", lambda: jobs)
    for time in ("00:30", "01:59", "02:30", "03:01", "07:59", "08:00", "15:59", "16:00", "23:59"):
        frozen_clock.move_to(here(f"{night}T{time}"))
        run_due()

    assert [due for due in called if due >= here(f"{night}T00:00")] == [
        here(f"{night}T08:00").astimezone(datetime.UTC),
        here(f"{night}T16:00").astimezone(datetime.UTC),
    ]


def test_it_runs_once_for_each_time(calls, frozen_clock):
    frozen_clock.move_to(here("2026-11-30T05:30"))
    first = run_due()
    assert first.jobs == 1
    assert [run_due().jobs for _again in range(3)] == [0, 0, 0]

    frozen_clock.move_to(here("2026-11-30T06:00"))
    assert [run_due().jobs for _again in range(3)] == [1, 0, 0]

    assert calls == [here("2026-11-29T06:00"), here("2026-11-30T06:00")]
    assert list(JobRun.objects.order_by("due_at").values_list("name", "count")) == [("test_job", 3)] * 2


def test_after_a_stop_of_days_it_runs_once(calls, frozen_clock):
    frozen_clock.move_to(here("2026-11-23T07:00"))
    run_due()
    frozen_clock.move_to(here("2026-11-30T07:00"))
    run_due()

    assert calls == [here("2026-11-23T06:00"), here("2026-11-30T06:00")]


def test_what_it_writes_goes_in_the_same_run(calls):
    assert run_due().mails == Sent(sent=1)


def test_one_that_fails_leaves_nothing_half_done_is_tried_again_and_stops_no_other(monkeypatch, caplog):
    def fail(due_at):
        send(PLAIN, to="kendt@test.example")
        raise ZeroDivisionError

    ran = []
    jobs = [
        PeriodicJob("failing", AT_SIX, fail),
        PeriodicJob("other", AT_SIX, lambda due_at: len(ran.append(1) or ran)),
    ]
    monkeypatch.setattr(timetable, "periodic_jobs", lambda: jobs)

    for jobs_run in (1, 0):
        with caplog.at_level(logging.ERROR, "laereplads.notifications"):
            outcome = run_due()
        assert (outcome.jobs, outcome.failed, outcome.mails) == (jobs_run, 1, Sent())
    assert "job failing failed" in caplog.text
    assert not OutgoingMail.objects.exists()
    assert JobRun.objects.get().name == "other"


def test_a_job_reaches_what_jobs_may_reach(monkeypatch):
    seen = []

    def look(due_at):
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            seen.append(cursor.fetchone()[0])
            cursor.execute("select * from people_student")

    monkeypatch.setattr(timetable, "periodic_jobs", lambda: [PeriodicJob("looking", AT_SIX, look)])

    assert run_due().failed == 1
    assert seen == ["laereplads_jobs"]


@pytest.mark.django_db(transaction=True)
def test_two_processes_run_it_once(monkeypatch):
    """The first is in the midst of it while the second asks."""
    inside, go_on, calls = threading.Event(), threading.Event(), []

    def slowly(due_at):
        calls.append(due_at)
        inside.set()
        go_on.wait(10)
        return 1

    monkeypatch.setattr(timetable, "periodic_jobs", lambda: [PeriodicJob("slow", AT_SIX, slowly)])
    first = threading.Thread(target=lambda: (run_due(), connections.close_all()))
    first.start()
    assert inside.wait(10)

    assert run_due().jobs == 0
    go_on.set()
    first.join()
    assert run_due().jobs == 0
    assert len(calls) == 1


def test_the_database_keeps_one_run_for_a_time(calls):
    run_due()
    run = JobRun.objects.get()

    with pytest.raises(DatabaseError, match="job_runs_once_for_a_time"), transaction.atomic():
        JobRun.objects.create(name=run.name, due_at=run.due_at)


def test_each_run_leaves_a_line_of_numbers_in_the_log(calls, caplog):
    with caplog.at_level(logging.INFO, "laereplads.notifications"):
        run_due(here("2026-11-30T08:00"))
        run_due(here("2026-11-30T08:00"))

    assert [record.getMessage() for record in caplog.records] == [
        "job test_job due at 2026-11-30T05:00:00+00:00: 3",
        "ran what is due: 1 jobs, 0 jobs failed, 1 mails sent, 0 to be tried again, 0 given up",
    ]


def test_the_command_runs_what_is_due_as_if_it_were_another_time(calls, capsys):
    later = timezone.localtime() + datetime.timedelta(days=3)
    send(PLAIN, to=UserFactory(), due_at=later)
    for at, said in [
        (later, "1 job kørt, 0 job fejlede. 2 mails sendt"),
        (later, "0 job kørt, 0 job fejlede. 0 mails sendt"),
    ]:
        call_command("run_due_jobs", f"--at={at:%Y-%m-%dT%H:%M:%S.%f}")
        assert said in capsys.readouterr().out

    assert calls == [AT_SIX.latest(later)]


@pytest.mark.parametrize("text", ["i morgen", "", "2026-13-01T06:00", "06:00"])
def test_what_is_no_time_is_said_so(text):
    with pytest.raises(CommandError, match="er ikke et tidspunkt"):
        call_command("run_due_jobs", f"--at={text}")
