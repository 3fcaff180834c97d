"""How changes of people and organisations are recorded. Names, addresses, numbers and birth dates leave no value."""

from laereplads.audit.models import Action
from laereplads.audit.triggers import AuditedTable

AUDITED_TABLES = [
    AuditedTable(
        "people.student",
        added=Action.STUDENT_REPORTED,
        changed=Action.STUDENT_CHANGED,
        removed=Action.STUDENT_REMOVED,
        instead=((Action.STUDENT_SIGNED_OFF, "was.signed_off_on is null and it.signed_off_on is not null"),),
        student="coalesce(it.public_id, was.public_id)",
        told=(
            *("school", "education", "student_type", "status", "basic_programme", "relation", "visibility"),
            *("expected_completion_on", "signed_off_on"),
        ),
    ),
    AuditedTable(
        "people.agreement",
        added=Action.AGREEMENT_REPORTED,
        changed=Action.AGREEMENT_CHANGED,
        removed=Action.AGREEMENT_REMOVED,
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        told=(
            *("student", "company", "workplace", "school", "education", "type"),
            *("starts_on", "ends_on", "ended_early_on"),
        ),
    ),
    AuditedTable("people.education", told=("is_sosu",)),
    AuditedTable("people.school"),
    AuditedTable("people.company", told=("kind",)),
    AuditedTable("people.workplace", told=("company",)),
]
