"""What a student's own file tells of the access log: each entry by itself, the newest first."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.models import AccessLogEntry
from laereplads.database.own_data import OwnTable

OWN_TABLES = [
    OwnTable(
        "access_log",
        "access_log.AccessLogEntry",
        _("Hvem har set mine oplysninger"),
        {"at": _("Tidspunkt"), "company": _("Virksomhed"), "school": _("Skole"), "purpose": _("Formål")},
        lambda membership: (
            AccessLogEntry.objects.visible_to(membership)
            .select_related("company", "school")
            .order_by("-id")
            .only("at", "purpose", "company__name", "school__name")
        ),
        nothing=_("Ingen har set dine oplysninger det seneste år."),
        left_out={
            "request": "ties the rows of one request together",
            "students": "themselves; the others are others",
            "membership": "which employee it was is about them",
        },
        is_on_the_page=False,
    ),
]
