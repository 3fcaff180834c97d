"""A star is not recorded, nor a look."""

NOT_AUDITED = {
    "schools.followedstudent": "it says nothing about the student, only how an employee sorts their own list",
    "schools.overviewvisit": "on which day an employee looked last, for their own page",
}
