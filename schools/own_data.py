"""What a student's own file tells of what only schools have."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnCount, OwnTable
from schools.models import StudentGroupMember

OWN_TABLES = [
    OwnTable(
        "student_groups",
        "schools.StudentGroupMember",
        _("Grupper på din skole"),
        {"group.name": _("Gruppe")},
        lambda membership: (
            StudentGroupMember.objects.visible_to(membership)
            .select_related("group")
            .order_by("group__sort_key", "group_id")
        ),
        nothing=_("Skolen har ikke sat dig i nogen gruppe."),
        left_out={"student": "oneself"},
    ),
]
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
    "schools.SavedFilter": "what an employee looks for among all students",
    "schools.SavedFilterMatch": "whom an employee's filter found, by what the other sections tell",
    "schools.FollowedStudent": "told as a number in the student's section; whose list it is is about the employee",
    "schools.ToldAssessment": "that the school was sent a mail that names nobody",
    "schools.OverviewVisit": "about an employee, and no student",
}
