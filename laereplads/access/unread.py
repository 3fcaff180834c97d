"""Whoever may not send a form is told so before it is read: a body may be large and slow, and keeps a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.shortcuts import redirect

from laereplads.access.permissions import ANY_ROLE, ANY_USER, PUBLIC
from laereplads.accounts import pending_forms
from laereplads.web.errors import NoRole
from laereplads.web.http import SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from laereplads.access.models import Membership

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

# More than any form of the portal holds that is not a file.
LONGEST_FROM_A_STRANGER = 2 * pending_forms.LONGEST


class UnreadBodyMiddleware:
    """Stands before the check of the form's token, which reads all that is sent. The views' own refusals stay."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        if request.method in SAFE_METHODS:
            return None
        if not request.user.is_authenticated:
            return answer_to_a_stranger(request, view)
        permission = permission_of(view)
        if permission in {None, PUBLIC, ANY_USER}:
            return None
        memberships: list[Membership] = request.memberships  # type: ignore[attr-defined]  # set by the middleware
        acting: Membership | None = request.membership  # type: ignore[attr-defined]  # as above
        if not memberships:
            raise NoRole
        if acting and (permission == ANY_ROLE or request.user.has_perm(permission)):
            return None
        # Perhaps it was filled in for another role: the form says so itself, and the view asks.
        may_be_anothers = any(permission == ANY_ROLE or own.grants(permission) for own in memberships)
        if may_be_anothers and announced_length(request) <= LONGEST_FROM_A_STRANGER:
            return None
        if acting is None:
            return redirect("choose_membership")
        raise PermissionDenied(permission)


def permission_of(view: Any) -> str | None:
    """What the view asks for; Django's own pages of the administration say it only when they are called."""
    is_of_the_admin = hasattr(view, "admin_site") or hasattr(view, "model_admin")
    permission: str | None = getattr(view, "required_permission", "access.administer" if is_of_the_admin else None)
    return permission


def announced_length(request: HttpRequest) -> int:
    """In bytes; 0 for what is no number, which Django does not read either."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else 0


def answer_to_a_stranger(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> HttpResponseBase | None:
    """None where the form is short and somebody may have a reason to send it: to log in, or after a session's end."""
    is_long = announced_length(request) > LONGEST_FROM_A_STRANGER
    if not getattr(view, "login_required", True):
        if is_long:
            raise RequestDataTooBig
        return None
    if pending_forms.ended_session(request):
        return pending_forms.not_kept(request) if is_long else None
    if is_long:
        raise PermissionDenied
    return pending_forms.not_kept(request)
