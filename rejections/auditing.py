"""How rejections and their reasons are logged: that there is one, and nothing of what it says."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action
from laereplads.audit.triggers import AuditedTable

REJECTION_REGISTERED = Action("rejection_registered", _("Afslag er registreret"))
REJECTIONS_DELIVERED = Action("rejections_delivered", _("Afslag er leveret til datavarehuset"))
APPLICANTS_DELETED = Action("applicants_deleted", _("Ansøgeres oplysninger er slettet efter levering"))

ACTIONS = [REJECTION_REGISTERED, REJECTIONS_DELIVERED, APPLICANTS_DELETED]

AUDITED_TABLES = [
    AuditedTable("rejections.rejection", added=REJECTION_REGISTERED),
    AuditedTable(
        "rejections.rejectionreason",
        kept_fields=("valid_from", "valid_until", "is_catch_all"),
    ),
]

NOT_AUDITED = {
    "rejections.applicant": "sealed, and recorded with the rejection; that it went is recorded as an act",
    "rejections.fingerprint": "made with the rejection, and goes by itself",
    "rejections.delivery": "recorded as an act, with the numbers of what was delivered",
    "rejections.deliveredrejection": "as the delivery",
}
