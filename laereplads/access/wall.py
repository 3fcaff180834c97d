"""Who may reach memberships: the login, the company's own staff, and everybody their own."""

from laereplads.access.roles import Role
from laereplads.database.wall import ALL_ROWS, COMPANY, MEMBERSHIP, WEB, Table, may

TABLES = [
    Table(
        "access_membership",
        (
            *may(WEB, "select", ALL_ROWS),
            *may(Role.COMPANY_STAFF, "select", f"company_id = {COMPANY}"),
            *may(Role.SCHOOL_STAFF, "select", f"id = {MEMBERSHIP}"),
            *may(Role.STUDENT, "select", f"id = {MEMBERSHIP}"),
            *may(Role.ADMINISTRATOR, "select insert update", ALL_ROWS),
        ),
    ),
]
