"""How assessments are logged: each is a new row, so what was before stands in the one before it."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

ASSESSMENT_RECORDED = Action("assessment_recorded", _("Frafaldsrisiko er registreret"))
ASSESSMENT_REMOVED = Action("assessment_removed", _("Registrering af frafaldsrisiko er fjernet"))
ASSESSMENT_CHANGED = Action("assessment_changed", _("Registrering af frafaldsrisiko er ændret"))
ASSESSMENT_DELETED = Action("assessment_deleted", _("Registrering af frafaldsrisiko er slettet"))

LOCAL_AGREEMENT_PROPOSED = Action("local_agreement_proposed", _("Lokal aftale er foreslået"))
LOCAL_AGREEMENT_ACCEPTED = Action("local_agreement_accepted", _("Lokal aftale er godkendt af begge parter"))
LOCAL_AGREEMENT_CHANGED = Action("local_agreement_changed", _("Lokal aftale er ændret"))
LOCAL_AGREEMENT_WITHDRAWN = Action("local_agreement_withdrawn", _("Forslag til lokal aftale er fjernet"))
ASSESSMENT_PAUSED = Action("assessment_paused", _("Vurderinger er sat på pause"))
ASSESSMENT_RESUMED = Action("assessment_resumed", _("Pause i vurderinger er slut"))

ACTIONS = [
    *(ASSESSMENT_RECORDED, ASSESSMENT_REMOVED, ASSESSMENT_CHANGED, ASSESSMENT_DELETED),
    *(LOCAL_AGREEMENT_PROPOSED, LOCAL_AGREEMENT_ACCEPTED, LOCAL_AGREEMENT_CHANGED, LOCAL_AGREEMENT_WITHDRAWN),
    *(ASSESSMENT_PAUSED, ASSESSMENT_RESUMED),
]

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
    AuditedTable(
        "risk.localagreement",
        added=LOCAL_AGREEMENT_PROPOSED,
        changed=LOCAL_AGREEMENT_CHANGED,
        removed=LOCAL_AGREEMENT_WITHDRAWN,
        special_actions=(
            (
                LOCAL_AGREEMENT_ACCEPTED,
                "was.id is not null and was.accepted_at is null and it.accepted_at is not null",
            ),
        ),
        kept_fields=("school", "company", "education", "valid_from", "valid_to", "timing", "school_told"),
        # That mails were written; the outbox says so, too.
        ignored_fields=("proposal_told_at", "answer_told_at"),
    ),
    AuditedTable(
        "risk.assessmentpause",
        added=ASSESSMENT_PAUSED,
        removed=ASSESSMENT_RESUMED,
        student=(
            "(select student.public_id from people_agreement agreement "
            "join people_student student on student.id = agreement.student_id "
            "where agreement.id = coalesce(it.agreement_id, was.agreement_id))"
        ),
        kept_fields=("until",),
        is_hidden_from_administrators=True,
        is_told_in_a_section_of_its_own=True,
    ),
]
NOT_AUDITED = {
    "risk.sentreminder": "that the portal sent a mail with a number in it; the outbox says so, too",
    "risk.notedassessment": "that the portal wrote to a student who asked for it; the outbox says so, too",
}
