"""What is done at fixed times: the other party of a local agreement is told of proposals and of a yes."""

from __future__ import annotations

import datetime

from laereplads.notifications.timetable import Every, PeriodicJob
from risk.local_agreement_mails import tell_of_local_agreements


def local_agreements(_due_at: datetime.datetime) -> int:
    return tell_of_local_agreements()


PERIODIC_JOBS = [PeriodicJob("local_agreements", Every(minutes=10), local_agreements)]
