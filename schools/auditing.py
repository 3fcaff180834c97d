"""How changes of groups are logged. A star is not, nor a look, nor what an employee saves for their own eye."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

GROUP_ADDED = Action("student_group_added", _("En gruppe er oprettet"))
GROUP_RENAMED = Action("student_group_renamed", _("En gruppe har fået et andet navn"))
GROUP_DELETED = Action("student_group_deleted", _("En gruppe er slettet"))
STUDENT_JOINED_GROUP = Action("student_joined_group", _("Eleven er føjet til en gruppe på skolen"))
STUDENT_LEFT_GROUP = Action("student_left_group", _("Eleven er fjernet fra en gruppe på skolen"))

ACTIONS = [GROUP_ADDED, GROUP_RENAMED, GROUP_DELETED, STUDENT_JOINED_GROUP, STUDENT_LEFT_GROUP]

AUDITED_TABLES = [
    AuditedTable(
        "schools.studentgroup",
        added=GROUP_ADDED,
        changed=GROUP_RENAMED,
        removed=GROUP_DELETED,
        kept_fields=("school",),
    ),
    AuditedTable(
        "schools.studentgroupmember",
        added=STUDENT_JOINED_GROUP,
        removed=STUDENT_LEFT_GROUP,
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=("group",),
    ),
]
NOT_AUDITED = {
    "schools.followedstudent": "it says nothing about the student, only how an employee sorts their own list",
    "schools.toldassessment": "that the portal sent a mail with a number in it; the outbox says so, too",
    "schools.overviewvisit": "on which day an employee looked last, for their own page",
    "schools.savedfilter": "it says nothing about a student, only what an employee looks for",
    "schools.savedfiltermatch": "whom a filter found, remembered so that nobody is told twice",
}
