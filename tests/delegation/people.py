"""Who signs in at a broker in these tests, and what the broker proves of them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.accounts.models import Identity
from laereplads.accounts.sign_in import brokers
from laereplads.accounts.sign_in.claims import Level, Scheme, SignIn

BROKERS = {
    scheme.value.replace("_", "-"): {
        "label": f"Log ind med {scheme.label} (test)",
        "adapter": "unilogin" if scheme == Scheme.UNILOGIN else "signaturgruppen",
        "scheme": scheme.value,
        "issuer": f"https://{scheme.value.replace('_', '-')}.example",
        "client_id": "portal",
        "client_secret": "made-up",
    }
    for scheme in Scheme
}


def signed_in(scheme=Scheme.MITID_ERHVERV, **claims):
    """What a broker has proven; an employee's, at the substantial level, unless the test says otherwise."""
    key = scheme.value.replace("_", "-")
    told = {
        "broker": key,
        "scheme": scheme,
        "issuer": BROKERS[key]["issuer"],
        "subject": "somebody",
        "level": Level.SUBSTANTIAL,
        "authenticated_at": timezone.now(),
        "sid": "sid-1",
        "id_token": "id-token",
    }
    return SignIn(**told | claims)


def identity_of(user, scheme=Scheme.MITID_ERHVERV, **columns):
    key = scheme.value.replace("_", "-")
    return Identity.objects.create(
        **{"user": user, "scheme": scheme, "issuer": BROKERS[key]["issuer"], "subject": "somebody"} | columns
    )


@pytest.fixture
def broker(settings, monkeypatch):
    """Lets a client come back from its broker with what a test says it has proven; the protocol has its own tests."""
    settings.BROKERS = BROKERS
    proven = []

    def finish(request, key):
        answer = proven.pop()
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(brokers, "finish", finish)

    def come_back(client, answer, key=""):
        proven.append(answer)
        key = key or getattr(answer, "broker", "mitid-erhverv")
        return client.get(reverse("sign_in_callback", args=[key]))

    return come_back


def born(student, days=0):
    return student.birth_date + datetime.timedelta(days=days)
