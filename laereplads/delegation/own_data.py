"""What a student's own file tells of how they were invited."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.models import RIGHTS
from laereplads.database.own_data import OwnTable
from laereplads.delegation.models import Invitation

TOLD = ("created_at", "expires_at", "accepted_at", "withdrawn_at", "public_id", "student")
OWN_TABLES = [
    OwnTable(
        "invitations",
        "delegation.Invitation",
        _("Koder fra din skole"),
        {
            "created_at": _("Lavet"),
            "expires_at": _("Udløber"),
            "accepted_at": _("Brugt"),
            "withdrawn_at": _("Trukket tilbage"),
            "public_id": _("Kodens portal-id"),
        },
        lambda membership: (
            Invitation.objects.filter(student=membership.student_id).only(*TOLD).order_by("created_at", "id")
        ),
        nothing=_("Der er ingen."),
        left_out={
            **dict.fromkeys(("student", "role", "membership"), "themselves"),
            **dict.fromkeys(("name", "email", "company", "school", *RIGHTS), "of an organisation's staff only"),
            "secret_hash": "a hash, which nobody can read",
            "invited_by": "of their school; who there is in the record",
        },
    ),
]
NOT_IN_OWN_FILE = {
    "delegation.AccessRequest": "of an organisation's staff only",
    "delegation.ConfirmationLine": "of an organisation's staff only",
}
