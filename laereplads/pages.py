"""The pages that belong to no feature: the front page, the language, and what the law wants said."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from laereplads.access.permissions import NoRole, for_any_user, public
from laereplads.access.roles import Role
from laereplads.http import Request
from laereplads.navigation import GROUPS


@for_any_user
@require_safe
def front_page(request: Request) -> HttpResponseBase:
    if request.membership is None:
        if request.memberships:
            return redirect("choose_membership")
        raise NoRole
    groups = GROUPS[Role(request.membership.role)]
    return TemplateResponse(request, "front_page.html", {"groups": groups})


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie and go back to where one was."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "front_page")
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponseBase:
    return TemplateResponse(request, "accessibility.html")


@public
@require_safe
def cookies(request: HttpRequest) -> HttpResponseBase:
    return TemplateResponse(request, "cookies.html")
