"""An OpenID provider on this machine that does everything as it should, but for one lie at a time."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENT, SECRET = "portal", "kun-til-proeve"
CALLBACK = "https://portal.example/login/broker/svar/"
ES256 = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
OTHER_ES256 = ECKey.generate_key("P-256", {"kid": "two", "use": "sig", "alg": "ES256"})
RS256 = RSAKey.generate_key(2048, {"kid": "rs256", "use": "sig", "alg": "RS256"})
NSIS = "https://data.gov.dk/concept/core/nsis/"
# What Signaturgruppen's broker says of an employee, in the ID token and at its userinfo endpoint.
SIGNED = {
    "sub": "bab646bb-8608-4ac7-ac42-cee4ad490600",
    "idp": "mitid_erhverv",
    "identity_type": "professional",
    "loa": f"{NSIS}Substantial",
    "ial": f"{NSIS}Substantial",
    "aal": f"{NSIS}Substantial",
    "amr": ["mitid.code_app"],
    "neb_sid": "session-1",
}
SAID = {
    "nemlogin.cvr": "99000007",
    "nemlogin.p_number": "1003388394",
    "nemlogin.org_name": "Solgården",
    "nemlogin.persistent_professional_id": "urn:uuid:11111111-1111-4111-8111-111111111111",
    "nemlogin.name": "Birgit Holm",
    "nemlogin.email": "birgit@solgaarden.example",
}


def as_it_is(value: Any) -> Any:
    return value


@dataclass
class Lie:
    """What the provider gets wrong. Each function is given what it would say, and gives what it says instead."""

    claims: Callable[[dict[str, Any]], dict[str, Any]] = as_it_is
    header: Callable[[dict[str, Any]], dict[str, Any]] = as_it_is
    signing_key: Any = None
    token: Callable[[str], Any] = as_it_is
    answer: Callable[[dict[str, Any]], Any] = as_it_is
    userinfo: Callable[[dict[str, Any]], Any] = as_it_is
    discovery: Callable[[dict[str, Any]], Any] = as_it_is
    keys: Callable[[dict[str, Any]], Any] = as_it_is
    callback: Callable[[dict[str, Any]], dict[str, Any]] = as_it_is
    # By path: how much of nothing follows what is right.
    padding: dict[str, int] = field(default_factory=dict)
    # By path: what is sent instead of anything else, as status, headers and body, or a function that takes its time.
    instead: dict[str, Any] = field(default_factory=dict)


class Provider:
    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.begin()

    def begin(self) -> None:
        """As new: honest, with one key, and knowing nobody's code."""
        self.lie = Lie()
        self.signing_keys: list[Any] = [ES256]
        self.signed, self.said = dict(SIGNED), dict(SAID)
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.client_key: Any = None

    def authorize(self, url: str, **changed: Any) -> dict[str, Any]:
        """Take a browser in, and send it back with these parameters."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(20)
        self.codes[code] = asked
        return self.lie.callback({"code": code, "state": asked["state"], **changed})

    def id_token(self, asked: dict[str, str], access_token: str) -> Any:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "at_hash": half_hash(access_token),
            "jti": secrets.token_urlsafe(16),
            **self.signed,
        }
        return self.sign(claims)

    def logout_token(self, **changed: Any) -> Any:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            "sub": self.signed["sub"],
            "sid": "session-1",
            **changed,
        }
        return self.sign(claims, typ="logout+jwt")

    def sign(self, claims: dict[str, Any], typ: str = "JWT") -> Any:
        claims = self.lie.claims(claims)
        key = self.lie.signing_key or self.signing_keys[0]
        header = self.lie.header({"alg": key.get("alg"), "kid": key.kid or self.signing_keys[0].kid, "typ": typ})
        return self.lie.token(signed(header, claims, key))

    def answer(self, path: str, body: dict[str, str], authorization: str) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, self.lie.discovery(self.discovery())
        if path == "/jwks":
            keys = [key.as_dict(private=False) for key in self.signing_keys]
            return 200, self.lie.keys({"keys": keys})
        if path == "/userinfo":
            return (200, self.lie.userinfo({"sub": self.signed["sub"], **self.said})) if authorization else (401, {})
        return self.tokens(body, authorization) if path == "/token" else (404, {})

    def tokens(self, body: dict[str, str], authorization: str) -> tuple[int, Any]:
        asked = self.codes.pop(body.get("code", ""), None)
        if not self.is_known(body, authorization):
            return 401, {"error": "invalid_client"}
        if not asked or body["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if asked["code_challenge"] != base64url(hashlib.sha256(body["code_verifier"].encode()).digest()):
            return 400, {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(20)
        tokens = {"access_token": access_token, "token_type": "Bearer", "expires_in": 300}
        return 200, self.lie.answer({**tokens, "id_token": self.id_token(asked, access_token)})

    def is_known(self, body: dict[str, str], authorization: str) -> bool:
        """Whether it is the portal: by its secret, or by its key where the provider knows one."""
        if self.client_key is None:
            return authorization == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        shown = jwt.decode(body["client_assertion"], self.client_key, ["RS256"])
        return (shown.claims["iss"], shown.claims["sub"]) == (CLIENT, CLIENT) and self.issuer in shown.claims["aud"]

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are sent one after the other: who reads would wait 40 ms for the second.
    disable_nagle_algorithm = True
    server: Any

    def do_GET(self) -> None:
        self.reply({})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.reply({name: values[0] for name, values in parse_qs(sent).items()})

    def reply(self, sent: dict[str, str]) -> None:
        provider: Provider = self.server.provider
        path = urlsplit(self.path).path
        provider.asked.append(path)
        instead = provider.lie.instead.get(path)
        if callable(instead):
            self.close_connection = True
            instead(self)
            return
        headers = {"Content-Type": "application/json"}
        if instead:
            status, more, body = instead
            headers |= more
        else:
            status, said = provider.answer(path, sent, self.headers.get("Authorization", ""))
            body = json.dumps(said).encode() + b" " * provider.lie.padding.get(path, 0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything: Any) -> None:
        """Nothing: tests say what went wrong."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: Provider

    def handle_error(self, *_anything: Any) -> None:
        """The portal hangs up on whoever takes too long."""


@contextmanager
def running() -> Iterator[Provider]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.provider = Provider(server.server_port)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server.provider
        finally:
            server.shutdown()


def signed(header: dict[str, Any], claims: Any, key: Any) -> str:
    """A token with that header, whatever it says, and whether or not its claims are any."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    algorithm = header.get("alg")
    if algorithm in ("ES256", "RS256", "PS256", "ES384", "HS256"):
        # The header that is signed may hold what no library would write.
        text = f"{base64url(json.dumps(header).encode())}.{base64url(payload)}"
        model = jws.JWSRegistry.algorithms[algorithm]
        return f"{text}.{base64url(model.sign(text.encode(), key))}"
    return f"{base64url(json.dumps(header).encode())}.{base64url(payload)}."


def half_hash(text: str) -> str:
    return base64url(hashlib.sha256(text.encode()).digest()[:16])


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
