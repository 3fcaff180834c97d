"""Every lie of a broker, what the portal answers, and what passes in spite of it. docs/sign-in.md shows both tables."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from joserfc.jwk import ECKey, OctKey

from laereplads.accounts.sign_in.errors import BrokerAway, Cancelled, Refused
from tests.sign_in.provider import CLIENT, ES256, NSIS, OTHER_ES256, RS256, SECRET, Lie, base64url, half_hash

if TYPE_CHECKING:
    from collections.abc import Callable

# A key of the same name as the provider's, that is not the provider's.
FALSE_KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
ES384 = ECKey.generate_key("P-384", {"kid": "es384", "use": "sig", "alg": "ES384"})
NESTED = b"[" * 100_000


@dataclass(frozen=True)
class Case:
    told: str
    lie: Lie
    answer: type[Exception]
    reason: str

    def __str__(self) -> str:
        return self.told


def claims(**changed: Any) -> Lie:
    """The ID token says these; a function is given what it should say."""
    return Lie(claims=lambda said: said | {k: v(said.get(k)) if callable(v) else v for k, v in changed.items()})


def without(*names: str) -> Lie:
    return Lie(claims=lambda said: {name: value for name, value in said.items() if name not in names})


def header(**changed: Any) -> Lie:
    return Lie(header=lambda said: said | changed)


def userinfo(**changed: Any) -> Lie:
    return Lie(userinfo=lambda said: said | changed)


def discovery(**changed: Any) -> Lie:
    return Lie(discovery=lambda said: said | changed)


def answer(**changed: Any) -> Lie:
    return Lie(answer=lambda said: {name: value for name, value in (said | changed).items() if value is not None})


def instead(path: str, status: int, body: bytes = b"{}", **headers: str) -> Lie:
    return Lie(instead={path: (status, headers, body)})


def keys(change: Callable[[list[dict[str, Any]]], Any]) -> Lie:
    return Lie(keys=lambda said: {"keys": change(said["keys"])})


def refused(told: str, reason: str, lie: Lie) -> Case:
    return Case(told, lie, Refused, reason)


def away(told: str, reason: str, lie: Lie) -> Case:
    return Case(told, lie, BrokerAway, reason)


def later(seconds: int) -> Callable[[Any], int]:
    return lambda _said: int(time.time()) + seconds


def text_with(part: int, change: Callable[[bytes], bytes]) -> Lie:
    """The token with one of its three parts changed after it was signed."""

    def changed(token: str) -> str:
        parts = token.split(".")
        content = base64.urlsafe_b64decode(parts[part] + "==")
        parts[part] = base64url(change(content))
        return ".".join(parts)

    return Lie(token=changed)


def drip(handler: Any) -> None:
    """An answer that never comes to an end, a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _byte in range(600):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def silence(handler: Any) -> None:
    time.sleep(3)


def hang_up(handler: Any) -> None:
    """No answer at all."""


def redirect(path: str) -> Lie:
    return instead(path, 302, Location="/elsewhere")


# Each of the claims that must be there and be a time, in shapes that are none.
NO_TIMES: list[tuple[str, Any]] = [
    ("a text", "1800000000"),
    ("true", True),
    ("infinite", float("inf")),
    ("too large a number", 10**400),
    ("null", None),
    ("a list", [1800000000]),
    ("before 1970", -1),
]

