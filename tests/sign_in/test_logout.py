"""The end of a session, from here and from the broker."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from laereplads.accounts.sign_in import brokers, metadata
from laereplads.accounts.sign_in.errors import BrokerAway, Refused
from tests.sign_in.lies import LOGOUT_LIES, without
from tests.sign_in.provider import SIGNED


def test_the_broker_ends_a_session(provider, visitor):
    assert visitor.log_out(provider.logout_token()) == (provider.issuer, SIGNED["sub"], "session-1")


@pytest.mark.parametrize(("left", "expected"), [("sid", (SIGNED["sub"], "")), ("sub", ("", "session-1"))])
def test_one_of_session_and_person_is_enough(left, expected, provider, visitor):
    provider.lie = without(left)

    assert visitor.log_out(provider.logout_token())[1:] == expected


@pytest.mark.parametrize(("told", "reason", "lie"), LOGOUT_LIES, ids=[told for told, *_rest in LOGOUT_LIES])
def test_a_false_logout_token_is_refused(told, reason, lie, provider, visitor):
    provider.lie = lie

    with pytest.raises(Refused) as caught:
        visitor.log_out(provider.logout_token())

    assert caught.value.reason == reason


def test_a_logout_token_holds_once(provider, visitor):
    token = provider.logout_token()
    visitor.log_out(token)

    with pytest.raises(Refused, match="jti"):
        visitor.log_out(token)


def test_an_id_token_is_no_logout_token(provider, visitor):
    id_token = visitor.sign_in().id_token

    with pytest.raises(Refused, match="nonce"):
        visitor.log_out(id_token)


def test_a_logout_token_is_no_id_token(provider, visitor):
    provider.lie.answer = lambda said: said | {"id_token": provider.logout_token()}

    with pytest.raises(Refused, match="typ"):
        visitor.sign_in()


def test_the_session_is_called_the_same_in_both_tokens(provider, visitor):
    """Signaturgruppen's broker has a name of its own for it."""
    assert visitor.sign_in().sid == visitor.log_out(provider.logout_token())[2] != ""


def test_a_token_comes_while_the_broker_does_not_answer(provider, visitor):
    provider.lie.instead = {"/jwks": (500, {}, b"")}

    with pytest.raises(BrokerAway):
        visitor.log_out(provider.logout_token())


def test_the_browser_ends_its_session_at_the_broker(provider, visitor):
    id_token = visitor.sign_in().id_token

    url = urlsplit(brokers.end_session_url("broker", id_token, after_url="https://portal.example/", state="any"))

    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{provider.issuer}/logout"
    assert parse_qs(url.query) == {
        "id_token_hint": [id_token],
        "client_id": ["portal"],
        "post_logout_redirect_uri": ["https://portal.example/"],
        "state": ["any"],
    }


def test_there_is_nowhere_to_go_without_a_token_or_without_the_broker(provider):
    assert brokers.end_session_url("broker", "", after_url="https://portal.example/") is None

    provider.lie.discovery = lambda said: {k: v for k, v in said.items() if k != "end_session_endpoint"}
    assert brokers.end_session_url("broker", "a.b.c", after_url="https://portal.example/") is None

    metadata.forget()
    provider.lie.instead = {"/.well-known/openid-configuration": (500, {}, b"")}
    assert brokers.end_session_url("broker", "a.b.c", after_url="https://portal.example/") is None
