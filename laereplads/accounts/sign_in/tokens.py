"""Checks what a broker has signed: ID tokens, and logout tokens. Nothing in a token is believed before."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidKeyIdError, JoseError, UnsupportedAlgorithmError

from laereplads.accounts.sign_in import metadata
from laereplads.accounts.sign_in.adapters import ADAPTERS
from laereplads.accounts.sign_in.configuration import Broker
from laereplads.accounts.sign_in.conversation import Conversation
from laereplads.accounts.sign_in.errors import Refused

# Seconds. How far the broker's clock may be from ours, and how long ago the person may have been at the broker.
LEEWAY = 60
MAX_AGE = 300
# Of a logout token, whose number is remembered until then.
LONGEST_LIFE = 600
# Anybody may send a logout token: with made-up keys they make us ask the broker only this often.
PATIENCE = 30
# The end of the year 9999.
LAST_MOMENT = 253_402_300_799
LARGEST_TOKEN = 20_000
LONGEST_SUBJECT = 255
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# What a token may say it is, of those that say it.
ID_TOKEN_TYPES = {None, "JWT", "jwt"}
LOGOUT_TOKEN_TYPES = {None, "JWT", "jwt", "logout+jwt", "LOGOUT+JWT"}


class StrictDecoder(json.JSONDecoder):
    """JSON as it is written down: NaN and Infinity are no numbers."""

    def __init__(self) -> None:
        super().__init__(parse_constant=no_number)


def no_number(word: str) -> None:
    raise ValueError(word)


def id_token(
    broker: Broker, conversation: Conversation, token: object, *, nonce: str, access_token: str
) -> dict[str, Any]:
    """The claims of an ID token that was fetched for a code. Raises Refused and BrokerAway."""
    read = signed(broker, conversation, token, patience=0)
    if read.header.get("typ") not in ID_TOKEN_TYPES:
        raise Refused("typ")
    claims = read.claims
    check_moments(claims, "exp", "iat")
    if "at_hash" in claims and not (isinstance(claims["at_hash"], str) and claims["at_hash"]):
        raise Refused("at_hash")
    checked = CodeIDToken(
        claims,
        read.header,
        options={
            "iss": {"essential": True, "value": broker.issuer},
            "aud": {"essential": True, "value": broker.client_id},
            "sub": {"essential": True},
        },
        params={"nonce": nonce, "client_id": broker.client_id, "access_token": access_token},
    )
    try:
        checked.validate(leeway=LEEWAY)
    except ExpiredTokenError:
        raise Refused("expired") from None
    except JoseError as problem:
        raise Refused(claim_of(problem)) from None
    check_audience(broker, claims)
    check_subject(claims)
    check_once(broker, claims, LONGEST_LIFE)
    return claims


def logout_token(broker: Broker, conversation: Conversation, token: str) -> dict[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6). Raises Refused and BrokerAway."""
    read = signed(broker, conversation, token, patience=PATIENCE)
    if read.header.get("typ") not in LOGOUT_TOKEN_TYPES:
        raise Refused("typ")
    claims = read.claims
    moments = check_moments(claims, "exp", "iat")
    if claims.get("iss") != broker.issuer:
        raise Refused("iss")
    check_audience(broker, claims)
    if "nonce" in claims:
        raise Refused("nonce")
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise Refused("events")
    now = timezone.now().timestamp()
    if moments["exp"] <= now - LEEWAY:
        raise Refused("expired")
    if not now - LONGEST_LIFE <= moments["iat"] <= now + LEEWAY:
        raise Refused("iat")
    if "sub" in claims:
        check_subject(claims)
    if not session_of(claims) and "sub" not in claims:
        raise Refused("sid")
    if "jti" not in claims:
        raise Refused("jti")
    # Longer than the token can be used: it is refused by its age then.
    check_once(broker, claims, LONGEST_LIFE + LEEWAY)
    return claims


def signed(broker: Broker, conversation: Conversation, token: object, *, patience: float) -> jwt.Token:
    """A token whose signature is the broker's. A key that is not known may be new: the broker is asked again."""
    if not isinstance(token, str) or not token or len(token) > LARGEST_TOKEN:
        raise Refused("token")
    for not_older_than in (metadata.KEYS_KEPT, patience):
        keys = metadata.keys(broker, conversation, not_older_than=not_older_than)
        try:
            return jwt.decode(token, keys, list(ADAPTERS[broker.adapter].algorithms), decoder_cls=StrictDecoder)
        except (InvalidKeyIdError, BadSignatureError):
            continue
        except UnsupportedAlgorithmError:
            raise Refused("algorithm") from None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise Refused("token") from None
    raise Refused("signature")


def claim_of(problem: JoseError) -> str:
    """The claim that an error is about."""
    return str(getattr(problem, "claim", None) or "claims").partition(",")[0]


def check_moments(claims: Mapping[str, Any], *needed: str) -> dict[str, float]:
    """The times in a token, by name: those that are needed, and that they are times."""
    found = {name: moment(claims, name) for name in (*needed, "nbf") if name in needed or name in claims}
    now = timezone.now().timestamp()
    for name in ("iat", "nbf"):
        if name in found and found[name] > now + LEEWAY:
            raise Refused(name)
    return found


def moment(claims: Mapping[str, Any], name: str) -> float:
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= LAST_MOMENT:
        raise Refused(name)
    return float(said)


def authenticated_at(broker: Broker, claims: Mapping[str, Any]) -> datetime.datetime:
    """When the person was at the broker: just now. A session there would sign in whoever sits at a shared machine."""
    at = moment({"auth_time": ADAPTERS[broker.adapter].authenticated_at(claims)}, "auth_time")
    now = timezone.now().timestamp()
    if not now - MAX_AGE - LEEWAY <= at <= now + LEEWAY:
        raise Refused("auth_time")
    return datetime.datetime.fromtimestamp(at, datetime.UTC)


def check_audience(broker: Broker, claims: Mapping[str, Any]) -> None:
    """It is for us; where it is for others, too, it was made for us."""
    said = claims.get("aud")
    audience = [said] if isinstance(said, str) else said
    if not isinstance(audience, list) or broker.client_id not in audience:
        raise Refused("aud")
    if claims.get("azp", broker.client_id if len(audience) == 1 else None) != broker.client_id:
        raise Refused("azp")


def check_subject(claims: Mapping[str, Any]) -> None:
    said = claims.get("sub")
    if not isinstance(said, str) or not said.strip() or len(said) > LONGEST_SUBJECT or not said.isprintable():
        raise Refused("sub")


def session_of(claims: Mapping[str, Any]) -> str:
    """The broker's session; Signaturgruppen has a name of its own for it."""
    said = claims.get("sid", claims.get("neb_sid", ""))
    if not isinstance(said, str) or len(said) > LONGEST_SUBJECT or not said.isprintable():
        raise Refused("sid")
    return said


def check_once(broker: Broker, claims: Mapping[str, Any], lifetime: int) -> None:
    """Refuse a token whose number was used before."""
    if "jti" not in claims:
        return
    number = claims["jti"]
    if not isinstance(number, str) or not number or not is_first(f"{broker.issuer} {number}", lifetime):
        raise Refused("jti")


def is_first(word: str, seconds: int) -> bool:
    """Whether nobody has used `word` lately, in any process: the cache is the database's, and adds it once."""
    return bool(cache.add(f"sign_in:{salted_hmac(__name__, word, algorithm='sha256').hexdigest()}", 1, seconds))
