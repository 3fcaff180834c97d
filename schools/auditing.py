"""A star is not recorded."""

NOT_AUDITED = {
    "schools.followedstudent": "it says nothing about the student, only how an employee sorts their own list",
}
