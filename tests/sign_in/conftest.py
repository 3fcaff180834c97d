"""A broker to sign in at, and a browser to do it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory

from laereplads.accounts.sign_in import brokers, conversation, metadata
from tests.sign_in.provider import CALLBACK, CLIENT, SECRET, Provider, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.accounts.sign_in.claims import SignIn


@pytest.fixture(scope="session")
def server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Any, db: None) -> Provider:
    """An honest broker that the portal has not met yet."""
    server.begin()
    metadata.forget()
    conversation._resting.clear()
    settings.BROKERS = {
        "broker": {
            "label": "Log ind med MitID Erhverv",
            "adapter": "signaturgruppen",
            "scheme": "mitid_erhverv",
            "issuer": server.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
        }
    }
    return server


class Visitor:
    """Goes to the broker and comes back, with a session of its own."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.session: dict[str, Any] = {}

    def request(self, **parameters: Any) -> Any:
        request = RequestFactory().get("/", parameters)
        request.session = self.session
        return request

    def start(self, key: str = "broker") -> str:
        """The address at the broker."""
        return brokers.start(self.request(), key, callback_url=CALLBACK).url

    def finish(self, parameters: dict[str, Any], key: str = "broker") -> SignIn:
        return brokers.finish(self.request(**parameters), key)

    def sign_in(self, key: str = "broker") -> SignIn:
        return self.finish(self.provider.authorize(self.start(key)), key)

    def log_out(self, token: str, key: str = "broker") -> tuple[str, str, str]:
        return brokers.logout_token(key, token)


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    return Visitor(provider)
