"""The access log is not recorded: it is a log, and sealed like one."""

from laereplads.access_log.retention import PERIODS
from laereplads.audit.sealed_logs import SealedLog

NOT_AUDITED = {
    "access_log.accesslogentry": "a log of its own, which only retention shortens",
}

SEALED_LOGS = [
    SealedLog(
        "access_log.AccessLogEntry",
        PERIODS["access_log"],
        (
            *("id", "(extract(epoch from at) * 1000000)::bigint", "membership_id", "company_id", "school_id"),
            *("purpose", "array_to_string(students, ' ')", "request"),
        ),
    ),
]
