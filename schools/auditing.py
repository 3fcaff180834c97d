"""A star is not recorded, nor a look."""

NOT_AUDITED = {
    "schools.followedstudent": "it says nothing about the student, only how an employee sorts their own list",
    "schools.toldassessment": "that the portal sent a mail with a number in it; the outbox says so, too",
    "schools.overviewvisit": "on which day an employee looked last, for their own page",
}
