"""Who may reach lists of followed students: the employee whose list it is; a student knows how many lists hold them.

And where students stand: their school.
"""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import ALL_ROWS, JOBS, MEMBERSHIP, SCHOOL, STUDENT, Table, may

OWN = f"membership_id = {MEMBERSHIP}"
OF_OWN_STUDENT = "exists (select from people_student where id = schools_followedstudent.student_id)"

TABLES = [
    Table(
        "schools_followedstudent",
        (
            *may(Role.SCHOOL_STAFF, "select delete", OWN),
            *may(Role.SCHOOL_STAFF, "insert", f"{OWN} and {OF_OWN_STUDENT}"),
            *may(Role.STUDENT, "select", f"student_id = {STUDENT}", columns=("id", "student_id")),
            # Who is told of a student at once.
            *may(JOBS, "select", ALL_ROWS),
        ),
    ),
    Table(
        "schools_overviewvisit",
        (
            *may(Role.SCHOOL_STAFF, "select insert", OWN),
            *may(Role.SCHOOL_STAFF, "update", OWN, columns=("latest_on", "before_on")),
        ),
    ),
    # Written by the database alone. The scope leads every index, so that the policy costs nothing.
    Table(
        "schools_studentlistentry",
        (*may(Role.SCHOOL_STAFF, "select", f"school_id = {SCHOOL}"), *may(JOBS, "select", ALL_ROWS)),
    ),
    Table("access_membership", may(JOBS, "select", ALL_ROWS, columns=("id", "is_leader"))),
    Table("schools_toldassessment", may(JOBS, "select insert", ALL_ROWS)),
    # Whether there is a new level: jobs count, and no mail says which.
    Table(
        "risk_riskassessment",
        may(JOBS, "select", ALL_ROWS, columns=("id", "agreement_id", "level", "recorded_at", "is_removed")),
    ),
]
