"""What is done at fixed times: students who asked for it are told that their level is another."""

from __future__ import annotations

import datetime

from laereplads.notifications.timetable import Every, PeriodicJob
from students.changes import tell_of_own_levels


def own_levels(due_at: datetime.datetime) -> int:
    return tell_of_own_levels(due_at)


# Often, so that what is there when somebody asks for mails is known at once as what is no news.
PERIODIC_JOBS = [PeriodicJob("own_levels", Every(minutes=10), own_levels)]
