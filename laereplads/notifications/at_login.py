"""Whoever gets no mails any more is told when they log in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.utils.translation import gettext as _

from laereplads.access.roles import CHOOSE_MAILS, PERMISSIONS
from laereplads.notifications.models import RefusedAddress

if TYPE_CHECKING:
    from django.http import HttpRequest

    from laereplads.accounts.models import User

# Who has the page that the words lead to.
ROLES = [role for role, permissions in PERMISSIONS.items() if CHOOSE_MAILS in permissions]


def tell_of_refused_address(request: HttpRequest, user: User, **_sender: Any) -> None:
    refused = RefusedAddress.objects.in_force().filter(user=user, user__memberships__role__in=ROLES)
    if refused.exists():
        words = _("Vi kan ikke sende mails til %(address)s. Åbn Mine beskeder, og se, hvad du kan gøre.")
        messages.warning(request, words % {"address": user.email}, fail_silently=True)
