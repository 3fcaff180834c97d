"""The session of a request: read before it, written down after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions import middleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpResponse
from django.shortcuts import redirect

from laereplads.database.timeouts import is_outage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

SERVER_ERROR = 500


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, and each request puts off the idle limit; a session that ended meanwhile leads to the login."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:  # type: ignore[override]
        was_modified = request.session.modified
        try:
            answer: HttpResponseBase = super().process_response(request, response)  # type: ignore[arg-type]
        except SessionInterrupted as interrupted:
            if is_outage(interrupted):
                raise
            return logged_out(request)
        if not was_modified and response.status_code < SERVER_ERROR and not hasattr(request, "is_no_activity"):
            request.session.touch()  # type: ignore[attr-defined]  # our own store
        return answer


def logged_out(request: HttpRequest) -> HttpResponseBase:
    """To the login; what the request did stays done."""
    login = redirect(settings.LOGIN_URL)
    answer = HttpResponse(headers={"HX-Redirect": login.url}) if "HX-Request" in request.headers else login
    answer.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return answer
