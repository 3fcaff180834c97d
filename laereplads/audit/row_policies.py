"""Who may read events: those whose students they are about. Nobody adds any: the database does, see triggers.py."""

from laereplads.audit.triggers import hidden_models
from laereplads.database.row_level_security import Table, may

OF_OWN_STUDENTS = "exists (select from people_student where public_id = audit_event.student)"
NOT_HIDDEN = f"object_type <> all(array[{', '.join(f"'{model}'" for model in hidden_models())}]::text[])"
# What has been changed about them is a student's to know; by whom in the organisation is not.
ABOUT_ONESELF = "student = any(array(select public_id from people_student))"
TOLD_TO_STUDENTS = ("id", "at", "action", "acting_for", "acting_membership", "student", "changes")

TABLES = [
    Table(
        "audit_event",
        (
            *may("school_staff", "select", OF_OWN_STUDENTS),
            *may("student", "select", ABOUT_ONESELF, columns=TOLD_TO_STUDENTS),
            *may("administrator", "select", NOT_HIDDEN),
        ),
    ),
    # The chain is made and compared by a command.
    Table("audit_chainentry"),
]
