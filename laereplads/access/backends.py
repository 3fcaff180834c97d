"""Knows who is logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend

from laereplads.access.sessions import read_along

if TYPE_CHECKING:
    from django.http import HttpRequest

    from laereplads.accounts.models import User


class MembershipBackend(AuthenticationBackend):
    """allauth's login; the user of the request's session comes with `active_memberships`, anybody else with none."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """With a password; nobody whose organisation vouches for them at a broker has one that counts."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user and user.may_use_password else None

    def get_user(self, user_id: int) -> User | None:
        # Read with the session, a moment ago.
        known = (read_along.get() or {}).get(user_id)
        if known is None:
            somebody: User | None = super().get_user(user_id)
            return somebody
        return known if self.user_can_authenticate(known) else None
