"""Events are read by those whose students they are about. Nobody adds any: the database does, see triggers.py."""

from laereplads.audit.access_log_row_policies import TABLES as READINGS
from laereplads.audit.models import ASSESSMENT
from laereplads.database.row_level_security import Table, may

OF_OWN_STUDENTS = "exists (select from people_student where public_id = audit_event.student)"
NOT_OF_ASSESSMENTS = f"object_type <> '{ASSESSMENT}'"

TABLES = [
    *READINGS,
    Table(
        "audit_event",
        (
            *may("school_staff", "select", OF_OWN_STUDENTS),
            *may("administrator", "select", NOT_OF_ASSESSMENTS),
        ),
    ),
    # The chain is made and compared by a command.
    Table("audit_link"),
]
