"""What is done at fixed times: of Høj one is told at once, of a week's changes on Monday, of new matches each day."""

from __future__ import annotations

import datetime

from laereplads.notifications.timetable import Daily, Every, PeriodicJob, Weekly
from schools.saved_filters import tell_of_new_matches
from schools.told import tell_at_once, tell_of_the_week

PERIODIC_JOBS = [
    PeriodicJob("school_high_now", Every(minutes=10), tell_at_once),
    PeriodicJob("school_changes_weekly", Weekly(datetime.time(8)), tell_of_the_week),
    PeriodicJob("saved_filter_matches", Daily(datetime.time(6, 30)), tell_of_new_matches),
]
