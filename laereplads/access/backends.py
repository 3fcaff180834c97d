"""Knows who is logged in, and what she is a member of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend

from laereplads.access.models import Membership
from laereplads.access.sessions import read_along

if TYPE_CHECKING:
    from laereplads.accounts.models import User


class MembershipBackend(AuthenticationBackend):
    """allauth's login; the user that a session belongs to comes with `active_memberships`."""

    def get_user(self, user_id: int) -> User | None:
        known = read_along.get() or {}
        if user_id in known:
            # Read with the session, a moment ago.
            return known[user_id] if self.user_can_authenticate(known[user_id]) else None
        memberships = list(Membership.objects.active().filter(user=user_id).select_related("user").with_party())
        user: User | None = memberships[0].user if memberships else super().get_user(user_id)
        if user is not None:
            user.active_memberships = memberships
        return user
