"""How changes of users, of what they log in with, and of memberships are logged. A login is no change of a user."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

MEMBERSHIP_ADDED = Action("membership_added", _("Tilknytning er oprettet"))
MEMBERSHIP_CHANGED = Action("membership_changed", _("Tilknytning er ændret"))
MEMBERSHIP_REMOVED = Action("membership_removed", _("Tilknytning er slettet"))
LINK_SENT = Action("link_sent", _("Link til adgangskode er sendt"))
ADDRESS_ASKED_FOR = Action("address_asked_for", _("Ny e-mailadresse er foreslået"))
ADDRESS_CHANGED = Action("address_changed", _("E-mailadressen er ændret"))
SECOND_FACTOR_REMOVED = Action("second_factor_removed", _("Andet trin af login er fjernet"))
SESSIONS_ENDED = Action("sessions_ended", _("Alle sessioner er afsluttet"))

ACTIONS = [
    *(MEMBERSHIP_ADDED, MEMBERSHIP_CHANGED, MEMBERSHIP_REMOVED),
    *(ADDRESS_ASKED_FOR, ADDRESS_CHANGED),
    *(LINK_SENT, SECOND_FACTOR_REMOVED, SESSIONS_ENDED),
]

AUDITED_TABLES = [
    AuditedTable(
        "access.membership",
        added=MEMBERSHIP_ADDED,
        changed=MEMBERSHIP_CHANGED,
        removed=MEMBERSHIP_REMOVED,
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=("user", "role", "company", "school", "student", "starts_on", "ends_on"),
    ),
    # What belongs to it is sealed, and its use is a login.
    AuditedTable(
        "mfa.authenticator", kept_fields=("user", "type"), ignored_fields=("data", "created_at", "last_used_at")
    ),
    AuditedTable(
        "accounts.user",
        kept_fields=("is_active",),
        ignored_fields=("password", "last_login"),
        # Whoever may log in with another address is somebody else, perhaps.
        special_actions=((ADDRESS_CHANGED, "was.id is not null and was.email is distinct from it.email"),),
    ),
]

NOT_AUDITED = {
    "access.processedform": "what a form did is recorded; this only tells the same form when it comes again",
}
