"""Events are added in one's own name by those who do something, and read by those whom they are about."""

from laereplads.audit.readings_wall import TABLES as READINGS
from laereplads.database.wall import MEMBERSHIP, Table, may

IN_ONES_OWN_NAME = f"actor_id = (select user_id from access_membership where id = {MEMBERSHIP})"
OF_OWN_STUDENTS = "student in (select public_id from people_student)"
# An event of an assessment tells its level, which is nothing to an administrator.
NOT_OF_ASSESSMENTS = "action not in ('assessment_recorded', 'assessment_removed')"

TABLES = [
    *READINGS,
    Table(
        "audit_event",
        (
            *may("company_staff", "insert", f"{IN_ONES_OWN_NAME} and (student is null or {OF_OWN_STUDENTS})"),
            # INSERT … RETURNING reads the id of the row just added.
            *may("company_staff", "select", IN_ONES_OWN_NAME, columns=("id",)),
            *may("school_staff", "select", OF_OWN_STUDENTS),
            *may("administrator", "insert", IN_ONES_OWN_NAME),
            *may("administrator", "select", NOT_OF_ASSESSMENTS),
        ),
    ),
]
