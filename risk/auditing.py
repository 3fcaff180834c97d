"""How assessments are recorded: each is a new row, so what was before stands in the one before it."""

from laereplads.audit.models import Action
from laereplads.audit.triggers import AuditedTable

THE_ONE_BEFORE = (
    "case when was.id is null then (select earlier.level from risk_riskassessment earlier "
    "where earlier.agreement_id = it.agreement_id and earlier.id < it.id order by earlier.id desc limit 1) "
    "else was.level end"
)

AUDITED_TABLES = [
    AuditedTable(
        "risk.riskassessment",
        added=Action.ASSESSMENT_RECORDED,
        changed=Action.ASSESSMENT_CHANGED,
        removed=Action.ASSESSMENT_DELETED,
        instead=((Action.ASSESSMENT_REMOVED, "was.id is null and it.level is null"),),
        student=(
            "(select student.public_id from people_agreement agreement "
            "join people_student student on student.id = agreement.student_id "
            "where agreement.id = coalesce(it.agreement_id, was.agreement_id))"
        ),
        told=("level",),
        before={"level": THE_ONE_BEFORE},
    ),
]
