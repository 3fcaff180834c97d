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

    from laereplads.accounts.sessions import SessionStore

SERVER_ERROR = 500


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, and each request puts off the idle limit; a session that ended meanwhile leads to the login."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:  # type: ignore[override]
        session: SessionStore = request.session  # type: ignore[assignment]  # our own store
        was_modified = session.modified
        if session.is_over and session.is_empty():
            # The old key opens nothing, and tells whose form it was that comes too late: it is not taken back.
            return response
        try:
            answer: HttpResponseBase = super().process_response(request, response)  # type: ignore[arg-type]
        except SessionInterrupted as interrupted:
            if is_outage(interrupted):
                raise
            return logged_out(request)
        if not was_modified and response.status_code < SERVER_ERROR and not hasattr(request, "is_no_activity"):
            session.touch()
        return answer


def logged_out(request: HttpRequest) -> HttpResponseBase:
    """To the login; what the request did stays done."""
    login = redirect(settings.LOGIN_URL)
    answer = HttpResponse(headers={"HX-Redirect": login.url}) if "HX-Request" in request.headers else login
    answer.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return answer
