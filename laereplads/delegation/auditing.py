"""How it is logged who was invited, asked, was let in and was confirmed. Secrets and what a broker said are not."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.models import RIGHTS
from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

INVITED = Action("invited", _("Invitation er sendt"))
INVITATION_CHANGED = Action("invitation_changed", _("Invitation er ændret"))
INVITATION_TAKEN = Action("invitation_taken", _("Invitation er brugt"))
INVITATION_WITHDRAWN = Action("invitation_withdrawn", _("Invitation er trukket tilbage"))
INVITATION_REMOVED = Action("invitation_removed", _("Invitation er slettet"))
ACCESS_ASKED = Action("access_asked", _("Nogen har bedt om adgang"))
ACCESS_ANSWERED = Action("access_answered", _("Anmodning om adgang er besvaret"))
REQUEST_REMOVED = Action("request_removed", _("Anmodning om adgang er slettet"))
CONFIRMATION_OPENED = Action("confirmation_opened", _("Årlig bekræftelse er åbnet"))
CONFIRMATION_CHANGED = Action("confirmation_changed", _("Årlig bekræftelse er ændret"))
CONFIRMATION_REMOVED = Action("confirmation_removed", _("Årlig bekræftelse er slettet"))
NAME_LISTED = Action("name_listed", _("Bruger er sat på den årlige bekræftelse"))
NAME_ANSWERED = Action("name_answered", _("Bruger er besvaret i den årlige bekræftelse"))
NAME_REMOVED = Action("name_removed", _("Bruger er slettet fra den årlige bekræftelse"))

ACTIONS = [
    *(INVITED, INVITATION_CHANGED, INVITATION_TAKEN, INVITATION_WITHDRAWN, INVITATION_REMOVED),
    *(ACCESS_ASKED, ACCESS_ANSWERED, REQUEST_REMOVED),
    *(CONFIRMATION_OPENED, CONFIRMATION_CHANGED, CONFIRMATION_REMOVED),
    *(NAME_LISTED, NAME_ANSWERED, NAME_REMOVED),
]

AUDITED_TABLES = [
    AuditedTable(
        "delegation.invitation",
        added=INVITED,
        changed=INVITATION_CHANGED,
        removed=INVITATION_REMOVED,
        special_actions=(
            (INVITATION_TAKEN, "was.accepted_at is null and it.accepted_at is not null"),
            (INVITATION_WITHDRAWN, "was.withdrawn_at is null and it.withdrawn_at is not null"),
        ),
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        kept_fields=("role", "company", "school", "student", "membership", *RIGHTS),
        ignored_fields=("secret_hash",),
    ),
    AuditedTable(
        "delegation.accessrequest",
        added=ACCESS_ASKED,
        changed=ACCESS_ANSWERED,
        removed=REQUEST_REMOVED,
        kept_fields=("role", "company", "school", "membership", "answered_by"),
    ),
    AuditedTable(
        "delegation.confirmation",
        added=CONFIRMATION_OPENED,
        changed=CONFIRMATION_CHANGED,
        removed=CONFIRMATION_REMOVED,
        kept_fields=("company", "school", "opened_on", "closed_on"),
        ignored_fields=("warnings",),
    ),
    AuditedTable(
        "delegation.confirmationline",
        added=NAME_LISTED,
        changed=NAME_ANSWERED,
        removed=NAME_REMOVED,
        kept_fields=("membership", "is_confirmed", "answered_by"),
    ),
]
