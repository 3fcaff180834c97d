"""Signing in where the broker does as it should."""

import datetime
from urllib.parse import parse_qs, urlsplit

from laereplads.accounts.sign_in.claims import Level, Scheme, SignIn
from tests.sign_in.provider import SIGNED


def test_an_employee_signs_in(provider, visitor):
    sign_in = visitor.sign_in()

    assert sign_in == SignIn(
        broker="broker",
        scheme=Scheme.MITID_ERHVERV,
        issuer=provider.issuer,
        subject=SIGNED["sub"],
        level=Level.SUBSTANTIAL,
        authenticated_at=sign_in.authenticated_at,
        cvr="99000007",
        p_number="1003388394",
        organisation_name="Solgården",
        professional_id="urn:uuid:11111111-1111-4111-8111-111111111111",
        name="Birgit Holm",
        email="birgit@solgaarden.example",
        sid="session-1",
        id_token=sign_in.id_token,
    )
    assert sign_in.id_token.count(".") == 2
    assert sign_in.authenticated_at.tzinfo is datetime.UTC


def test_the_broker_is_asked_for_what_is_needed(visitor):
    asked = parse_qs(urlsplit(visitor.start()).query)

    assert asked["scope"] == ["openid nemlogin"]
    assert asked["idp_values"] == ["mitid_erhverv"]
    assert asked["max_age"] == ["300"]
    assert asked["prompt"] == ["login"]
    assert not [value for values in asked.values() for value in values if "cpr" in value or "ssn" in value]


def test_a_broker_may_name_itself_in_its_answer(provider, visitor):
    provider.lie.discovery = lambda said: said | {"authorization_response_iss_parameter_supported": True}

    assert visitor.finish(provider.authorize(visitor.start(), iss=provider.issuer))
