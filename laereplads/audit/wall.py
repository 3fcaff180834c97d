"""Events are read by those whose students they are about. Nobody adds any: the database does, see recording.py."""

from laereplads.audit.models import ASSESSMENT
from laereplads.audit.readings_wall import TABLES as READINGS
from laereplads.database.wall import Table, may

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
