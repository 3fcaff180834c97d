"""Binds the token against forgery to the session that it was made for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

SESSION_KEY = "csrf"


class SessionTokenMiddleware:
    """Lets a logged-in session take no other cookie than the one it was given: one planted by another is none.

    Stands outside of Django's own middleware, which compares cookie and form. The cookie stays for those who are not
    logged in, and for a form that comes after the end of its session: neither has a session to bind it to.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
        if cookie and USER_ID in request.session and request.session.get(SESSION_KEY) != digest(cookie):
            del request.COOKIES[settings.CSRF_COOKIE_NAME]
        response = self.get_response(request)
        given = response.cookies.get(settings.CSRF_COOKIE_NAME)
        if given and USER_ID in request.session and request.session.get(SESSION_KEY) != digest(given.value):
            request.session[SESSION_KEY] = digest(given.value)
        return response


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
