"""Events are added by everybody who does something, and read by those whom they are about."""

from laereplads.database.wall import ALL_ROWS, Table, may

OWN_STUDENTS = "student in (select public_id from people_student)"
# An event of an assessment tells its level, which is nothing to an administrator.
NOT_OF_ASSESSMENTS = "action not in ('assessment_recorded', 'assessment_removed')"
ACTING = ("company_staff", "school_staff", "student", "administrator")

TABLES = [
    Table(
        "audit_event",
        (
            *(grant for role in ACTING for grant in may(role, "insert", ALL_ROWS)),
            # INSERT … RETURNING reads the id of the row just added.
            *(
                grant
                for role in ("company_staff", "student")
                for grant in may(role, "select", ALL_ROWS, columns=("id",))
            ),
            *may("school_staff", "select", OWN_STUDENTS),
            *may("administrator", "select", NOT_OF_ASSESSMENTS),
        ),
    ),
]
