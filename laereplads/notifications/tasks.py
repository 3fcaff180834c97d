"""What the queue of jobs runs: once a minute, everything that is due."""

from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from laereplads.notifications.timetable import run_due

# A process that is told to stop finishes what it runs: nobody should wait long for it, or it is killed.
SECONDS = 5


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="run_what_is_due")
def run_what_is_due(timestamp: int) -> None:
    """The queue names the minute; one that waited does what is due by now. What there is no time for comes at once."""
    if run_due(seconds=SECONDS).mails.left:
        with suppress(AlreadyEnqueued):
            run_what_is_due.defer(timestamp=timestamp)  # type: ignore[call-arg]  # periodic() hides what it takes
