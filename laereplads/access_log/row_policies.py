"""Who may reach the access log: staff add to it, students read what they are told, administrators search it."""

from laereplads.database.row_level_security import ALL_ROWS, COMPANY, MEMBERSHIP, SCHOOL, Table, may

FOR_ONESELF = (
    f"membership_id = {MEMBERSHIP} and company_id is not distinct from {COMPANY}"
    f" and school_id is not distinct from {SCHOOL}"
)
# Written so that the index on the column finds them.
NAMING_ONESELF = "students && array(select id from people_student)"
# Not who it was: that is for the administrator to ask.
TOLD_TO_STUDENTS = ("id", "at", "company_id", "school_id", "purpose", "students")
# All but the number, which gives them their order.
WRITTEN = ("at", "membership_id", "company_id", "school_id", "purpose", "students", "request")

TABLES = [
    Table(
        "access_log_accesslogentry",
        (
            *may("company_staff", "insert", FOR_ONESELF, columns=WRITTEN),
            *may("school_staff", "insert", FOR_ONESELF, columns=WRITTEN),
            *may("student", "select", NAMING_ONESELF, columns=TOLD_TO_STUDENTS),
            *may("administrator", "insert", FOR_ONESELF, columns=WRITTEN),
            *may("administrator", "select", ALL_ROWS),
        ),
    ),
]
