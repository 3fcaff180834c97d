"""How changes of users, of what they log in with, and of memberships are logged. A login is no change of a user."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.models import RIGHTS
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
IDENTITY_TIED = Action("identity_tied", _("Login er knyttet til bruger"))
IDENTITY_CHANGED = Action("identity_changed", _("Login er ændret"))
IDENTITY_REMOVED = Action("identity_removed", _("Login er slettet"))

ACTIONS = [
    *(MEMBERSHIP_ADDED, MEMBERSHIP_CHANGED, MEMBERSHIP_REMOVED),
    *(ADDRESS_ASKED_FOR, ADDRESS_CHANGED),
    *(IDENTITY_TIED, IDENTITY_CHANGED, IDENTITY_REMOVED),
    *(LINK_SENT, SECOND_FACTOR_REMOVED, SESSIONS_ENDED),
]

AUDITED_TABLES = [
    AuditedTable(
        "access.membership",
        added=MEMBERSHIP_ADDED,
        changed=MEMBERSHIP_CHANGED,
        removed=MEMBERSHIP_REMOVED,
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=(
            *("user", "role", "company", "school", "student", "starts_on", "ends_on", "confirmed_on"),
            *RIGHTS,
        ),
    ),
    AuditedTable(
        "accounts.identity",
        added=IDENTITY_TIED,
        changed=IDENTITY_CHANGED,
        removed=IDENTITY_REMOVED,
        kept_fields=("user", "scheme"),
        # A login is no change of who somebody is.
        ignored_fields=("last_signed_in_at", "p_number"),
    ),
    # What belongs to it is sealed, and its use is a login.
    AuditedTable(
        "mfa.authenticator", kept_fields=("user", "type"), ignored_fields=("data", "created_at", "last_used_at")
    ),
    AuditedTable(
        "accounts.user",
        kept_fields=("is_active", "is_break_glass"),
        ignored_fields=("password", "last_login"),
        # Whoever may log in with another address is somebody else, perhaps.
        special_actions=((ADDRESS_CHANGED, "was.id is not null and was.email is distinct from it.email"),),
    ),
]

NOT_AUDITED = {
    "access.processedform": "what a form did is recorded; this only tells the same form when it comes again",
}
