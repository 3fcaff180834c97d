"""The pages for when something is wrong: what happened and what to do, in Danish, with no trace of the inside."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from laereplads.access.permissions import NoRole
from laereplads.navigation import portal_texts

RETRY_AFTER_SECONDS = 5


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return standalone("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    template = "no_role.html" if isinstance(exception, NoRole) else "403.html"
    return TemplateResponse(request, template, status=403).render()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return TemplateResponse(request, "403_csrf.html", status=403).render()


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return TemplateResponse(request, "404.html", status=404).render()


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault, unless PostgreSQL is away: then nothing was saved, and it is worth trying again soon.

    Django calls this for exceptions of views and of middleware alike, while it handles them.
    """
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        response = standalone("503.html", 503)
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return standalone("500.html", 500)


def standalone(template: str, status: int) -> HttpResponse:
    """A page that needs neither database nor request: either may be what is wrong."""
    return HttpResponse(render_to_string(template, {"portal": portal_texts()}), status=status)
