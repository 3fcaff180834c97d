"""Who may reach lists of followed students: the employee whose list it is."""

from laereplads.access.roles import Role
from laereplads.database.wall import MEMBERSHIP, Table, may

OWN = f"membership_id = {MEMBERSHIP}"

TABLES = [
    Table(
        "schools_followedstudent",
        (
            *may(Role.SCHOOL_STAFF, "select delete", OWN),
            *may(Role.SCHOOL_STAFF, "insert", f"{OWN} and student_id in (select id from people_student)"),
        ),
    ),
]
