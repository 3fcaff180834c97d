"""The pages for when something is wrong: what happened and what to do, in Danish, with no trace of the inside."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from laereplads.database.timeouts import is_outage

RETRY_AFTER_SECONDS = 5
# More than any form of the portal holds that is not a file.
SENT_AGAIN_AT_MOST = 50_000
# When not even the error's own page can be made.
LAST_WORDS = """<!doctype html>
<html lang="da"><meta charset="utf-8"><title>Der er sket en fejl</title>
<h1>Der er sket en fejl</h1><p>Fejlen er vores. Prøv igen om lidt.</p><p><a href="/">Gå til forsiden</a></p></html>
"""
logger = logging.getLogger(__name__)
security_logger = logging.getLogger("laereplads.security")


class NoRole(PermissionDenied):
    """The user is logged in and has no membership that holds today."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # A session that could not be saved passes for one that was deleted meanwhile.
    return unavailable(request) if is_outage(exception) else standalone("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    match = request.resolver_match
    # The page's name, not its address: that may hold an id.
    security_logger.warning("refused: user %s, page %s", request.user.pk or "-", match.view_name if match else "-")
    template = "no_role.html" if isinstance(exception, NoRole) else "403.html"
    return TemplateResponse(request, template, status=403).render()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return TemplateResponse(request, "403_csrf.html", status=403).render()


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return TemplateResponse(request, "404.html", status=404).render()


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault, unless PostgreSQL is away: then it is worth trying again soon.

    Django calls this for exceptions of views and of middleware alike, while it handles them.
    """
    return unavailable(request) if is_outage(sys.exception()) else standalone("500.html", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """PostgreSQL is away or too slow: what was sent stands ready in the page, to be sent once more with one button."""
    response = standalone("503.html", 503, {"sent": what_was_sent(request)})
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def what_was_sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form, as (name, value); none where it held a password or a file, which no page repeats."""
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        if request.FILES or sum(len(value) for _name, value in fields) > SENT_AGAIN_AT_MOST:
            return []
    except Exception:
        # What was sent cannot even be read: the page says what it can.
        logger.exception("What was sent could not be read")
        return []
    return [] if any("password" in name for name, _value in fields) else fields


class WrongMethodMiddleware:
    """Gives the empty answers to wrong methods a page: after a login one is led to the address of a form, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = standalone("405.html", response.status_code).content
            # CommonMiddleware, further in, has counted the empty answer: browsers would read no further.
            response.headers["Content-Length"] = str(len(response.content))
        return response


def standalone(template: str, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    """A page that needs neither database nor request: either may be what is wrong."""
    try:
        page: str = render_to_string(template, {"portal": settings.PORTAL_TEXTS, **(context or {})})
    except Exception:
        logger.exception("The page %s could not be made", template)
        page = LAST_WORDS
    return HttpResponse(page, status=status)
