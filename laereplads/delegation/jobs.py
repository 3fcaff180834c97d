"""What is done every morning about who has access."""

from __future__ import annotations

import datetime

from django.utils import timezone

from laereplads.delegation.confirmations import run_confirmations, tell_of_organisations_without_administrator
from laereplads.notifications.timetable import Daily, PeriodicJob


def confirm(due_at: datetime.datetime) -> int:
    return sum(run_confirmations(timezone.localdate(due_at)).values())


PERIODIC_JOBS = [
    PeriodicJob("yearly_confirmation", Daily(datetime.time(6)), confirm),
    PeriodicJob(
        "organisations_without_administrator", Daily(datetime.time(6)), tell_of_organisations_without_administrator
    ),
]
