"""What the queue of jobs runs: once a minute, everything that is due."""

import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from laereplads.notifications.timetable import run_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="run_what_is_due")
def run_what_is_due(timestamp: int) -> None:
    """At the minute that `timestamp` names; one that waited for another run is no other than the next."""
    run_due(max(timezone.now(), datetime.datetime.fromtimestamp(timestamp, tz=datetime.UTC)))
