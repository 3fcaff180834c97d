"""How often somebody may try to log in, or ask for a mail: who guesses is held back, who is known is not.

A browser that a user has logged in with before has a budget of its own: wrong passwords from elsewhere take nothing of
it. What one address may do rises with the users who have logged in from there: behind a school's there are hundreds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from allauth.account.signals import password_reset
from allauth.core.internal import ratelimit
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.dispatch import receiver

from laereplads.accounts.sealing import box

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from laereplads.accounts.models import User

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

PURPOSE = b"laereplads.accounts.limits"
# More users than share one browser; a cookie holds no more.
USERS_OF_A_BROWSER = 10
# So long an address is remembered to have a user behind it, and so many are counted.
BEHIND_SECONDS = 30 * 24 * 60 * 60
COUNTED_BEHIND = 2000
# Tries of those whom nobody knows, from one address: so many, and one more for each user behind it, in so many seconds.
FROM_AN_ADDRESS = {"wrong": (10, 60), "login": (30, 60), "mail": (5, 600), "code": (60, 60)}


class Browser(NamedTuple):
    """What the cookie says: a number of its own, and the addresses that have logged in with it, as digests."""

    number: str
    emails: list[str]


def digest(kind: str, text: str) -> str:
    """Tells two apart and names nobody, neither in a cookie nor in the cache."""
    message = f"{kind}:{text}".encode(errors="replace")
    return hmac.digest(settings.SECRET_KEY.encode(), PURPOSE + message, hashlib.sha256).hex()[:32]


def browser_of(request: HttpRequest) -> Browser | None:
    try:
        opened = box(settings.SECRET_KEY, PURPOSE).decrypt(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""), ttl=settings.KNOWN_BROWSER_COOKIE_AGE
        )
    except (InvalidToken, ValueError):
        return None
    return Browser(*json.loads(opened))


def knows(request: HttpRequest, email: str) -> str:
    """The number of the browser if the user with this address has logged in with it; else empty. Asks no table."""
    browser = browser_of(request)
    return browser.number if browser and digest("email", email.lower()) in browser.emails else ""


def take(request: HttpRequest, what: str) -> ratelimit.RateLimitUsage | None:
    """Count one try from the request's address; None when there have been too many."""
    amount, seconds = FROM_AN_ADDRESS[what]
    rate = f"{amount + users_behind(request)}/{seconds}s/ip"
    return ratelimit.consume(request, app="laereplads.accounts", action=what, config={what: rate})


def address_of(request: HttpRequest) -> str:
    return f"behind:{digest('address', ratelimit.get_ip(request))}"


def users_behind(request: HttpRequest) -> int:
    """How many users have logged in from the request's address in the last month, as far as the cache remembers."""
    return len(cache.get(address_of(request), ()))


class KnownBrowserMiddleware:
    """Gives the browser of whoever has just logged in the cookie that says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user: User | None = getattr(request, "has_just_logged_in", None)
        if user:
            browser = browser_of(request) or Browser(secrets.token_urlsafe(16), [])
            own = digest("email", user.email or "")
            emails = [own, *(email for email in browser.emails if email != own)][:USERS_OF_A_BROWSER]
            text = json.dumps([browser.number, emails])
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE_NAME,
                box(settings.SECRET_KEY, PURPOSE).encrypt(text.encode()).decode(),
                max_age=settings.KNOWN_BROWSER_COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


@receiver(user_logged_in)
def remember(sender: object, request: HttpRequest, user: User, **signal: Any) -> None:
    request.has_just_logged_in = user  # type: ignore[attr-defined]  # read by the middleware
    if not request.META.get("REMOTE_ADDR"):
        # Nobody's browser, but a program.
        return
    address, own = address_of(request), digest("user", str(user.pk))
    behind: list[str] = cache.get(address, [])
    cache.set(address, [own, *(each for each in behind if each != own)][:COUNTED_BEHIND], BEHIND_SECONDS)


@receiver(password_reset)
def open_again(sender: object, request: HttpRequest, user: User, **signal: Any) -> None:
    """Whoever has read the user's mail is the user: what others have tried no longer counts."""
    from allauth.account.adapter import get_adapter  # ours, which stands above

    get_adapter()._delete_login_attempts_cached_email(request, email=user.email)  # noqa: SLF001  # allauth's own way
