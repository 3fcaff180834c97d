"""How a view says who may use it. A view that says nothing is refused by a system check."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse

from laereplads.access.another_role import refusal_of_another_roles_form
from laereplads.database import replica
from laereplads.web.errors import NoRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from laereplads.web.http import Request

    type View = Callable[..., HttpResponseBase]

# What `required_permission` says of views that need no particular one.
PUBLIC = "public"
ANY_USER = "any user"
ANY_ROLE = "any role"


class NamedView(Protocol):
    required_permission: str

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def requires_permission(
    permission: str, *, database_role: str = ""
) -> Callable[[Callable[..., HttpResponseBase]], NamedView]:
    """Let only requests in whose acting membership grants `permission`, e.g. "risk.add_riskassessment".

    Others get 403; who has several memberships and has chosen none is asked to choose first. `database_role` is another
    role than the membership's, for a page that must reach other tables than the role's pages do.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> NamedView:
        @functools.wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.membership.grants(permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        return named(acting(guarded, database_role), permission)

    return decorate


def for_any_role(view: Callable[..., HttpResponseBase]) -> NamedView:
    """Open to everybody who acts for somebody, whatever the role."""
    return named(acting(view), ANY_ROLE)


def acting(view: Callable[..., HttpResponseBase], database_role: str = "") -> Callable[..., HttpResponseBase]:
    """Run the view, and render its answer, with the database answering as to the acting membership."""

    @functools.wraps(view)
    def with_row_policies_of_the_membership(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = refusal_of_another_roles_form(request)
        if refusal:
            return refusal
        if request.membership is None:
            if request.memberships:
                return redirect("choose_membership")
            raise NoRole
        with request.membership.with_row_policies(database_role=database_role):
            return rendered(view(request, *args, **kwargs))

    return with_row_policies_of_the_membership


def from_the_replica(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page of many reads read from the replica, if there is one that has seen what this browser last saved.

    Stands below `requires_permission`: both refusals hold there as here, and what the page writes goes to the primary.
    """

    @functools.wraps(view)
    def on_the_replica(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not replica.may_serve(request):
            return view(request, *args, **kwargs)
        with replica.reading(), request.membership.with_row_policies(using=replica.ALIAS):
            return rendered(view(request, *args, **kwargs))

    return on_the_replica


def named(view: Callable[..., HttpResponseBase], permission: str) -> NamedView:
    view.required_permission = permission  # type: ignore[attr-defined]
    return view  # type: ignore[return-value]


def rendered(response: HttpResponseBase) -> HttpResponseBase:
    """The response with its text made now, while the database still answers to the acting membership."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response


def public(view: View) -> View:
    """Open to everybody, logged in or not."""
    return login_not_required(named(view, PUBLIC))


def for_any_user(view: View) -> View:
    """Open to everybody who is logged in, whatever the role."""
    return named(view, ANY_USER)
