"""The typed request, page-or-part rendering, and the headers that every response carries."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from django_htmx.middleware import HtmxDetails

    from laereplads.access.models import Membership
    from laereplads.accounts.models import User

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Django's own middleware says these as well, unless it is what fails: over a host name that is not ours.
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
}


class Request(HttpRequest):
    """A request behind the login: who asks, acting as what."""

    user: User
    htmx: HtmxDetails
    membership: Membership
    memberships: list[Membership]


def page_or_part(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str, status: int = 200
) -> TemplateResponse:
    """Render `template`, which extends `layout`, or only its block `part` when htmx asks for a fragment.

    The server names the part: one that the browser could name would let it step around an {% if %} that guards it.
    """
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    wants_part = htmx and not htmx.history_restore_request
    layout = {"layout": "part.html", "part": part} if wants_part else {"layout": "base.html"}
    response = TemplateResponse(request, template, {**context, **layout}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@functools.cache
def path_of(url_name: str) -> str:
    """Where a page is that there is one of: `reverse`, asked once."""
    return reverse(url_name)


@functools.cache
def addresses(url_name: str) -> Callable[[UUID | str], str]:
    """What gives the address of each row of a list by its public id: `reverse`, asked once for all of them."""
    anybody = UUID(int=0)
    before, after = reverse(url_name, args=[anybody]).split(str(anybody))
    return lambda public_id: f"{before}{public_id}{after}"


def way_back(request: HttpRequest, otherwise: str, *, at: str = "") -> HttpResponse:
    """On to the page that the form names in `next`, if it is one of ours, else to the address `otherwise`.

    There to the element with the id `at`, unless the form names another.
    """
    back = request.POST.get("next", "")
    # A path: django.shortcuts.redirect would take any other word for the name of a view.
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    address = back if is_ours else otherwise
    return HttpResponseRedirect(f"{address}#{at}" if at and "#" not in address else address)


# What browsers and htmx send with a form. Django fails over others before it can answer: a charset that decodes to no
# text, a parameter of endless length.
CONTENT_TYPE = re.compile(r"[\w.+/-]{0,100}(; ?boundary=[!-:<-~]{1,200})?(; ?charset=utf-8)?", re.ASCII | re.IGNORECASE)


LENGTH = re.compile("[0-9]{0,12}")


def with_readable_bodies(serve: WSGIApplication) -> WSGIApplication:
    """Hand requests of an odd content type or length to `serve` as ones that mean nothing: their forms are empty."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not CONTENT_TYPE.fullmatch(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = "application/octet-stream"
        if not LENGTH.fullmatch(environ.get("CONTENT_LENGTH", "")):
            environ["CONTENT_LENGTH"] = ""
        return serve(environ, start_response)

    return answer


class HeadersMiddleware:
    """Says on every response what browsers may do with it; nothing behind the login is ever kept by one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response


class ExpiredSessionMiddleware:
    """Sends an htmx request that met the login to the login page, which would otherwise land inside the old page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        location = response.headers.get("Location", "")
        htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
        if htmx and location.startswith(reverse("account_login")):
            login = redirect_to_login(htmx.current_url_abs_path or "/")
            return HttpResponse(headers={"HX-Redirect": login.url})
        return response
