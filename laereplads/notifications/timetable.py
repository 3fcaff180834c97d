"""The timetable: what apps do at fixed times, declared in their `jobs.py` as `PERIODIC_JOBS`, and how it is run."""

from __future__ import annotations

import datetime
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from laereplads.database.declarations import declared
from laereplads.database.locks import try_lock
from laereplads.notifications.models import JobRun
from laereplads.notifications.sending import Sent, as_jobs, send_due
from laereplads.web.working_days import working_day_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Daily:
    """Every day at a time of the clock in Copenhagen."""

    at: datetime.time

    def latest(self, now: datetime.datetime) -> datetime.datetime:
        """The last time it was due, `now` included."""
        today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        due = moment(today, self.at)
        return due if due <= now else moment(today - datetime.timedelta(days=1), self.at)


@dataclass(frozen=True)
class Weekly:
    """Every Monday at a time of the clock in Copenhagen; where that is no working day, on the next one that is."""

    at: datetime.time

    def latest(self, now: datetime.datetime) -> datetime.datetime:
        """The last time it was due, `now` included."""
        today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        monday = today - datetime.timedelta(days=today.weekday())
        due = moment(working_day_from(monday), self.at)
        return due if due <= now else moment(working_day_from(monday - datetime.timedelta(weeks=1)), self.at)


@dataclass(frozen=True)
class Every:
    """Each time so many minutes of the hour are over: a whole part of 60."""

    minutes: int

    def latest(self, now: datetime.datetime) -> datetime.datetime:
        """The last time it was due, `now` included."""
        due = now.astimezone(datetime.UTC).replace(second=0, microsecond=0)
        return due - datetime.timedelta(minutes=due.minute % self.minutes)


def moment(day: datetime.date, at: datetime.time) -> datetime.datetime:
    """What the clock in Copenhagen calls so, in UTC; the first, on the night on which it does so twice."""
    return datetime.datetime.combine(day, at, tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(datetime.UTC)


@dataclass(frozen=True)
class PeriodicJob:
    """What is done at fixed times. `function` gets the time at which it was due, and returns how much it did.

    It runs in one transaction as the role of jobs, and once for each time; after a stop, once for the last time that
    was missed. Sending and other talk with servers is not its business: it writes mails into the outbox.
    """

    name: str
    when: Daily | Weekly | Every
    function: Callable[[datetime.datetime], int]


@dataclass
class Ran:
    """What one run did."""

    jobs: int
    failed: int
    mails: Sent


def periodic_jobs() -> Iterator[PeriodicJob]:
    yield from declared("jobs", "PERIODIC_JOBS")


def run_due(now: datetime.datetime | None = None, *, seconds: float = math.inf) -> Ran:
    """Run the jobs whose time has come, then send the mails that are due; as if it were `now`, where that is given.

    Again, it does nothing more. Mails that there is no time for in `seconds` stay due.
    """
    outcomes = [run(job, job.when.latest(now or timezone.now())) for job in periodic_jobs()]
    # What the jobs have just written is due as well.
    ran = Ran(outcomes.count(True), outcomes.count(None), send_due(now or timezone.now(), seconds=seconds))
    if ran.jobs or ran.failed or ran.mails != Sent():
        logger.info(
            "ran what is due: %d jobs, %d jobs failed, %d mails sent, %d to be tried again, %d given up",
            *(ran.jobs, ran.failed, ran.mails.sent, ran.mails.failed, ran.mails.gave_up),
        )
    return ran


def run(job: PeriodicJob, due_at: datetime.datetime) -> bool | None:
    """Whether the job did what was due at that time; False if that is done already, None if it failed."""
    try:
        with as_jobs():
            if not try_lock("job", job.name) or JobRun.objects.filter(name=job.name, due_at=due_at).exists():
                return False
            count = job.function(due_at)
            JobRun.objects.create(name=job.name, due_at=due_at, count=count)
    except Exception:
        logger.exception("job %s failed", job.name)
        return None
    logger.info("job %s due at %s: %d", job.name, due_at.isoformat(), count)
    return True
