"""Who may reach lists of followed students: the employee whose list it is."""

from laereplads.access.roles import Role
from laereplads.database.wall import MEMBERSHIP, Table, may

TABLES = [
    Table(
        "schools_followedstudent",
        may(Role.SCHOOL_STAFF, "select insert delete", f"membership_id = {MEMBERSHIP}"),
    ),
]
