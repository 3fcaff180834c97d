"""How visits are recorded."""

from laereplads.audit.triggers import AuditedTable

AUDITED_TABLES = [
    AuditedTable(
        "visits.visit",
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=("kind", "visited_on"),
    )
]
