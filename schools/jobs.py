"""What is done at fixed times: who is assessed at Høj is told of at once, all changes of a week on Monday."""

from __future__ import annotations

import datetime

from laereplads.notifications.timetable import Every, PeriodicJob, Weekly
from schools.told import tell_at_once, tell_of_the_week

PERIODIC_JOBS = [
    PeriodicJob("school_high_now", Every(minutes=10), tell_at_once),
    PeriodicJob("school_changes_weekly", Weekly(datetime.time(8)), tell_of_the_week),
]
