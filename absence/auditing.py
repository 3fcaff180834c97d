"""How school periods and notices are logged. Days are not: their file is, and the school's system has their history."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

PERIOD_REPORTED = Action("school_period_reported", _("Skoleophold er registreret"))
PERIOD_CHANGED = Action("school_period_changed", _("Skoleophold er ændret"))
PERIOD_CANCELLED = Action("school_period_cancelled", _("Skoleophold er aflyst"))
PERIOD_REMOVED = Action("school_period_removed", _("Skoleophold er slettet"))
NOTICE_GIVEN = Action("absence_notice_given", _("Virksomheden er underrettet om fravær"))
NOTICE_CORRECTED = Action("absence_notice_corrected", _("Underretning om fravær er rettet"))
NOTICE_SEEN = Action("absence_notice_seen", _("Virksomheden har set underretningen om fravær"))
NOTICE_REMOVED = Action("absence_notice_removed", _("Underretning om fravær er slettet"))
ABSENCE_DELIVERED = Action("absence_delivered", _("En fil med skoleophold eller fravær er indlæst"))

ACTIONS = [
    *(PERIOD_REPORTED, PERIOD_CHANGED, PERIOD_CANCELLED, PERIOD_REMOVED),
    *(NOTICE_GIVEN, NOTICE_CORRECTED, NOTICE_SEEN, NOTICE_REMOVED, ABSENCE_DELIVERED),
]

AUDITED_TABLES = [
    AuditedTable(
        "absence.schoolperiod",
        added=PERIOD_REPORTED,
        changed=PERIOD_CHANGED,
        removed=PERIOD_REMOVED,
        special_actions=(
            (PERIOD_CANCELLED, "was.id is not null and was.cancelled_on is null and it.cancelled_on is not null"),
        ),
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=("kind", "starts_on", "ends_on", "cancelled_on"),
        is_hidden_from_administrators=True,
        is_told_in_a_section_of_its_own=True,
    ),
    AuditedTable(
        "absence.absencenotice",
        added=NOTICE_GIVEN,
        changed=NOTICE_SEEN,
        removed=NOTICE_REMOVED,
        special_actions=((NOTICE_CORRECTED, "was.id is null and it.sequence > 1"),),
        student=(
            "(select student.public_id from absence_schoolperiod period "
            "join people_student student on student.id = period.student_id "
            "where period.id = coalesce(it.period_id, was.period_id))"
        ),
        kept_fields=("kind", "due_on", "through"),
        is_hidden_from_administrators=True,
        is_told_in_a_section_of_its_own=True,
    ),
    AuditedTable(
        "absence.absencedelivery",
        added=ABSENCE_DELIVERED,
        kept_fields=("school", "kind", "covers_from", "covers_to"),
    ),
]
NOT_AUDITED = {
    "absence.absenceday": "hundreds of thousands a month; the delivery that brought it is recorded with its numbers",
    "absence.archivedsum": "what retention makes of days, and says in its own event",
}
