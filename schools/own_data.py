"""What a student's own file tells of what only schools have."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnCount

OWN_COUNTS = [
    OwnCount(
        "student",
        "followed_by",
        _("Antal medarbejdere på skolen, der har dig på deres egen liste"),
        Count("followers"),
    ),
]
NOT_IN_OWN_FILE = {
    "schools.StudentListEntry": "the student, their agreement and their newest assessment once more, for lists",
    "schools.FollowedStudent": "told as a number in the student's section; whose list it is is about the employee",
    "schools.ToldAssessment": "that the school was sent a mail that names nobody",
    "schools.OverviewVisit": "about an employee, and no student",
}
