"""What a student's own file tells of the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from laereplads.audit.models import Event
from laereplads.database.own_data import OwnTable

if TYPE_CHECKING:
    from laereplads.access.models import Membership

WHO_IT_WAS = "which employee it was is about them"


def events_about(membership: Membership) -> list[Event]:
    """The columns that a student's database role may read."""
    assert membership.student  # noqa: S101  # it is a student's file
    oneself = apps.get_model("people.Student").objects.being(membership.student.pk)
    events = Event.objects.told_to_students().filter(student__in=oneself.values("public_id")).order_by("-at", "-id")
    return list(events.only("id", "at", "action", "acting_for", "acting_membership", "changes"))


OWN_TABLES = [
    OwnTable(
        "events",
        "audit.Event",
        _("Ændringer af dine oplysninger"),
        {
            "at": _("Tidspunkt"),
            "action": _("Hvad der er sket"),
            "party": _("På vegne af"),
            "changes": _("Ændringer, hver med det, der stod før, og det, der står nu"),
        },
        events_about,
        nothing=_("Der er ikke registreret nogen ændringer."),
        left_out={
            "student": "themselves",
            "actor": WHO_IT_WAS,
            "acting_membership": WHO_IT_WAS,
            "acting_for": "told as the party, in words",
            "recorded_at": "when the database wrote what the time tells",
            "request": "ties the rows of one request together",
            "erased_on": "when the changes were taken out",
            "object_type": "where in the database",
            "object_id": "where in the database",
        },
    ),
]
