"""The pages for when something is wrong: what happened and what to do, in Danish, with no trace of the inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from laereplads.access.permissions import NoRole

if TYPE_CHECKING:
    from collections.abc import Callable

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]


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
    return standalone("500.html", 500)


def unavailable() -> HttpResponse:
    """PostgreSQL is away: nothing was saved, and it is worth trying again soon."""
    response = standalone("503.html", 503)
    response.headers["Retry-After"] = "5"
    return response


def standalone(template: str, status: int) -> HttpResponse:
    """A page that needs neither database nor request: either may be what is wrong."""
    return HttpResponse(render_to_string(template), status=status)


class DatabaseAwayMiddleware:
    """Answers 503 instead of 500 when the database cannot be reached, in whatever layer that shows."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except OperationalError:
            return unavailable()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable() if isinstance(exception, OperationalError) else None
