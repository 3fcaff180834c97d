"""Which membership a request acts as, and in which language it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.shortcuts import redirect
from django.utils import translation

from laereplads.access.models import Membership
from laereplads.access.operations import SESSION_KEY
from laereplads.access.permissions import PUBLIC
from laereplads.access.roles import Role
from laereplads.accounts.second_factor import is_confirmed
from laereplads.accounts.urls import SECOND_FACTOR_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

OPEN_WITHOUT_SECOND_FACTOR = {"account_logout", *SECOND_FACTOR_PAGES}


class ActingMembershipMiddleware:
    """Sets `request.memberships` (those that hold today) and `request.membership` (the one acted as, or None).

    Read anew for every request, so that a membership that ended or was changed takes effect at once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The user as such: Django's stand-in looks whether it has read them, each time it is asked for something.
        request.user = user = get_user(request)
        memberships: list[Membership] = list(getattr(user, "active_memberships", ()))
        acting = chosen(memberships, request.session.get(SESSION_KEY))
        request.memberships = memberships  # type: ignore[attr-defined]
        request.membership = acting  # type: ignore[attr-defined]
        if acting:
            user.acting_permissions = acting.permissions  # type: ignore[union-attr]
        return self.get_response(request)


def chosen(memberships: list[Membership], public_id: str | None) -> Membership | None:
    """The membership the session chose; the only one needs no choice."""
    if len(memberships) == 1:
        return memberships[0]
    return next((membership for membership in memberships if str(membership.public_id) == public_id), None)


def may_choose_language(request: HttpRequest) -> bool:
    """Students and those not logged in yet: only their pages are translated."""
    membership: Membership | None = request.membership  # type: ignore[attr-defined]
    return not request.user.is_authenticated or (membership is not None and membership.role == Role.STUDENT)


class LanguageMiddleware:
    """Danish, unless a student has chosen English; the browser's own wish is not asked: most pages are Danish only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        request.may_choose_language = may_choose_language(request)  # type: ignore[attr-defined]
        may_have_it = wanted in dict(settings.LANGUAGES) and request.may_choose_language  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = wanted if may_have_it else settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class SecondFactorMiddleware:
    """Leads an administrator who has shown no second factor to choose one; nothing else opens to them until then."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        memberships: list[Membership] = request.memberships  # type: ignore[attr-defined]
        if not any(membership.role == Role.ADMINISTRATOR for membership in memberships) or is_confirmed(request):
            return None
        request.must_choose_second_factor = True  # type: ignore[attr-defined]  # said on the page
        name = request.resolver_match.url_name  # type: ignore[union-attr]  # views come after the URLconf
        is_open = name in OPEN_WITHOUT_SECOND_FACTOR or getattr(view, "required_permission", None) == PUBLIC
        return None if is_open else redirect("mfa_index")
