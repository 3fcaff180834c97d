"""What a student's own file tells of what they have access to."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.models import RIGHTS, Membership
from laereplads.database.identity import as_web_role
from laereplads.database.own_data import OwnTable


def memberships_of_the_user(membership: Membership) -> list[Membership]:
    """Also those that are over, at whatever party."""
    with as_web_role():
        own = Membership.objects.filter(user=membership.user_id)
        return list(own.with_party().order_by("-starts_on", "-id"))


OWN_TABLES = [
    OwnTable(
        "memberships",
        "access.Membership",
        _("Din adgang"),
        {
            "role": _("Rolle"),
            "company": _("Virksomhed"),
            "school": _("Skole"),
            "starts_on": _("Fra"),
            "ends_on": _("Til og med"),
            "public_id": _("Tilknytningens portal-id"),
        },
        memberships_of_the_user,
        nothing=_("Der er ingen adgang."),
        left_out={
            "user": "themselves",
            "student": "themselves",
            **dict.fromkeys((*RIGHTS, "confirmed_on"), "of an organisation's staff only"),
        },
    ),
]
