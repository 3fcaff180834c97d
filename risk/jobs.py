"""What is done at fixed times: companies are reminded of assessments on Mondays at 8, and the other party of a local
agreement is told of proposals and of a yes.
"""

from __future__ import annotations

import datetime

from laereplads.notifications.timetable import Every, PeriodicJob, Weekly
from risk.local_agreement_mails import tell_of_local_agreements
from risk.reminders import remind


def local_agreements(_due_at: datetime.datetime) -> int:
    return tell_of_local_agreements()


PERIODIC_JOBS = [
    PeriodicJob("local_agreements", Every(minutes=10), local_agreements),
    PeriodicJob("assess_weekly", Weekly(datetime.time(8)), remind),
]
