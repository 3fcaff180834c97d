"""Choosing whom to act for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.web.http import Request

# Where a session keeps the public id of the membership that was chosen.
SESSION_KEY = "membership"


def act_as(membership: Membership, request: Request) -> None:
    """Let the session act as `membership` from now on. The session key is new: rights have changed."""
    request.membership = membership
    request.user.acting_permissions = membership.permissions
    request.session[SESSION_KEY] = str(membership.public_id)
    request.session.cycle_key()
