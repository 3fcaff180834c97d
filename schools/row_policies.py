"""Who may reach lists of followed students: the employee whose list it is; a student knows how many lists hold them.

And where students stand, and the groups they are in: their school. A student knows their own groups. Saved filters are
the employee's own; jobs remember whom they find, as one employee at a time.
"""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import ALL_ROWS, JOBS, MEMBERSHIP, SCHOOL, STUDENT, Table, may

OWN = f"membership_id = {MEMBERSHIP}"
OF_OWN_STUDENT = "exists (select from people_student where id = schools_followedstudent.student_id)"
OF_OWN_SCHOOL = f"school_id = {SCHOOL}"
OF_ONESELF = "student_id = any(array(select id from people_student))"
# Groups are few, and the policy of theirs says which.
IN_OWN_GROUPS = "group_id = any(array(select id from schools_studentgroup))"
OF_OWN_GROUPS = "id = any(array(select group_id from schools_studentgroupmember))"
IS_OWN_STUDENT = "exists (select from people_student where id = schools_studentgroupmember.student_id)"
FOUND_BY_OWN = f"saved_filter_id = any(array(select id from schools_savedfilter where {OWN}))"

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
        (*may(Role.SCHOOL_STAFF, "select", OF_OWN_SCHOOL), *may(JOBS, "select", ALL_ROWS)),
    ),
    Table("access_membership", may(JOBS, "select", ALL_ROWS, columns=("id", "is_leader"))),
    Table("schools_toldassessment", may(JOBS, "select insert", ALL_ROWS)),
    # Whether there is a new level: jobs count, and no mail says which.
    Table(
        "risk_riskassessment",
        may(JOBS, "select", ALL_ROWS, columns=("id", "agreement_id", "level", "recorded_at", "is_removed")),
    ),
    Table(
        "schools_studentgroup",
        (
            *may(Role.SCHOOL_STAFF, "select insert delete", OF_OWN_SCHOOL),
            *may(Role.SCHOOL_STAFF, "update", OF_OWN_SCHOOL, columns=("name",)),
            *may(Role.STUDENT, "select", OF_OWN_GROUPS),
            *may(JOBS, "select", OF_OWN_SCHOOL),
        ),
    ),
    Table(
        "schools_studentgroupmember",
        (
            # Also those who are signed off: a group that is deleted takes them along.
            *may(Role.SCHOOL_STAFF, "select delete", IN_OWN_GROUPS),
            *may(Role.SCHOOL_STAFF, "insert", f"{IN_OWN_GROUPS} and {IS_OWN_STUDENT}"),
            *may(Role.STUDENT, "select", OF_ONESELF),
            *may(JOBS, "select", IN_OWN_GROUPS),
        ),
    ),
    Table(
        "schools_savedfilter",
        (
            *may(Role.SCHOOL_STAFF, "select insert delete", OWN),
            *may(Role.SCHOOL_STAFF, "update", OWN, columns=("name", "tells_of_new", "compared_at")),
            # Whose there are to compare.
            *may(JOBS, "select", ALL_ROWS, columns=("id", "membership_id", "query", "tells_of_new", "compared_at")),
            *may(JOBS, "update", OWN, columns=("compared_at",)),
        ),
    ),
    Table(
        "schools_savedfiltermatch",
        (
            *may(Role.SCHOOL_STAFF, "select delete", FOUND_BY_OWN),
            *may(JOBS, "select insert delete", FOUND_BY_OWN),
        ),
    ),
    # The names of what a filter may ask for.
    Table("people_education", may(JOBS, "select", ALL_ROWS)),
]
