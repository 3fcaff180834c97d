"""Talking to a broker over the network: briefly, to nobody else, and with small answers."""

from __future__ import annotations

import time
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import import_key
from requests import PreparedRequest, RequestException, Response, Timeout
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from laereplads.accounts.sign_in.configuration import Broker
from laereplads.accounts.sign_in.errors import BrokerAway, Refused

# Seconds: to be reached, for one answer, and for all that one sign-in asks.
CONNECT_LIMIT = 2.0
ANSWER_LIMIT = 4.0
SIGN_IN_LIMIT = 8.0
# Of a discovery document, a key set, tokens or what is said of a person.
LARGEST_ANSWER = 200_000
CHUNK = 8192
# How long nobody asks a broker that has let somebody wait in vain: each who waits holds a worker.
REST = 5.0

# By issuer: until when it is left alone. No longer than the settings' list of brokers.
_resting: dict[str, float] = {}


class BriefAdapter(HTTPAdapter):
    """Reads an answer whole, or gives up: when it is large, when it takes long, when it sends one elsewhere."""

    def __init__(self) -> None:
        self.ends_at = time.monotonic() + SIGN_IN_LIMIT
        super().__init__()

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        ends_at = min(self.ends_at, time.monotonic() + ANSWER_LIMIT)
        left = max(0.001, ends_at - time.monotonic())
        options |= {"stream": True, "timeout": (min(CONNECT_LIMIT, left), left)}
        response = super().send(request, *args, **options)
        try:
            if response.is_redirect:
                raise RequestException
            response._content = read(response, ends_at)  # noqa: SLF001  # as `content` would, without limits
        finally:
            response.close()
        return response


def read(response: Response, ends_at: float) -> bytes:
    body = b""
    # What has arrived, each time: a drop now and then must not make it wait for a chunk.
    while piece := response.raw.read1(CHUNK, decode_content=True):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise RequestException
        if time.monotonic() > ends_at:
            raise Timeout
    return body


class Conversation:
    """What one request of a browser asks a broker."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        key, method = broker.private_key, "client_secret_basic"
        if key:
            method = PrivateKeyJWT.name
        self.client = OAuth2Session(
            broker.client_id,
            import_key(dict(key)) if key else broker.client_secret,
            token_endpoint_auth_method=method,
            code_challenge_method="S256",
        )
        if key:
            self.client.register_client_auth_method(PrivateKeyJWT(alg=key["alg"], headers=key_id(key)))
        # A proxy of the machine's environment is for hosts outside.
        self.client.trust_env = not broker.is_on_this_machine
        for scheme in ("https://", "http://"):
            self.client.mount(scheme, BriefAdapter())
        self.client.headers["Accept-Encoding"] = "identity"

    def get(self, url: str, access_token: str = "") -> dict[str, Any]:
        """The JSON object at `url`. Raises BrokerAway."""
        headers = {"Accept": "application/json"}
        if access_token:
            headers["Authorization"] = f"Bearer {access_token}"
        with Asking(self.broker):
            response = self.client.request("GET", url, withhold_token=True, headers=headers)
            response.raise_for_status()
            answer = response.json()
        if not isinstance(answer, dict):
            raise BrokerAway("answer")
        return answer

    def exchange(self, endpoint: str, **parts: str) -> dict[str, Any]:
        """The tokens for a code. Raises BrokerAway, or Refused where the broker does not take the code."""
        with Asking(self.broker):
            try:
                tokens = self.client.fetch_token(endpoint, grant_type="authorization_code", **parts)
            except OAuthError as problem:
                if problem.error == "invalid_grant":
                    raise Refused("code") from None
                raise BrokerAway("token_endpoint") from None
        return dict(tokens)


class Asking:
    """Turns what can go wrong with an answer into BrokerAway, and lets a broker rest that kept somebody waiting."""

    def __init__(self, broker: Broker) -> None:
        self.issuer = broker.issuer
        self.began_at = time.monotonic()

    def __enter__(self) -> None:
        if _resting.get(self.issuer, 0) > time.monotonic():
            raise BrokerAway("resting")

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        # Also text that is no JSON, or is nested without end.
        if not isinstance(problem, RequestException | HTTPError | ValueError | RecursionError):
            return
        if time.monotonic() - self.began_at >= CONNECT_LIMIT:
            _resting[self.issuer] = time.monotonic() + REST
            raise BrokerAway("slow") from None
        raise BrokerAway("answer") from None


def key_id(key: Any) -> dict[str, str] | None:
    return {"kid": key["kid"]} if "kid" in key else None
