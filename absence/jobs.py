"""What is done at fixed times: notices at 16 and 23, corrections at 8, and the messages that a company has chosen."""

from __future__ import annotations

import datetime

from django.utils import timezone

from absence.notices import correct_notices, give_notices, tell_at_once, tell_of_the_day, tell_of_the_week
from laereplads.notifications.timetable import Daily, Every, PeriodicJob, Weekly


def notices(due_at: datetime.datetime) -> int:
    return give_notices(timezone.localdate(due_at), also_incomplete=False)


def late_notices(due_at: datetime.datetime) -> int:
    return give_notices(timezone.localdate(due_at), also_incomplete=True)


def corrections(_due_at: datetime.datetime) -> int:
    return correct_notices()


PERIODIC_JOBS = [
    PeriodicJob("absence_corrections", Daily(datetime.time(8)), corrections),
    PeriodicJob("absence_weekly", Weekly(datetime.time(8)), tell_of_the_week),
    PeriodicJob("absence_instant", Every(minutes=10), tell_at_once),
    PeriodicJob("absence_daily", Daily(datetime.time(16)), tell_of_the_day),
    PeriodicJob("absence_notices", Daily(datetime.time(16)), notices),
    PeriodicJob("absence_late_notices", Daily(datetime.time(23)), late_notices),
]
