"""A broker changes its keys, and the portal goes on without being started anew."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey

from laereplads.accounts.sign_in import metadata
from laereplads.accounts.sign_in.errors import Refused
from tests.sign_in.provider import ES256, OTHER_ES256, RS256


@pytest.mark.parametrize("keeps_the_old", [True, False])
def test_a_new_key_is_believed_at_once(keeps_the_old, provider, visitor):
    visitor.sign_in()

    provider.signing_keys = [OTHER_ES256, ES256] if keeps_the_old else [OTHER_ES256]

    assert visitor.sign_in()


def test_a_new_key_under_the_old_name_is_believed_at_once(provider, visitor):
    visitor.sign_in()

    provider.signing_keys = [ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})]

    assert visitor.sign_in()


def test_a_key_that_is_withdrawn_is_not_believed_when_a_new_one_was_seen(provider, visitor):
    visitor.sign_in()
    provider.signing_keys = [OTHER_ES256]
    visitor.sign_in()

    provider.lie.signing_key = ES256
    with pytest.raises(Refused, match="signature"):
        visitor.sign_in()


def test_a_key_that_is_withdrawn_is_not_believed_for_long(provider, visitor, monkeypatch):
    visitor.sign_in()
    provider.lie.signing_key = ES256
    provider.signing_keys = [OTHER_ES256]

    monkeypatch.setattr(metadata, "KEYS_KEPT", 0)

    with pytest.raises(Refused, match="signature"):
        visitor.sign_in()


def test_what_is_known_of_a_broker_is_kept_for_a_while(provider, visitor):
    for _time in range(3):
        visitor.sign_in()

    assert provider.asked.count("/.well-known/openid-configuration") == provider.asked.count("/jwks") == 1


def test_made_up_keys_do_not_make_the_portal_ask_again_and_again(provider, visitor):
    """Whoever can reach the portal may send a logout token."""
    visitor.sign_in()
    provider.lie.signing_key = OTHER_ES256
    before = provider.asked.count("/jwks")

    for _time in range(5):
        with pytest.raises(Refused, match="signature"):
            visitor.log_out(provider.logout_token())

    assert provider.asked.count("/jwks") == before


def a_key_of(bits):
    """Made by hand: the library warns of short keys, and the tests would stop there."""
    return rsa.generate_private_key(65537, bits)


def as_listed(key):
    numbers = key.public_key().public_numbers()
    modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    return {
        "kty": "RSA",
        "kid": "rsa",
        "n": base64.urlsafe_b64encode(modulus).rstrip(b"=").decode(),
        "e": "AQAB",
    }


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_short_key_is_not_believed():
    assert metadata.usable(as_listed(a_key_of(2048)))
    assert metadata.usable(as_listed(a_key_of(1024))) is None


def test_a_private_key_that_a_broker_lists_by_mistake_is_a_key_nevertheless(provider):
    """It is the broker's fault, and everybody's to see; the signature is checked all the same."""
    assert isinstance(metadata.usable(RS256.as_dict(private=True)), RSAKey)