LIES: list[Case] = [
    # Who it is from, and for whom.
    refused("issuer of another", "iss", claims(iss="https://broker.example")),
    refused("issuer with a slash more", "iss", claims(iss=lambda said: said + "/")),
    refused("issuer in capitals", "iss", claims(iss=lambda said: said.upper())),
    refused("issuer in a list", "iss", claims(iss=lambda said: [said])),
    refused("no issuer", "iss", without("iss")),
    refused("audience of another", "aud", claims(aud="another")),
    refused("audiences without us", "aud", claims(aud=["another", "third"])),
    refused("no audience", "aud", without("aud")),
    refused("empty audience", "aud", claims(aud=[])),
    refused("audience that is no text", "aud", claims(aud={"portal": True})),
    refused("several audiences and no azp", "azp", claims(aud=[CLIENT, "another"])),
    refused("several audiences, made for another", "azp", claims(aud=[CLIENT, "another"], azp="another")),
    refused("one audience, made for another", "azp", claims(azp="another")),
    refused("the audience twice and no azp", "azp", claims(aud=[CLIENT, CLIENT])),
    # Who signs in.
    refused("no subject", "sub", without("sub")),
    refused("empty subject", "sub", claims(sub="")),
    refused("subject of spaces", "sub", claims(sub="   ")),
    refused("subject that is no text", "sub", claims(sub=7)),
    refused("subject of 256 characters", "sub", claims(sub="s" * 256)),
    refused("subject with a line break", "sub", claims(sub="a\nb")),
    refused(
        "subject that is a CPR number",
        "cpr",
        Lie(claims=lambda said: said | {"sub": "010190-1234"}, userinfo=lambda said: said | {"sub": "010190-1234"}),
    ),
    # This sign-in, and no other.
    refused("nonce of another sign-in", "nonce", claims(nonce="another")),
    refused("no nonce", "nonce", without("nonce")),
    refused("empty nonce", "nonce", claims(nonce="")),
    refused("nonce in a list", "nonce", claims(nonce=lambda said: [said])),
    refused("at_hash of another access token", "at_hash", claims(at_hash=half_hash("another"))),
    refused("empty at_hash", "at_hash", claims(at_hash="")),
    refused("at_hash that is no text", "at_hash", claims(at_hash=7)),
    refused("the same token number twice", "jti", claims(jti="the-same")),
    refused("empty token number", "jti", claims(jti="")),
    refused("token number that is no text", "jti", claims(jti=7)),
    # When.
    refused("expired", "expired", claims(exp=later(-61))),
    refused("no expiry", "exp", without("exp")),
    refused("issued in the future", "iat", claims(iat=later(90))),
    refused("no time of issue", "iat", without("iat")),
    refused("not valid yet", "nbf", claims(nbf=later(90))),
    refused("not valid before a text", "nbf", claims(nbf="now")),
    refused("no time of login", "auth_time", without("auth_time")),
    refused("login seven minutes ago", "auth_time", claims(auth_time=later(-420))),
    refused("login in the future", "auth_time", claims(auth_time=later(120))),
    refused("login at 0", "auth_time", claims(auth_time=0)),
    *(
        refused(f"{name} is {told}", name, claims(**{name: value}))
        for name in ("exp", "iat", "auth_time")
        for told, value in NO_TIMES
        # Python writes it as NaN and Infinity, which is no JSON: see below.
        if told != "infinite"
    ),
    *(
        refused(f"{name} is {word}", "token", claims(**{name: float(word)}))
        for name in ("exp", "auth_time")
        for word in ("Infinity", "NaN")
    ),
    # Signed by whom, and how.
    refused("another key under the same name", "signature", Lie(signing_key=FALSE_KEY)),
    refused("a key that the broker does not list", "signature", Lie(signing_key=OTHER_ES256)),
    refused(
        "claims changed after signing", "signature", text_with(1, lambda said: said.replace(b"session-1", b"session-2"))
    ),
    refused("header changed after signing", "signature", text_with(0, lambda said: said.replace(b'"JWT"', b'"jwt"'))),
    refused("signature of one byte", "signature", text_with(2, lambda _said: b"x")),
    refused("no signature", "signature", text_with(2, lambda _said: b"")),
    refused("signature of another token", "signature", text_with(2, lambda said: said[::-1])),
    *(refused(f"alg {word}, unsigned", "algorithm", header(alg=word)) for word in ("none", "None", "NONE", "nOnE")),
    refused("alg missing", "token", Lie(header=lambda said: {"kid": said["kid"]})),
    refused("alg that nobody knows", "algorithm", header(alg="XX256")),
    refused("alg in a list", "token", header(alg=["ES256"])),
    refused(
        "HS256 with the client's secret",
        "algorithm",
        Lie(header=lambda said: said | {"alg": "HS256"}, signing_key=OctKey.import_key(SECRET * 3)),
    ),
    refused(
        "HS256 with the public key",
        "algorithm",
        Lie(header=lambda said: said | {"alg": "HS256"}, signing_key=OctKey.import_key(json.dumps(ES256.as_dict()))),
    ),
    refused("another algorithm than this broker's", "algorithm", Lie(signing_key=RS256)),
    refused(
        "a key of the broker's that is for encryption",
        "signature",
        keys(lambda listed: [key | {"use": "enc"} for key in listed]),
    ),
    refused(
        "a key of the broker's that is for another algorithm",
        "signature",
        keys(lambda listed: [key | {"alg": "ES384"} for key in listed]),
    ),
    refused(
        "a key on another curve than the algorithm's",
        "token",
        Lie(
            header=lambda said: said | {"alg": "ES256"},
            signing_key=ES384,
            token=lambda said: said + "x" * 86,
            keys=lambda said: {"keys": [ES384.as_dict(private=False) | {"alg": "ES256"}]},
        ),
    ),
    refused(
        "no key named, of several",
        "signature",
        Lie(
            header=lambda said: {"alg": "ES256"},
            keys=lambda said: {"keys": [*said["keys"], OTHER_ES256.as_dict(private=False)]},
        ),
    ),
    refused(
        "a key brought along in the header",
        "signature",
        Lie(
            header=lambda said: {"alg": "ES256", "kid": "false", "jwk": FALSE_KEY.as_dict(private=False)},
            signing_key=FALSE_KEY,
        ),
    ),
    refused(
        "a key named by address in the header",
        "signature",
        Lie(
            header=lambda said: {"alg": "ES256", "kid": "false", "jku": "https://elsewhere.example/keys"},
            signing_key=FALSE_KEY,
        ),
    ),
    refused("a header that must be understood", "token", header(crit=["new"], new=True)),
    refused("payload not encoded", "token", header(crit=["b64"], b64=False)),
    # What it is.
    refused("no ID token", "token", answer(id_token=None)),
    refused("ID token that is no text", "token", answer(id_token=["a.b.c"])),
    refused("empty ID token", "token", answer(id_token="")),
    refused("ID token of two parts", "token", Lie(token=lambda said: said.rpartition(".")[0])),
    refused("ID token of five parts (encrypted)", "token", Lie(token=lambda said: f"{said}.a.b")),
    refused("ID token with letters of elsewhere", "token", Lie(token=lambda said: f"æ{said}")),
    refused("ID token of 20 kB", "token", claims(more="x" * 20_000)),
    refused("claims that are no object", "token", Lie(claims=lambda _said: ["iss"])),
    refused("claims that are no JSON", "token", Lie(claims=lambda _said: b"no JSON")),
    refused("claims nested without end", "token", Lie(claims=lambda _said: b"[" * 12_000)),
    refused("an access token instead (typ)", "typ", header(typ="at+jwt")),
    refused("a logout token instead (typ)", "typ", header(typ="logout+jwt")),
    refused("amr that is no list", "amr", claims(amr="mitid.code_app")),
    # The other parts of the token answer.
    refused("no access token", "access_token", answer(access_token=None)),
    refused("access token that is no text", "access_token", answer(access_token=7)),
    refused("token type missing", "access_token", answer(token_type=None)),
    refused("token type MAC", "access_token", answer(token_type="mac")),
    refused("code that the broker does not know", "code", instead("/token", 400, b'{"error": "invalid_grant"}')),
    away(
        "client that the broker does not know", "token_endpoint", instead("/token", 401, b'{"error": "invalid_client"}')
    ),
    away("error in an answer of 200", "token_endpoint", answer(error="server_error")),
    # What is said of the person.
    refused("userinfo of somebody else", "userinfo", userinfo(sub="another")),
    refused("userinfo of nobody", "userinfo", Lie(userinfo=lambda said: {k: v for k, v in said.items() if k != "sub"})),
    refused("userinfo of the same, spelt otherwise", "userinfo", Lie(userinfo=lambda s: s | {"sub": s["sub"].upper()})),
    away("userinfo that is a list", "answer", Lie(userinfo=lambda said: [said])),
    away("userinfo as a token", "answer", instead("/userinfo", 200, b"a.b.c", **{"Content-Type": "application/jwt"})),
    away("userinfo refused", "answer", instead("/userinfo", 403)),
    # Which kind of identity, and how surely.
    refused("a private identity", "identity_type", claims(identity_type="private")),
    refused("no kind of identity", "identity_type", without("identity_type")),
    refused("another scheme", "identity_type", claims(idp="mitid")),
    refused("no scheme", "identity_type", without("idp")),
    refused("scheme in a list", "identity_type", claims(idp=["mitid_erhverv"])),
    refused("no level", "level", without("loa")),
    refused("empty level", "level", claims(loa="")),
    refused("level that nobody knows", "level", claims(loa=f"{NSIS}Highest")),
    refused("level by its word alone", "level", claims(loa="Substantial")),
    refused("level in another case", "level", claims(loa=f"{NSIS}substantial")),
    refused("level in a list", "level", claims(loa=[f"{NSIS}Substantial"])),
    refused("level as a number", "level", claims(loa=3)),
    refused("level of the authenticator odd", "level", claims(aal="odd")),
    refused("level of the identity odd", "level", claims(ial=None)),
    refused("no CVR number", "cvr", Lie(userinfo=lambda said: {k: v for k, v in said.items() if "cvr" not in k})),
    refused("CVR number of seven digits", "cvr", userinfo(**{"nemlogin.cvr": "9900000"})),
    refused("CVR number as a number", "cvr", userinfo(**{"nemlogin.cvr": 99000007})),
    refused("CVR number with other digits", "cvr", userinfo(**{"nemlogin.cvr": "٩٩٠٠٠٠٠٧"})),
    refused("two CVR numbers", "cvr", userinfo(**{"nemlogin.cvr": ["99000007", "99200006"]})),
    refused("CVR number with a line break", "cvr", userinfo(**{"nemlogin.cvr": "99000007\n"})),
    refused("odd P-number", "p_number", userinfo(**{"nemlogin.p_number": "12"})),
    refused("session that is no text", "sid", claims(sid=7)),
    # The way back of the browser.
    refused("state of nobody", "state", Lie(callback=lambda said: said | {"state": "another"})),
    refused("no state", "state", Lie(callback=lambda said: {"code": said["code"]})),
    refused("state twice", "state", Lie(callback=lambda said: said | {"state": [said["state"], said["state"]]})),
    refused("no code", "code", Lie(callback=lambda said: {"state": said["state"]})),
    refused("empty code", "code", Lie(callback=lambda said: said | {"code": ""})),
    refused("code twice", "code", Lie(callback=lambda said: said | {"code": [said["code"], "other"]})),
    refused("code of 5,000 characters", "code", Lie(callback=lambda said: said | {"code": "x" * 5000})),
    refused("code made up", "code", Lie(callback=lambda said: said | {"code": "made-up"})),
    refused("answer of another issuer", "iss", Lie(callback=lambda said: said | {"iss": "https://broker.example"})),
    refused(
        "answer of nobody, from a broker that names itself",
        "iss",
        discovery(authorization_response_iss_parameter_supported=True),
    ),
    refused("an error beside a code", "broker_error", Lie(callback=lambda said: said | {"error": "odd"})),
    Case(
        "the person says no",
        Lie(callback=lambda said: {"state": said["state"], "error": "access_denied"}),
        Cancelled,
        "cancelled",
    ),
    *(
        away(
            f"the broker says {word}",
            "broker_error",
            Lie(callback=lambda said, word=word: {"state": said["state"], "error": word}),
        )
        for word in ("server_error", "temporarily_unavailable")
    ),
    *(
        refused(
            f"the broker says {word}",
            "broker_error",
            Lie(callback=lambda said, word=word: {"state": said["state"], "error": word}),
        )
        for word in ("login_required", "invalid_scope", "<script>")
    ),
    # What the broker says of itself.
    away("discovery of another issuer", "issuer", discovery(issuer="https://broker.example")),
    away(
        "discovery of no issuer", "issuer", Lie(discovery=lambda said: {k: v for k, v in said.items() if k != "issuer"})
    ),
    *(
        away(f"{name}: {told}", name, discovery(**{name: value}))
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        for told, value in [("nothing", None), ("a script", "javascript:alert(1)"), ("a file", "file:///etc/hosts")]
    ),
    away(
        "token_endpoint with a name and password", "token_endpoint", discovery(token_endpoint="http://a:b@127.0.0.1/")
    ),
    away(
        "end_session_endpoint that is a script",
        "end_session_endpoint",
        discovery(end_session_endpoint="javascript:alert(1)"),
    ),
    away("discovery that is a list", "answer", Lie(discovery=lambda said: [said])),
    away("discovery that is no JSON", "answer", instead("/.well-known/openid-configuration", 200, b"<html>")),
    refused("keys none", "signature", keys(lambda _listed: [])),
    refused("keys that are no keys", "signature", keys(lambda _listed: [7, "key", {"kty": "EC"}, {"kty": "new"}, {}])),
    refused(
        "keys that are shared secrets",
        "signature",
        keys(lambda _listed: [{"kty": "oct", "k": base64url(SECRET.encode()), "kid": "one", "alg": "ES256"}]),
    ),
    away("keys that are no list", "keys", keys(lambda _listed: {"one": 1})),
    away("keys that are no JSON", "answer", instead("/jwks", 200, b"<html>")),
    # The network.
    *(
        away(f"{path}: {told}", "answer", lie(path))
        for path in ("/.well-known/openid-configuration", "/jwks", "/token", "/userinfo")
        for told, lie in [
            ("500", lambda path: instead(path, 500)),
            ("sent elsewhere", redirect),
            ("300 kB, all right but long", lambda path: Lie(padding={path: 300_000})),
            ("nested without end", lambda path: instead(path, 200, NESTED)),
            ("nothing", lambda path: instead(path, 200, b"")),
            ("hangs up", lambda path: Lie(instead={path: hang_up})),
        ]
    ),
    *(
        away(f"{path}: {told}", "slow", Lie(instead={path: lie}))
        for path in ("/.well-known/openid-configuration", "/jwks", "/token", "/userinfo")
        for told, lie in [("a byte at a time", drip), ("no answer", silence)]
    ),
]


