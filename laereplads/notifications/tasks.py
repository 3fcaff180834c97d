"""What the queue of jobs runs: once a minute, everything that is due."""

from procrastinate.contrib.django import app

from laereplads.notifications.timetable import run_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="run_what_is_due")
def run_what_is_due(timestamp: int) -> None:
    """The queue names the minute; one that waited does what is due by now."""
    run_due()
