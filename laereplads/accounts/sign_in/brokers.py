"""Signing in at a broker: sending a browser there, and taking it back. The front of this folder.

OpenID Connect's code flow with PKCE. What `docs/sign-in.md` lists as refused is refused here or in tokens.py.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from authlib.common.urls import add_params_to_uri
from django.conf import settings
from django.http import Http404, HttpResponseRedirect

from laereplads.accounts.sign_in import metadata, tokens
from laereplads.accounts.sign_in.adapters import ADAPTERS, is_cpr, without_cpr
from laereplads.accounts.sign_in.claims import SignIn
from laereplads.accounts.sign_in.configuration import Broker, read_brokers
from laereplads.accounts.sign_in.conversation import Conversation
from laereplads.accounts.sign_in.errors import BrokerAway, Cancelled, Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = ["Broker", "brokers", "end_session_url", "finish", "logout_token", "start"]

# In the session: what has been begun and not finished, by `state`.
SESSION_KEY = "sign_ins_begun"
# Tabs at once; a further one ends the oldest.
MOST_BEGUN = 5
# Seconds that a person has at the broker.
TIME_TO_SIGN_IN = 30 * 60
LARGEST_CODE = 4096
AWAY_ERRORS = {"server_error", "temporarily_unavailable"}


def brokers() -> dict[str, Broker]:
    """The brokers of the settings by key, in their order."""
    return read_brokers(settings.BROKERS)


def broker_named(key: str) -> Broker:
    try:
        return brokers()[key]
    except KeyError:
        raise Http404 from None


def start(request: HttpRequest, broker_key: str, *, callback_url: str) -> HttpResponseRedirect:
    """Send the browser to the broker. Raises BrokerAway, and Http404 where there is no such broker."""
    broker = broker_named(broker_key)
    conversation = Conversation(broker)
    endpoint = metadata.addresses(broker, conversation)["authorization_endpoint"]
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    begun = {
        "broker": broker.key,
        "nonce": nonce,
        "verifier": verifier,
        "callback_url": callback_url,
        "at": int(time.time()),
    }
    earlier = list(request.session.get(SESSION_KEY, {}).items())[1 - MOST_BEGUN :]
    request.session[SESSION_KEY] = {**dict(earlier), state: begun}
    url, _state = conversation.client.create_authorization_url(
        endpoint,
        state=state,
        code_verifier=verifier,
        nonce=nonce,
        redirect_uri=callback_url,
        max_age=tokens.MAX_AGE,
        prompt="login",
        **ADAPTERS[broker.adapter].asks[broker.scheme],
    )
    return HttpResponseRedirect(url, headers={"Cache-Control": "no-store"})


def finish(request: HttpRequest, broker_key: str) -> SignIn:
    """What the browser that comes back has proven. Raises Refused, Cancelled, BrokerAway, and Http404 as above."""
    broker = broker_named(broker_key)
    begun = take_begun(request, broker)
    conversation = Conversation(broker)
    code = code_of(request, broker, conversation)
    addresses = metadata.addresses(broker, conversation)
    answer = conversation.exchange(
        addresses["token_endpoint"],
        code=code,
        code_verifier=begun["verifier"],
        redirect_uri=begun["callback_url"],
    )
    access_token = answer.get("access_token")
    if not isinstance(access_token, str) or not access_token or str(answer.get("token_type")).lower() != "bearer":
        raise Refused("access_token")
    id_token: Any = answer.get("id_token")
    claims = tokens.id_token(broker, conversation, id_token, nonce=begun["nonce"], access_token=access_token)
    at = tokens.authenticated_at(broker, claims)
    if ADAPTERS[broker.adapter].reads_userinfo:
        said = conversation.get(addresses.get("userinfo_endpoint", ""), access_token)
        if said.get("sub") != claims["sub"]:
            raise Refused("userinfo")
    else:
        said = {}
    known = without_cpr({**said, **claims})
    if "sub" not in known:
        raise Refused("cpr")
    return SignIn(
        broker=broker.key,
        scheme=broker.scheme,
        issuer=broker.issuer,
        subject=claims["sub"],
        authenticated_at=at,
        sid=tokens.session_of(known),
        id_token="" if any(is_cpr(name, value) for name, value in claims.items()) else id_token,
        **ADAPTERS[broker.adapter].read(broker.scheme, known),
    )


def take_begun(request: HttpRequest, broker: Broker) -> dict[str, Any]:
    """What this browser began with the `state` that it brings, once. Raises Refused."""
    state = only(request, "state")
    begun = dict(request.session.get(SESSION_KEY, {}))
    # Browsers without a sign-in begun have none, also where somebody gave them an address with a state and a code.
    found: dict[str, Any] | None = begun.pop(state, None)
    if not found or found["broker"] != broker.key:
        raise Refused("state")
    if begun:
        request.session[SESSION_KEY] = begun
    else:
        del request.session[SESSION_KEY]
    # Two requests at once have read the same session.
    if not tokens.is_first(state, TIME_TO_SIGN_IN):
        raise Refused("state")
    if not 0 <= time.time() - found["at"] <= TIME_TO_SIGN_IN:
        raise Refused("late")
    return found


def code_of(request: HttpRequest, broker: Broker, conversation: Conversation) -> str:
    """The code that the browser brings, or what the broker says instead."""
    issuer = request.GET.getlist("iss")
    if issuer and issuer != [broker.issuer]:
        raise Refused("iss")
    document = metadata.addresses(broker, conversation)
    if not issuer and document.get("authorization_response_iss_parameter_supported") is True:
        raise Refused("iss")
    if "error" in request.GET:
        error = only(request, "error")
        if error == "access_denied":
            raise Cancelled("cancelled")
        if error in AWAY_ERRORS:
            raise BrokerAway("broker_error")
        raise Refused("broker_error")
    return only(request, "code")


def only(request: HttpRequest, name: str) -> str:
    """The parameter, where there is one and no second."""
    values = request.GET.getlist(name)
    if len(values) != 1 or not 0 < len(values[0]) <= LARGEST_CODE:
        raise Refused(name)
    return values[0]


def end_session_url(broker_key: str, id_token: str, *, after_url: str, state: str = "") -> str | None:
    """Where the browser ends its session at the broker; None where it cannot: it is logged out here in any case."""
    broker = broker_named(broker_key)
    if not id_token:
        return None
    try:
        endpoint = metadata.addresses(broker, Conversation(broker)).get("end_session_endpoint")
    except BrokerAway:
        return None
    if not endpoint:
        return None
    parameters = {
        "id_token_hint": id_token,
        "client_id": broker.client_id,
        "post_logout_redirect_uri": after_url,
        **({"state": state} if state else {}),
    }
    return str(add_params_to_uri(endpoint, parameters.items()))


def logout_token(broker_key: str, token: str) -> tuple[str, str, str]:
    """Issuer, subject and session of the broker's that are over; one of the last two may be empty.

    For what a broker posts to us (back-channel logout). Raises Refused, BrokerAway, and Http404 as above.
    """
    broker = broker_named(broker_key)
    claims = tokens.logout_token(broker, Conversation(broker), token)
    return broker.issuer, claims.get("sub", ""), tokens.session_of(claims)
