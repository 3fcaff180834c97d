"""Logout that either side begins: the broker's ends exactly its own sessions, and ours is told to the broker."""

import pytest
from django.test import Client
from django.urls import reverse

from laereplads.accounts.models import Session
from laereplads.accounts.sign_in import brokers
from laereplads.accounts.sign_in.errors import BrokerAway, Refused
from tests.delegation.people import BROKERS, broker, identity_of, signed_in
from tests.factories import MembershipFactory

__all__ = ["broker"]
pytestmark = pytest.mark.django_db
ISSUER = BROKERS["mitid-erhverv"]["issuer"]


@pytest.fixture
def logged_in_twice(client, client_of_another_browser, broker):
    """Somebody in one browser, a colleague in another; both by the same broker."""
    memberships = MembershipFactory.create_batch(2, company_staff=True)
    for browser, membership, name in zip((client, client_of_another_browser), memberships, "ab", strict=True):
        identity_of(membership.user, cvr=membership.company.cvr, subject=name)
        broker(browser, signed_in(cvr=membership.company.cvr, subject=name, sid=f"sid-{name}"))
    return client, client_of_another_browser


@pytest.fixture
def client_of_another_browser():
    return Client()


def tell(client, monkeypatch, answer):
    def logout_token(key, token):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(brokers, "logout_token", logout_token)
    return client.post(reverse("sign_in_ended", args=["mitid-erhverv"]), {"logout_token": "x"}).status_code


def is_in(client):
    return client.get(reverse("front_page")).status_code == 200


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ((ISSUER, "a", "sid-a"), "b"),
        ((ISSUER, "", "sid-b"), "a"),
        ((ISSUER, "a", ""), "b"),
        ((ISSUER, "a", "sid-b"), "ab"),
        ((ISSUER, "", "sid-c"), "ab"),
        (("https://another.example", "a", "sid-a"), "ab"),
    ],
)
def test_the_broker_ends_exactly_the_sessions_it_names(client, logged_in_twice, monkeypatch, said, left):
    assert tell(client, monkeypatch, said) == 200
    assert "".join(name for name, browser in zip("ab", logged_in_twice, strict=True) if is_in(browser)) == left


@pytest.mark.parametrize(("answer", "status"), [(Refused("iss"), 400), (BrokerAway("away"), 503)])
def test_what_is_not_believed_ends_nothing(client, logged_in_twice, monkeypatch, answer, status):
    assert tell(client, monkeypatch, answer) == status
    assert all(map(is_in, logged_in_twice))


def test_who_logs_out_is_sent_to_the_broker_to_log_out_there(logged_in_twice, monkeypatch):
    asked = []

    def end_session_url(key, token, *, after_url):
        asked.append((key, token, after_url))
        return f"{ISSUER}/end"

    monkeypatch.setattr(brokers, "end_session_url", end_session_url)
    client = logged_in_twice[0]
    answer = client.post(reverse("account_logout"))
    assert asked == [("mitid-erhverv", "id-token", f"http://testserver{reverse('account_login')}")]
    assert f"{ISSUER}/end" in answer.headers["Refresh"]
    assert not is_in(client)
    assert Session.objects.exclude(user=None).count() == 1
