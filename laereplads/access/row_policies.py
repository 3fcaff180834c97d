"""Who may reach memberships: the login, the company's own staff, and everybody their own."""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import ALL_ROWS, COMPANY, MEMBERSHIP, WEB, Table, if_limited, may

# Who recorded something, and for whom.
RECORDER_COLUMNS = ("id", "user_id", "company_id")
# Whoever is limited to a workplace meets colleagues in what these recorded there.
ONESELF = if_limited(f"id = {MEMBERSHIP}")

TABLES = [
    Table(
        "access_membership",
        (
            *may(WEB, "select", ALL_ROWS),
            *may(Role.COMPANY_STAFF, "select", f"company_id = {COMPANY} and {ONESELF}", columns=RECORDER_COLUMNS),
            *may(Role.SCHOOL_STAFF, "select", f"id = {MEMBERSHIP}", columns=RECORDER_COLUMNS),
            *may(Role.STUDENT, "select", f"id = {MEMBERSHIP}", columns=RECORDER_COLUMNS),
            *may(Role.ADMINISTRATOR, "select insert", ALL_ROWS),
            *may(Role.ADMINISTRATOR, "update", ALL_ROWS, columns=("starts_on", "ends_on")),
        ),
    ),
    Table("access_processedform", may(Role.ADMINISTRATOR, "select insert", ALL_ROWS)),
]
