"""How assessments are logged: each is a new row, so what was before stands in the one before it."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

ASSESSMENT_RECORDED = Action("assessment_recorded", _("Frafaldsrisiko er registreret"))
ASSESSMENT_REMOVED = Action("assessment_removed", _("Registrering af frafaldsrisiko er fjernet"))
ASSESSMENT_CHANGED = Action("assessment_changed", _("Registrering af frafaldsrisiko er ændret"))
ASSESSMENT_DELETED = Action("assessment_deleted", _("Registrering af frafaldsrisiko er slettet"))

ACTIONS = [ASSESSMENT_RECORDED, ASSESSMENT_REMOVED, ASSESSMENT_CHANGED, ASSESSMENT_DELETED]

# A removal does not repeat what it removes: its event is told to people who are shown that level no more.
THE_ONE_BEFORE = (
    "case when was.id is not null then was.level "
    "when it.level is not null then (select earlier.level from risk_riskassessment earlier "
    "where earlier.agreement_id = it.agreement_id and earlier.id < it.id order by earlier.id desc limit 1) end"
)

AUDITED_TABLES = [
    AuditedTable(
        "risk.riskassessment",
        added=ASSESSMENT_RECORDED,
        changed=ASSESSMENT_CHANGED,
        removed=ASSESSMENT_DELETED,
        special_actions=((ASSESSMENT_REMOVED, "was.id is null and it.level is null"),),
        student=(
            "(select student.public_id from people_agreement agreement "
            "join people_student student on student.id = agreement.student_id "
            "where agreement.id = coalesce(it.agreement_id, was.agreement_id))"
        ),
        kept_fields=("level",),
        # The removal is an event, and says so.
        ignored_fields=("is_removed",),
        before={"level": THE_ONE_BEFORE},
        # An event tells the level, which is nothing to an administrator.
        is_hidden_from_administrators=True,
        # Levels as far as they are shown at all.
        is_told_in_a_section_of_its_own=True,
    ),
]
