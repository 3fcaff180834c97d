"""Pages on the way to a broker: to sign in there, and to end its session with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.template.response import TemplateResponse
from django.urls import reverse

from laereplads.accounts.sealing import box
from laereplads.accounts.sign_in import brokers

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest, HttpResponseBase

    from laereplads.accounts.sign_in.claims import SignIn

# Of who is logged in by a broker: which one, and the token with which the portal ends the broker's session, sealed.
BROKER_KEY, TOKEN_KEY = "broker", "id_token"
PURPOSE = b"laereplads.accounts.sign_in"


def leave_for(request: HttpRequest, address: str, label: str) -> HttpResponseBase:
    """To the broker by a page of our own: a form whose answer redirects there would be stopped by our own policy."""
    context = {"address": address, "label": label}
    headers = {"Refresh": f"0;url={address}", "Cache-Control": "no-store"}
    return TemplateResponse(request, "sign_in/leaving.html", context, headers=headers)


def remember_for_logout(session: SessionBase, sign_in: SignIn) -> None:
    session[BROKER_KEY] = sign_in.broker
    session[TOKEN_KEY] = box(settings.SECRET_KEY, PURPOSE).encrypt(sign_in.id_token.encode()).decode()


def way_out(request: HttpRequest) -> tuple[str, str] | None:
    """Where this session's broker ends its own session, and what it is called; asked before ours ends."""
    broker = brokers.brokers().get(request.session.get(BROKER_KEY, ""))
    if broker is None:
        return None
    try:
        token = box(settings.SECRET_KEY, PURPOSE).decrypt(request.session.get(TOKEN_KEY, "")).decode()
    except InvalidToken:
        return None
    after = request.build_absolute_uri(reverse("account_login"))
    address = brokers.end_session_url(broker.key, token, after_url=after)
    return (address, broker.label) if address else None
