"""Who may read events: those whose students they are about. Nobody adds any: the database does, see triggers.py."""

from laereplads.audit.triggers import actions_told_elsewhere, hidden_models
from laereplads.database.row_level_security import Table, may

OF_OWN_STUDENTS = "exists (select from people_student where public_id = audit_event.student)"
NOT_HIDDEN = f"object_type <> all(array[{', '.join(f"'{model}'" for model in hidden_models())}]::text[])"
# What has been changed about them is a student's to know; by whom in the organisation is not. Levels they read where
# they stand: an event would tell those that were removed, too.
TOLD_ELSEWHERE = ", ".join(f"'{action}'" for action in sorted(actions_told_elsewhere()))
ABOUT_ONESELF = (
    "student = any(array(select public_id from people_student)) "
    f"and (action <> all(array[{TOLD_ELSEWHERE}]::text[]) or changes = jsonb_build_object())"
)
# A school reads what happened and when, and no value.
TOLD_TO_SCHOOLS = ("id", "at", "action", "acting_for", "acting_membership", "student")
TOLD_TO_STUDENTS = (*TOLD_TO_SCHOOLS, "changes")

TABLES = [
    Table(
        "audit_event",
        (
            *may("school_staff", "select", OF_OWN_STUDENTS, columns=TOLD_TO_SCHOOLS),
            *may("student", "select", ABOUT_ONESELF, columns=TOLD_TO_STUDENTS),
            *may("administrator", "select", NOT_HIDDEN),
        ),
    ),
    # The chain is made and compared by a command.
    Table("audit_chainentry"),
]
