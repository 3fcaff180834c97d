"""Reads who is logged in together with what she is a member of: one statement for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend

from laereplads.access.models import Membership

if TYPE_CHECKING:
    from laereplads.accounts.models import User


class MembershipBackend(AuthenticationBackend):
    """allauth's login; the user that a session belongs to comes with `active_memberships`."""

    def get_user(self, user_id: int) -> User | None:
        memberships = list(Membership.objects.active().filter(user=user_id).select_related("user").with_party())
        user: User | None = memberships[0].user if memberships else super().get_user(user_id)
        if user is not None:
            user.active_memberships = memberships
        return user