@dataclass(frozen=True)
class Harmless:
    told: str
    lie: Lie
    why: str

    def __str__(self) -> str:
        return self.told


HARMLESS: list[Harmless] = [
    Harmless("answers of 100 kB", Lie(padding={"/userinfo": 100_000, "/token": 100_000}), "Below the limit."),
    Harmless("audience as a list of us alone", claims(aud=[CLIENT]), "The same, written otherwise."),
    Harmless(
        "several audiences, made for us", claims(aud=[CLIENT, "x"], azp=CLIENT), "`azp` says who it was made for."
    ),
    Harmless("no `at_hash`", without("at_hash"), "Optional in the code flow: both came in one answer."),
    Harmless("no `jti`", without("jti"), "Optional; the nonce and the code bind a token to one sign-in."),
    Harmless("expires in ten years", claims(exp=later(10 * 365 * 86400)), "It is used once, at once."),
    Harmless(
        "issued an hour ago", claims(iat=later(-3600)), "The nonce is younger than that, and `auth_time` is asked."
    ),
    Harmless(
        "clock half a minute ahead", claims(iat=later(30), auth_time=later(30)), "Within the 60 seconds of leeway."
    ),
    Harmless("expired half a minute ago", claims(exp=later(-30)), "The same."),
    Harmless("no key named, of one", Lie(header=lambda said: {"alg": "ES256"}), "There is no other."),
    Harmless("no `typ`", Lie(header=lambda said: {"alg": "ES256", "kid": said["kid"]}), "Optional."),
    Harmless(
        "a key brought along, and not used", header(jwk=FALSE_KEY.as_dict(private=False)), "Only listed keys count."
    ),
    Harmless("claims that nobody knows", claims(more={"a": [1]}), "Only named claims are read."),
    Harmless(
        "keys of other kinds beside",
        keys(lambda listed: [{"kty": "OKP", "crv": "new"}, {"kty": "oct", "k": "c2VjcmV0"}, *listed]),
        "They are left out.",
    ),
    Harmless("userinfo that says another level", userinfo(loa=f"{NSIS}High"), "What is signed goes first."),
    Harmless("userinfo with a nonce of its own", userinfo(nonce="x", iss="x", aud="x"), "The same."),
    Harmless(
        "name and e-mail left out",
        Lie(userinfo=lambda s: {k: v for k, v in s.items() if "name" not in k}),
        "Nobody is known by them.",
    ),
]

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# What is told of a logout token, the reason it is refused for, and the lie.
LOGOUT_LIES: list[tuple[str, str, Lie]] = [
    ("issuer of another", "iss", claims(iss="https://broker.example")),
    ("no issuer", "iss", without("iss")),
    ("audience of another", "aud", claims(aud="another")),
    ("no audience", "aud", without("aud")),
    ("several audiences and no azp", "azp", claims(aud=["portal", "another"])),
    ("another event", "events", claims(events={"http://schemas.openid.net/event/other": {}})),
    ("no event", "events", without("events")),
    ("event that says nothing", "events", claims(events={EVENT: None})),
    ("events in a list", "events", claims(events=[EVENT])),
    ("a nonce", "nonce", claims(nonce="any")),
    ("neither session nor person", "sid", without("sid", "sub")),
    (
        "empty session and no person",
        "sid",
        Lie(claims=lambda said: {**{name: value for name, value in said.items() if name != "sub"}, "sid": ""}),
    ),
    ("session that is no text", "sid", claims(sid=["session-1"])),
    ("person that is no text", "sub", claims(sub=7)),
    ("empty person", "sub", claims(sub="")),
    ("no number", "jti", without("jti")),
    ("empty number", "jti", claims(jti="")),
    ("expired", "expired", claims(exp=later(-61))),
    ("no expiry", "exp", without("exp")),
    ("expiry that is no time", "exp", claims(exp="soon")),
    ("old, with a long life", "iat", claims(iat=later(-700), exp=later(86400))),
    ("of the future", "iat", claims(iat=later(90), exp=later(500))),
    ("no time of issue", "iat", without("iat")),
    ("not valid yet", "nbf", claims(nbf=later(90))),
    ("another key", "signature", Lie(signing_key=OTHER_ES256)),
    *(
        (f"alg {word}", "algorithm", Lie(header=lambda said, word=word: said | {"alg": word}))
        for word in ("none", "NonE")
    ),
    ("another type", "typ", Lie(header=lambda said: said | {"typ": "at+jwt"})),
    ("no token", "token", Lie(token=lambda _said: "")),
    ("no token but text", "token", Lie(token=lambda _said: "logout")),
    ("a token of 30 kB", "token", claims(more="x" * 30_000)),
]
