"""Who may reach files that wait for a yes: whoever sent them, an administrator or an employee of a school."""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import MEMBERSHIP, Table, may

OWN = f"uploaded_by_id = {MEMBERSHIP}"

TABLES = [
    Table(
        "imports_upload",
        tuple(
            grant
            for role in (Role.ADMINISTRATOR, Role.SCHOOL_STAFF)
            for grant in may(role, "select insert delete", OWN)
        ),
    ),
]
