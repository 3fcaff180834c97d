"""What each kind of broker is asked for, and how it says what it has proven. One reader for each; all give a SignIn.

Names and values of claims are those of the brokers' public documentation. Only what is named here is ever read.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from laereplads.accounts.sign_in.claims import Level, Scheme
from laereplads.accounts.sign_in.errors import Refused
from laereplads.database.cpr import holds_cpr_number

type Claims = Mapping[str, Any]
# Fields of a SignIn.
type Proven = dict[str, Any]

NSIS = "https://data.gov.dk/concept/core/nsis/"
LEVELS = {"low": Level.LOW, "substantial": Level.SUBSTANTIAL, "high": Level.HIGH}
NSIS_LEVELS = {f"{NSIS}{folder}{word.title()}": level for word, level in LEVELS.items() for folder in ("", "loa/")}
IDURA_ACR = "urn:grn:authn:dk:mitid:"
IDURA_LEVELS = {IDURA_ACR + word: level for word, level in LEVELS.items()}
UNILOGIN_LEVELS = {"2": Level.LOW, "3": Level.SUBSTANTIAL}

CVR = r"[1-9][0-9]{7}"
P_NUMBER = r"[1-9][0-9]{9}"
LONGEST_TEXT = 200
HELD_BACK = "Pseudonym"
# What brokers call CPR numbers: dk.cpr, nemlogin.cpr, cprNumberIdentifier, ssn.
CPR_CLAIM = re.compile(r"cpr(?!_uuid)|(?<![a-z])(?:ssn|nin)(?![a-z])", re.IGNORECASE)
TEN_DIGITS = re.compile(r"\d{6}\W{0,3}\d{4}")
# Ten digits that are no CPR number, though some P-numbers begin as a day does.
NUMBERS = frozenset({"nemlogin.p_number", "productionUnit", "nemlogin.nemid.rid", "ridNumberIdentifier"})


@dataclass(frozen=True)
class Adapter:
    # What is added to the request, by scheme.
    asks: Mapping[Scheme, Mapping[str, str]]
    algorithms: tuple[str, ...]
    # Whether the person's data comes from the broker's userinfo endpoint.
    reads_userinfo: bool
    read: Callable[[Scheme, Claims], Proven]
    # Whether the broker says when the person was there in words of its own.
    authenticated_at: Callable[[Claims], Any] = lambda claims: claims.get("auth_time")


def signaturgruppen(scheme: Scheme, claims: Claims) -> Proven:
    if scheme == Scheme.MITID_ERHVERV:
        expect(claims, idp="mitid_erhverv", identity_type="professional")
        is_protected = claims.get("nemlogin.alias") == HELD_BACK
        return {
            "level": nsis_level(claims),
            "cvr": number(claims, "nemlogin.cvr", CVR, reason="cvr"),
            "p_number": number(claims, "nemlogin.p_number", P_NUMBER, reason="p_number", is_optional=True),
            "organisation_name": text(claims, "nemlogin.org_name"),
            "professional_id": identifier(claims, "nemlogin.persistent_professional_id"),
            "name": "" if is_protected else text(claims, "nemlogin.name"),
            "email": text(claims, "nemlogin.email"),
        }
    expect(claims, idp="mitid", identity_type="private")
    return {
        "level": nsis_level(claims),
        "name": text(claims, "mitid.identity_name"),
        "birth_date": day(claims, "mitid.date_of_birth"),
    }


def idura(scheme: Scheme, claims: Claims) -> Proven:
    expect(claims, identityscheme="dkmitid")
    is_employee = claims.get("employee") in ("true", True)
    if scheme == Scheme.MITID_ERHVERV:
        if not is_employee:
            raise Refused("identity_type")
        return {
            "level": idura_level(claims),
            "cvr": number(claims, "cvrNumberIdentifier", CVR, reason="cvr"),
            "p_number": number(claims, "productionUnit", P_NUMBER, reason="p_number", is_optional=True),
            "organisation_name": text(claims, "2.5.4.10"),
            "professional_id": identifier(claims, "uuid"),
            "name": text(claims, "name"),
            "email": text(claims, "email"),
        }
    if is_employee or {"companySignatory", "cvrNumberIdentifier"}.intersection(claims):
        raise Refused("identity_type")
    return {"level": idura_level(claims), "name": text(claims, "name"), "birth_date": day(claims, "birthdate")}


def unilogin(scheme: Scheme, claims: Claims) -> Proven:
    """Students only: a teacher is company or school staff, and comes with MitID Erhverv."""
    if claims.get("aktoer_gruppe") != "Elev":
        raise Refused("identity_type")
    return {
        "level": level_of(claims.get("loa"), UNILOGIN_LEVELS),
        "uniid": number(claims, "uniid", r"[A-Za-z0-9]{4,36}", reason="uniid"),
        "institution_numbers": institutions(claims.get("institution_ids")),
    }


ADAPTERS: dict[str, Adapter] = {
    "signaturgruppen": Adapter(
        asks={
            Scheme.MITID_ERHVERV: {"scope": "openid nemlogin", "idp_values": "mitid_erhverv"},
            Scheme.MITID: {"scope": "openid mitid", "idp_values": "mitid"},
        },
        algorithms=("ES256", "ES384", "ES512"),
        reads_userinfo=True,
        read=signaturgruppen,
    ),
    "idura": Adapter(
        asks={
            Scheme.MITID_ERHVERV: {"scope": "openid", "acr_values": f"{IDURA_ACR}business"},
            Scheme.MITID: {"scope": "openid", "acr_values": f"{IDURA_ACR}substantial"},
        },
        algorithms=("RS256", "PS256", "ES256"),
        reads_userinfo=False,
        read=idura,
        # The second is what Idura said before it said the first.
        authenticated_at=lambda claims: claims.get("auth_time", seconds(claims.get("authenticationinstant"))),
    ),
    "unilogin": Adapter(
        asks={Scheme.UNILOGIN: {"scope": "openid"}},
        algorithms=("RS256", "PS256", "ES256"),
        reads_userinfo=True,
        read=unilogin,
    ),
}


def expect(claims: Claims, **expected: str) -> None:
    for name, value in expected.items():
        if claims.get(name) != value:
            raise Refused("identity_type")


def nsis_level(claims: Claims) -> Level:
    """The lowest of what the broker says: of the login, the identity and the authenticator."""
    parts = [claims[name] for name in ("ial", "aal") if name in claims]
    return min(level_of(said, NSIS_LEVELS) for said in (claims.get("loa"), *parts))


def idura_level(claims: Claims) -> Level:
    """Said as `loA`; where it is not, by the kind of login. That of employees says no level."""
    said = claims.get("loA", claims.get("loa"))
    if said is None:
        return level_of(claims.get("acr", claims.get("authenticationtype")), IDURA_LEVELS)
    return level_of(said.lower() if isinstance(said, str) else said, LEVELS)


def level_of(said: object, levels: Mapping[str, Level]) -> Level:
    if not isinstance(said, str) or said not in levels:
        raise Refused("level")
    return levels[said]


def number(claims: Claims, name: str, pattern: str, *, reason: str, is_optional: bool = False) -> str:
    said = claims.get(name)
    if is_optional and said in (None, ""):
        return ""
    if not isinstance(said, str) or not re.fullmatch(pattern, said, re.ASCII):
        raise Refused(reason)
    return said


def text(claims: Claims, name: str) -> str:
    """What is shown to people; left out where it is nothing to show."""
    said = claims.get(name)
    if not isinstance(said, str) or not said.isprintable() or holds_cpr_number(said):
        return ""
    return said.strip()[:LONGEST_TEXT]


def identifier(claims: Claims, name: str) -> str:
    """An identifier as it is: long ones hold ten digits in a row now and then."""
    said = claims.get(name)
    return said if isinstance(said, str) and said.isprintable() and len(said) <= LONGEST_TEXT else ""


def day(claims: Claims, name: str) -> datetime.date | None:
    said = claims.get(name)
    if said in (None, ""):
        return None
    if not isinstance(said, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", said, re.ASCII):
        raise Refused("birth_date")
    try:
        return datetime.date.fromisoformat(said)
    except ValueError:
        raise Refused("birth_date") from None


def institutions(said: object) -> tuple[str, ...]:
    """A text that looks like a list: [280001,280002]. Empty where nothing is said."""
    if said in (None, ""):
        return ()
    if not isinstance(said, str) or not re.fullmatch(r"\[([0-9A-Z]{6}(, ?[0-9A-Z]{6})*)?\]", said, re.ASCII):
        raise Refused("institution_numbers")
    return tuple(re.findall(r"[0-9A-Z]{6}", said))


def seconds(said: object) -> object:
    """The time in an ISO text, as a token says time otherwise; anything else as it is, to be refused."""
    try:
        at = datetime.datetime.fromisoformat(said)  # type: ignore[arg-type]  # that is asked
    except (TypeError, ValueError):
        return said
    return (at if at.tzinfo else at.replace(tzinfo=datetime.UTC)).timestamp()


def without_cpr(claims: Claims) -> dict[str, Any]:
    """The claims, but for any that is called or is a CPR number."""
    return {name: value for name, value in claims.items() if not is_cpr(name, value)}


def is_cpr(name: str, value: object) -> bool:
    if CPR_CLAIM.search(name):
        return True
    if isinstance(value, Mapping):
        return any(is_cpr(str(inner), said) for inner, said in value.items())
    if isinstance(value, list):
        return any(is_cpr(name, said) for said in value)
    looks_like_one = name not in NUMBERS and isinstance(value, str | int) and TEN_DIGITS.fullmatch(str(value).strip())
    return bool(looks_like_one) and holds_cpr_number(str(value))
