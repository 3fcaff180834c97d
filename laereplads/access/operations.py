"""Choosing whom to act for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from laereplads.access.middleware import SESSION_KEY

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.web.http import Request


def act_as(membership: Membership, request: Request) -> None:
    """Let the session act as `membership` from the next request on. The session key is new: rights have changed."""
    request.session[SESSION_KEY] = str(membership.public_id)
    request.session.cycle_key()
