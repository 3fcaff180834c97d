"""What a broker says of itself: its addresses and its keys, kept in the process for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey, import_key

from laereplads.accounts.sign_in.configuration import Broker
from laereplads.accounts.sign_in.conversation import Conversation
from laereplads.accounts.sign_in.errors import BrokerAway

# Seconds. A key that a broker withdraws is believed for as long as keys are kept.
ADDRESSES_KEPT = 60 * 60
KEYS_KEPT = 5 * 60
SHORTEST_RSA_KEY = 2048
MOST_KEYS = 50
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
USED = (*NEEDED, "userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True)
class Kept:
    what: Any
    at: float


# By issuer, so no longer than the settings' list of brokers.
_addresses: dict[str, Kept] = {}
_keys: dict[str, Kept] = {}


def forget() -> None:
    """As in a new process."""
    _addresses.clear()
    _keys.clear()


def addresses(broker: Broker, conversation: Conversation) -> dict[str, Any]:
    """The broker's discovery document. Raises BrokerAway, also where it is another issuer's."""
    kept = _addresses.get(broker.issuer)
    if kept and time.monotonic() - kept.at < ADDRESSES_KEPT:
        return kept.what  # type: ignore[no-any-return]  # what was kept below
    document = conversation.get(f"{broker.issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != broker.issuer:
        raise BrokerAway("issuer")
    for name in USED:
        if (name in NEEDED or name in document) and not is_safe(document.get(name), broker):
            raise BrokerAway(name)
    _addresses[broker.issuer] = Kept(document, time.monotonic())
    return document


def is_safe(address: object, broker: Broker) -> bool:
    """Whether secrets may be sent there: by https, or to this machine when the broker itself is on it."""
    try:
        parts = urlsplit(address) if isinstance(address, str) and address.isprintable() else None
    except ValueError:
        return False
    if not parts or not parts.hostname:
        return False
    allowed = {"https", "http"} if broker.is_on_this_machine else {"https"}
    return parts.scheme in allowed and parts.username is None


def keys(broker: Broker, conversation: Conversation, *, not_older_than: float) -> KeySet:
    """The broker's public keys for signatures, as they were at most so many seconds ago. Raises BrokerAway."""
    kept = _keys.get(broker.issuer)
    if kept and time.monotonic() - kept.at <= not_older_than:
        return kept.what  # type: ignore[no-any-return]  # what was kept below
    listed = conversation.get(addresses(broker, conversation)["jwks_uri"]).get("keys")
    if not isinstance(listed, list):
        raise BrokerAway("keys")
    found = KeySet([key for key in map(usable, listed[:MOST_KEYS]) if key])
    _keys[broker.issuer] = Kept(found, time.monotonic())
    return found


def usable(listed: Any) -> ECKey | RSAKey | None:
    """A public key that signatures may be checked with; a list may hold others, too."""
    if not isinstance(listed, dict) or listed.get("use", "sig") != "sig" or listed.get("kty") not in ("EC", "RSA"):
        return None
    try:
        key = import_key(listed)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        return key if key.raw_value.key_size >= SHORTEST_RSA_KEY else None
    return key if isinstance(key, ECKey) else None
