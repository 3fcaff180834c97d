"""BROKERS, as somebody may have written it."""

from __future__ import annotations

import json

import pytest
from django.conf import settings

from laereplads.accounts.sign_in.adapters import ADAPTERS
from laereplads.accounts.sign_in.configuration import WrongBrokers, read_brokers, wrong_for_production

SECRET = "vzGhUQbAcYyoHhRYQAjm"
BROKER = {
    "label": "Log ind med MitID Erhverv",
    "adapter": "signaturgruppen",
    "scheme": "mitid_erhverv",
    "issuer": "https://broker.example/op",
    "client_id": "portal",
    "client_secret": SECRET,
}
PRIVATE_KEY = {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "portal", "d": "x", "x": "x", "y": "x"}
NO_JSON = "BROKERS kan ikke læses. Skriv den som JSON, som docs/starting.md viser."
NO_ADDRESS = "BROKERS: issuer for »b« er ingen adresse. Skriv den, som brokeren selv skriver den."
NO_HTTPS = "BROKERS: issuer for »b« skal begynde med https://."
HERE = "BROKERS: issuer for »b« er på denne maskine. Det er kun til prøver."
ONE_SECRET = "BROKERS: »b« skal have enten client_secret eller private_key."


def with_broker(key="b", **changed):
    """One broker, but for what is `changed`; None takes a field away."""
    return {key: {name: value for name, value in {**BROKER, **changed}.items() if value is not None}}


WRONG = [
    *((configured, NO_JSON) for configured in ([], 7, "b", None, {"b": 7}, {"b": []}, {"b": None})),
    *(
        (with_broker(key), f"BROKERS: »{key}« må kun have små bogstaver, tal og bindestreger.")
        for key in ("", "MitID", "mit id", "a/b", "æ", "-a", "a-", "a\n", "٢")
    ),
    (with_broker(secret="x"), "BROKERS: »b« har feltet secret, som portalen ikke kender."),
    (with_broker(scope="openid ssn"), "BROKERS: »b« har feltet scope, som portalen ikke kender."),
    *(
        (with_broker(**{name: value}), f"BROKERS: »b« mangler {name}.")
        for name in ("label", "adapter", "scheme", "issuer", "client_id")
        for value in (None, "", "  ", 7, ["x"])
    ),
    (with_broker(adapter="criipto"), "BROKERS: adapter for »b« skal være en af signaturgruppen, idura, unilogin."),
    (with_broker(scheme="unilogin"), "BROKERS: scheme for »b« skal være en af mitid_erhverv, mitid."),
    (with_broker(scheme="MITID"), "BROKERS: scheme for »b« skal være en af mitid_erhverv, mitid."),
    (with_broker(adapter="unilogin"), "BROKERS: scheme for »b« skal være en af unilogin."),
    *(
        (with_broker(issuer=issuer), NO_ADDRESS)
        for issuer in (
            "broker.example",
            "ftp://broker.example",
            "javascript://broker.example",
            "https://",
            "https://:443",
            "https://a:b@broker.example",
            "https://broker.example/?a=b",
            "https://broker.example?",
            "https://broker.example/#a",
            "https://broker.example:port",
            "https://broker.example:99999",
            "https://[broker.example",
            "https://bröker.example",
            "https://broker.example/ a",
            " https://broker.example",
            "https://broker.example\\@other.example",
            "https://broker.example/\n",
        )
    ),
    *((with_broker(client_secret=secret), ONE_SECRET) for secret in (None, "", " ", 7, [SECRET])),
    *(
        (with_broker(client_secret=None, private_key=key), ONE_SECRET)
        for key in ("x", {}, [], {"kty": "oct", "alg": "HS256", "d": "x"}, {"kty": "EC", "alg": "ES256"})
    ),
    (with_broker(private_key=PRIVATE_KEY), ONE_SECRET),
]
WRONG_IN_PRODUCTION = [
    *((issuer, NO_HTTPS) for issuer in ("http://broker.example", "http://127.0.0.1:9100", "HTTP://broker.example")),
    *(
        (f"https://{host}", HERE)
        for host in (
            "127.0.0.1:9100",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7F.1",
            "0177.0.0.1",
            "0.0.0.0",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "[::1]:9100",
            "[::]",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
            "[fe80::1]",
        )
    ),
]


@pytest.mark.parametrize(("configured", "message"), WRONG, ids=str)
def test_what_is_wrong_is_said(configured, message):
    with pytest.raises(WrongBrokers) as refused:
        read_brokers(configured)

    assert str(refused.value) == message
    assert SECRET not in message


@pytest.mark.parametrize(("issuer", "message"), WRONG_IN_PRODUCTION)
def test_a_broker_to_try_things_with_is_none_for_real_people(issuer, message):
    broker = read_brokers(with_broker(issuer=issuer))["b"]

    assert wrong_for_production(broker) == message


@pytest.mark.parametrize("issuer", ["https://broker.example", "https://broker.example:8443/op/", "https://192.0.2.1"])
def test_others_are_let_through(issuer):
    assert wrong_for_production(read_brokers(with_broker(issuer=issuer))["b"]) is None


def test_several_brokers_keep_their_order():
    configured = {**with_broker("z"), **with_broker("a", client_secret=None, private_key=PRIVATE_KEY)}

    assert list(read_brokers(configured)) == ["z", "a"]


def test_what_represents_a_broker_shows_no_secret():
    configured = {**with_broker("a"), **with_broker("b", client_secret=None, private_key={**PRIVATE_KEY, "d": SECRET})}

    assert SECRET not in repr(read_brokers(configured))


def test_no_broker_is_asked_for_a_cpr_number():
    asked = [text for adapter in ADAPTERS.values() for asks in adapter.asks.values() for text in asks.values()]

    assert not [text for text in asked if {"ssn", "cpr", "address", "nemid.pid"}.intersection(text.split())]


def test_the_example_in_the_documents_is_right():
    text = (settings.BASE_DIR / "docs" / "starting.md").read_text()
    example = text.partition("```json\n")[2].partition("```")[0]

    brokers = read_brokers(json.loads(example))
    assert {broker.adapter for broker in brokers.values()} == set(ADAPTERS)
    assert not [broker for broker in brokers.values() if wrong_for_production(broker)]
