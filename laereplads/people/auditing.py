"""How changes of people and organisations are logged. Names, addresses, numbers and birth dates leave no value."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

STUDENT_REPORTED = Action("student_reported", _("Eleven er registreret"))
STUDENT_CHANGED = Action("student_changed", _("Elevens oplysninger er ændret"))
STUDENT_SIGNED_OFF = Action("student_signed_off", _("Eleven er meldt ud"))
STUDENT_REMOVED = Action("student_removed", _("Eleven er slettet"))
AGREEMENT_REPORTED = Action("agreement_reported", _("Uddannelsesaftale er registreret"))
AGREEMENT_CHANGED = Action("agreement_changed", _("Uddannelsesaftale er ændret"))
AGREEMENT_REMOVED = Action("agreement_removed", _("Uddannelsesaftale er slettet"))

ACTIONS = [
    *(STUDENT_REPORTED, STUDENT_CHANGED, STUDENT_SIGNED_OFF, STUDENT_REMOVED),
    *(AGREEMENT_REPORTED, AGREEMENT_CHANGED, AGREEMENT_REMOVED),
]

AUDITED_TABLES = [
    AuditedTable(
        "people.student",
        added=STUDENT_REPORTED,
        changed=STUDENT_CHANGED,
        removed=STUDENT_REMOVED,
        special_actions=((STUDENT_SIGNED_OFF, "was.signed_off_on is null and it.signed_off_on is not null"),),
        student="coalesce(it.public_id, was.public_id)",
        kept_fields=(
            *("school", "education", "student_type", "status", "basic_programme", "relation", "visibility"),
            *("expected_completion_on", "signed_off_on"),
        ),
    ),
    AuditedTable(
        "people.agreement",
        added=AGREEMENT_REPORTED,
        changed=AGREEMENT_CHANGED,
        removed=AGREEMENT_REMOVED,
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=(
            *("student", "company", "workplace", "school", "education", "type"),
            *("starts_on", "ends_on", "ended_early_on"),
        ),
    ),
    AuditedTable("people.education", kept_fields=("is_sosu",)),
    AuditedTable("people.school"),
    AuditedTable("people.company", kept_fields=("kind",)),
    AuditedTable("people.workplace", kept_fields=("company",)),
]
