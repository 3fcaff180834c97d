"""Whatever stands in a token or an answer ends in a sign-in or in one of the three errors, and in nothing else."""

from __future__ import annotations

import time
from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from laereplads.accounts.sign_in import metadata, tokens
from laereplads.accounts.sign_in.adapters import ADAPTERS, without_cpr
from laereplads.accounts.sign_in.configuration import WrongBrokers, read_brokers, wrong_for_production
from laereplads.accounts.sign_in.errors import Refused
from tests.sign_in.provider import CLIENT, ES256, SAID, SIGNED, signed
from tests.sign_in.test_adapters import KINDS
from tests.sign_in.test_configuration import BROKER

TEXT = st.text(max_size=20)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ID_TOKEN = {
    "iss": BROKER["issuer"],
    "aud": CLIENT,
    "nonce": "nonce",
    "azp": CLIENT,
    "at_hash": "any",
    "sid": "any",
    "events": {},
    **SIGNED,
    **SAID,
}
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(claims):
    """The claims with some of them anything, and others beside."""
    return st.dictionaries(st.sampled_from(sorted(claims)) | TEXT, ANYTHING, max_size=5).map(lambda more: claims | more)


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setattr(metadata, "keys", lambda *_anything, **_more: KeySet([ES256]))
    monkeypatch.setattr(tokens, "is_first", lambda *_anything: True)


@MANY
@given(data=st.data(), header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64"]) | TEXT, ANYTHING))
def test_of_a_token(data, header, keys):
    broker = read_brokers({"b": BROKER})["b"]
    header = {"alg": "ES256", "kid": "one"} | (header if data.draw(st.booleans()) else {})
    now = int(time.time())
    claims = {"iat": now, "exp": now + 300, "nbf": now, "auth_time": now, **ID_TOKEN}
    token = signed(header, data.draw(changed(claims) | ANYTHING), ES256)

    for check in (
        lambda: tokens.id_token(broker, None, token, nonce="nonce", access_token="any"),
        lambda: tokens.logout_token(broker, None, token),
    ):
        with suppress(Refused):
            check()


@MANY
@given(token=ANYTHING | st.text(alphabet="eyJ.-_=a", max_size=60))
def test_of_what_is_no_token(token, keys):
    with pytest.raises(Refused):
        tokens.logout_token(read_brokers({"b": BROKER})["b"], None, token)


@MANY
@given(kind=st.sampled_from(sorted(KINDS)), data=st.data())
def test_of_claims(kind, data):
    adapter, scheme, claims = KINDS[kind]
    said = without_cpr(data.draw(changed(claims)))
    for read in (
        lambda: ADAPTERS[adapter].read(scheme, said),
        lambda: tokens.authenticated_at(SimpleNamespace(adapter=adapter), {"auth_time": time.time(), **said}),
        lambda: tokens.session_of(said),
    ):
        with suppress(Refused):
            read()


@MANY
@given(configured=ANYTHING | st.dictionaries(TEXT | st.just("b"), changed(BROKER), max_size=2))
def test_of_what_is_configured(configured):
    with suppress(WrongBrokers):
        for broker in read_brokers(configured).values():
            wrong_for_production(broker)
