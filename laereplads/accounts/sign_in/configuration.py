"""Which brokers there are: settings.BROKERS, read and checked. Light, for the settings are checked with it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import SplitResult, urlsplit

from laereplads.accounts.sign_in.adapters import ADAPTERS
from laereplads.accounts.sign_in.claims import Scheme

# Part of addresses.
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
UNREADABLE = "BROKERS kan ikke læses. Skriv den som JSON, som docs/starting.md viser."


class WrongBrokers(Exception):
    """Says in Danish which broker of BROKERS is wrong, and how; never a secret."""


@dataclass(frozen=True)
class Broker:
    """A client at a broker, for one scheme."""

    key: str
    # What the button says.
    label: str
    adapter: str
    scheme: Scheme
    issuer: str
    client_id: str
    # One of the two: a secret, or a private key as a JWK that says its `alg`.
    client_secret: str = field(default="", repr=False)
    private_key: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def is_on_this_machine(self) -> bool:
        return is_on_this_machine(urlsplit(self.issuer))


FIELDS = {name.name for name in fields(Broker)} - {"key"}
TEXTS = ("label", "adapter", "scheme", "issuer", "client_id")


def read_brokers(configured: Any) -> dict[str, Broker]:
    """The brokers by key, in the order of the settings. Raises WrongBrokers."""
    if not isinstance(configured, Mapping):
        raise WrongBrokers(UNREADABLE)
    return {key: read_broker(key, values) for key, values in configured.items()}


def read_broker(key: str, values: Any) -> Broker:
    if not KEY.fullmatch(key):
        raise WrongBrokers(f"BROKERS: »{key}« må kun have små bogstaver, tal og bindestreger.")
    if not isinstance(values, Mapping):
        raise WrongBrokers(UNREADABLE)
    unknown = sorted(set(values) - FIELDS)
    if unknown:
        raise WrongBrokers(f"BROKERS: »{key}« har feltet {unknown[0]}, som portalen ikke kender.")
    for name in TEXTS:
        if not isinstance(values.get(name), str) or not values[name].strip():
            raise WrongBrokers(f"BROKERS: »{key}« mangler {name}.")
    if values["adapter"] not in ADAPTERS:
        raise WrongBrokers(f"BROKERS: adapter for »{key}« skal være en af {', '.join(ADAPTERS)}.")
    schemes = ADAPTERS[values["adapter"]].asks
    if values["scheme"] not in schemes:
        raise WrongBrokers(f"BROKERS: scheme for »{key}« skal være en af {', '.join(schemes)}.")
    if not is_issuer(values["issuer"]):
        raise WrongBrokers(f"BROKERS: issuer for »{key}« er ingen adresse. Skriv den, som brokeren selv skriver den.")
    secret, private_key = values.get("client_secret"), values.get("private_key")
    if not (is_secret(secret) and private_key is None) and not (secret is None and is_private_key(private_key)):
        raise WrongBrokers(f"BROKERS: »{key}« skal have enten client_secret eller private_key.")
    return Broker(key, **{**values, "scheme": Scheme(values["scheme"])})


def is_issuer(text: str) -> bool:
    """A bare address: a browser could hide in anything else that it is another's."""
    try:
        address = urlsplit(text)
        is_plain = address.port is None or address.port > 0
    except ValueError:
        return False
    return (
        is_plain
        and text.isascii()
        and text.isprintable()
        and not set(' \\"<>').intersection(text)
        and address.scheme in {"https", "http"}
        and bool(address.hostname)
        and address.username is None
        and "?" not in text
        and "#" not in text
    )


def is_secret(secret: object) -> bool:
    return isinstance(secret, str) and bool(secret.strip())


def is_private_key(key: object) -> bool:
    return isinstance(key, Mapping) and {"kty", "alg", "d"} <= set(key) and key["kty"] in {"EC", "RSA"}


def wrong_for_production(broker: Broker) -> str | None:
    """What is wrong with a broker where real people sign in."""
    address = urlsplit(broker.issuer)
    if address.scheme != "https":
        return f"BROKERS: issuer for »{broker.key}« skal begynde med https://."
    if is_on_this_machine(address):
        return f"BROKERS: issuer for »{broker.key}« er på denne maskine. Det er kun til prøver."
    return None


def is_on_this_machine(address: SplitResult) -> bool:
    host = (address.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        # 127.1, 0x7f000001 and 2130706433 are other spellings of the same machine: no name ends with a number.
        return bool(re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]))
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped
    return number.is_loopback or number.is_unspecified or number.is_link_local
