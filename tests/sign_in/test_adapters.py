"""What each broker says, and what the portal makes of it."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from laereplads.accounts.sign_in.adapters import ADAPTERS, without_cpr
from laereplads.accounts.sign_in.claims import Level, Scheme
from laereplads.accounts.sign_in.errors import Refused
from tests.sign_in.provider import NSIS, RS256, SAID, SIGNED

# A made-up number in the spelling of one; the date is one.
CPR = "010190-1234"
MITID = {
    "sub": "7a1e",
    "idp": "mitid",
    "identity_type": "private",
    "loa": f"{NSIS}Substantial",
    "mitid.uuid": "7027a386-aa7c-4dd6-93de-ebffd670f8b5",
    "mitid.date_of_birth": "2005-08-05",
    "mitid.age": "21",
    "mitid.identity_name": "Amina Yilmaz",
}
IDURA = {
    "identityscheme": "dkmitid",
    "authenticationtype": "urn:grn:authn:dk:mitid:substantial",
    "nameidentifier": "0f9960a0d28d4353a3e2ea07f8ffa185",
    "sub": "{0f9960a0-d28d-4353-a3e2-ea07f8ffa185}",
    "loA": "SUBSTANTIAL",
    "uuid": "74ffcd31-fbaf-4c33-bdac-169f25c1e416",
    "birthdate": "2005-08-05",
    "dateofbirth": "2005-08-05",
    "age": "21",
    "name": "Amina Yilmaz",
    "country": "DK",
}
IDURA_ERHVERV = {
    "identityscheme": "dkmitid",
    "sub": "{159d89fc-a2db-4300-a52a-b7865f7b1ff3}",
    "acr": "urn:grn:authn:dk:mitid:business",
    "loA": "SUBSTANTIAL",
    "uuid": "3c6d9757-1e70-438a-8dd3-5f84398c2e25",
    "cvrNumberIdentifier": "99000007",
    "2.5.4.10": "Solgården",
    "name": "Birgit Holm",
    "employee": "true",
    "country": "DK",
    "productionUnit": "1003388394",
    "ridNumberIdentifier": "8636770830",
}
UNILOGIN = {
    "sub": "f:0b1c:amin0012",
    "uniid": "amin0012",
    "aktoer_gruppe": "Elev",
    "unilogin_loa": "EnFaktor",
    "loa": "2",
    "spec_ver": "OIDC.3.0-UNILOGIN",
    "institution_ids": "[280001,28A002]",
}
EMPLOYEE = {**SIGNED, **SAID}
KINDS = {
    "signaturgruppen mitid_erhverv": ("signaturgruppen", Scheme.MITID_ERHVERV, EMPLOYEE),
    "signaturgruppen mitid": ("signaturgruppen", Scheme.MITID, MITID),
    "idura mitid_erhverv": ("idura", Scheme.MITID_ERHVERV, IDURA_ERHVERV),
    "idura mitid": ("idura", Scheme.MITID, IDURA),
    "unilogin": ("unilogin", Scheme.UNILOGIN, UNILOGIN),
}


def read(kind, **changed):
    """What the portal makes of the claims but for what is `changed`; None takes a claim away."""
    adapter, scheme, claims = KINDS[kind]
    said = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return ADAPTERS[adapter].read(scheme, without_cpr(said))


PROFESSIONAL = {"cvr": "99000007", "p_number": "1003388394", "organisation_name": "Solgården", "name": "Birgit Holm"}
PRIVATE = {"name": "Amina Yilmaz", "birth_date": datetime.date(2005, 8, 5), "level": Level.SUBSTANTIAL}
READ = {
    "signaturgruppen mitid_erhverv": {
        **PROFESSIONAL,
        "level": Level.SUBSTANTIAL,
        "professional_id": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "email": "birgit@solgaarden.example",
    },
    "signaturgruppen mitid": PRIVATE,
    "idura mitid_erhverv": {
        **PROFESSIONAL,
        "level": Level.SUBSTANTIAL,
        "professional_id": "3c6d9757-1e70-438a-8dd3-5f84398c2e25",
        "email": "",
    },
    "idura mitid": PRIVATE,
    "unilogin": {"level": Level.LOW, "uniid": "amin0012", "institution_numbers": ("280001", "28A002")},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_broker_says_the_same_in_its_own_words(kind):
    assert read(kind) == READ[kind]


LEVELS = [
    *(
        (kind, {"loa": f"{NSIS}{folder}{word}", "ial": None, "aal": None}, level)
        for kind in ("signaturgruppen mitid_erhverv", "signaturgruppen mitid")
        for folder in ("", "loa/")
        for word, level in (("Low", Level.LOW), ("Substantial", Level.SUBSTANTIAL), ("High", Level.HIGH))
    ),
    # The lowest of all.
    ("signaturgruppen mitid", {"aal": f"{NSIS}Low"}, Level.LOW),
    ("signaturgruppen mitid", {"ial": f"{NSIS}Low"}, Level.LOW),
    ("signaturgruppen mitid", {"ial": f"{NSIS}High", "aal": f"{NSIS}High"}, Level.SUBSTANTIAL),
    *(
        (kind, {"loA": word}, level)
        for kind in ("idura mitid_erhverv", "idura mitid")
        for word, level in (("LOW", Level.LOW), ("Substantial", Level.SUBSTANTIAL), ("high", Level.HIGH))
    ),
    ("idura mitid", {"loA": None}, Level.SUBSTANTIAL),
    ("idura mitid", {"loA": None, "acr": "urn:grn:authn:dk:mitid:low"}, Level.LOW),
    ("unilogin", {"loa": "3"}, Level.SUBSTANTIAL),
]
ODD = ["", "odd", 3, True, [], {}, ["2"], None, "substantial ", "1", "4", f"{NSIS}Substantial/", "Substantial\n"]


@pytest.mark.parametrize(("kind", "changed", "level"), LEVELS, ids=str)
def test_levels_are_read(kind, changed, level):
    assert read(kind, **changed)["level"] is level


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_level_or_none_is_refused(kind, odd):
    changed = {"loA": odd, "authenticationtype": None} if kind.startswith("idura") else {"loa": odd}

    with pytest.raises(Refused, match="level"):
        read(kind, **changed)


def test_a_business_login_says_no_level_by_its_kind():
    """Idura's own level is missing: that it was a login of employees says nothing of how sure it was."""
    with pytest.raises(Refused, match="level"):
        read("idura mitid_erhverv", loA=None)


PRIVATE_ONES = [
    ("signaturgruppen mitid_erhverv", {"identity_type": "private"}),
    ("signaturgruppen mitid_erhverv", {"idp": "mitid"}),
    ("signaturgruppen mitid_erhverv", {"identity_type": "test"}),
    ("signaturgruppen mitid", {"identity_type": "professional"}),
    ("signaturgruppen mitid", {"idp": "mitid_erhverv"}),
    *(("idura mitid_erhverv", {"employee": value}) for value in (None, "false", False, "True", [], ["true"], {})),
    ("idura mitid_erhverv", {"employee": None, "companySignatory": "true"}),
    ("idura mitid_erhverv", {"identityscheme": "sebankid"}),
    ("idura mitid", {"employee": "true"}),
    ("idura mitid", {"companySignatory": "true"}),
    ("idura mitid", {"cvrNumberIdentifier": "99000007"}),
    *(("unilogin", {"aktoer_gruppe": value}) for value in ("Medarbejder", "Kontaktperson", "Ekstern", None, ["Elev"])),
]


@pytest.mark.parametrize(("kind", "changed"), PRIVATE_ONES, ids=str)
def test_another_kind_of_identity_is_refused(kind, changed):
    with pytest.raises(Refused, match="identity_type"):
        read(kind, **changed)


NUMBERS = [
    ("signaturgruppen mitid_erhverv", "nemlogin.cvr", "cvr", "99000007"),
    ("idura mitid_erhverv", "cvrNumberIdentifier", "cvr", "99000007"),
    ("signaturgruppen mitid_erhverv", "nemlogin.p_number", "p_number", "1003388394"),
    ("idura mitid_erhverv", "productionUnit", "p_number", "1003388394"),
    ("unilogin", "uniid", "uniid", "amin0012"),
]


@pytest.mark.parametrize(("kind", "claim", "reason", "right"), NUMBERS)
@pytest.mark.parametrize(
    "spoil", [lambda s: int(s) if s.isdigit() else 7, lambda s: [s], lambda s: f"{s}\n", lambda s: s[:3]]
)
def test_a_number_is_one_or_is_refused(kind, claim, reason, right, spoil):
    with pytest.raises(Refused, match=reason):
        read(kind, **{claim: spoil(right)})


@pytest.mark.parametrize(("kind", "claim", "reason", "right"), NUMBERS)
def test_only_a_p_number_may_be_missing(kind, claim, reason, right):
    if reason == "p_number":
        assert read(kind, **{claim: None})["p_number"] == ""
    else:
        with pytest.raises(Refused, match=reason):
            read(kind, **{claim: None})


@pytest.mark.parametrize(
    ("kind", "claim"), [("signaturgruppen mitid", "mitid.date_of_birth"), ("idura mitid", "birthdate")]
)
@pytest.mark.parametrize(
    "odd", ["05-08-2005", "2005-13-01", "2005-08-05T00:00", 20050805, ["2005-08-05"], "٢٠٠٥-٠٨-٠٥"]
)
def test_an_odd_birth_date_is_refused(kind, claim, odd):
    with pytest.raises(Refused, match="birth_date"):
        read(kind, **{claim: odd})


@pytest.mark.parametrize(
    ("kind", "claim"), [("signaturgruppen mitid", "mitid.date_of_birth"), ("idura mitid", "birthdate")]
)
def test_a_birth_date_may_be_missing(kind, claim):
    assert read(kind, **{claim: None})["birth_date"] is None


@pytest.mark.parametrize("odd", ["280001", "[28]", "[280001", "280001]", ["280001"], "[280001;280002]", 280001])
def test_odd_institutions_are_refused(odd):
    with pytest.raises(Refused, match="institution_numbers"):
        read("unilogin", institution_ids=odd)


@pytest.mark.parametrize(("said", "expected"), [("[]", ()), (None, ()), ("[280001, 280002]", ("280001", "280002"))])
def test_institutions_are_read(said, expected):
    assert read("unilogin", institution_ids=said)["institution_numbers"] == expected


def test_a_protected_name_is_none():
    assert read("signaturgruppen mitid_erhverv", **{"nemlogin.alias": "Pseudonym"})["name"] == ""
    assert read("signaturgruppen mitid_erhverv", **{"nemlogin.name": None})["name"] == ""


@pytest.mark.parametrize("name", [7, ["Birgit"], "Birgit\nHolm", "Birgit \u202eHolm", f"Birgit Holm {CPR}"])
def test_a_name_that_is_none_is_left_out(name):
    assert read("signaturgruppen mitid_erhverv", **{"nemlogin.name": name})["name"] == ""


def test_a_long_name_is_cut():
    assert len(read("idura mitid", name="a" * 1000)["name"]) == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "odd", [7, None, [], {}, ["a"], True, "", "\x00", "a" * 100_000, {"a": {"b": []}}], ids=lambda odd: repr(odd)[:20]
)
def test_no_claim_of_any_shape_ends_in_anything_else(kind, odd):
    for name in KINDS[kind][2]:
        try:
            read(kind, **{name: odd})
        except Refused:
            continue


CPR_CLAIMS = ["dk.cpr", "nemlogin.cpr", "cprNumberIdentifier", "cpr", "ssn", "mitid.ssn", "nin", "CPR_number"]


@pytest.mark.parametrize("name", CPR_CLAIMS)
@pytest.mark.parametrize("value", [CPR, CPR.replace("-", ""), "odd", 101901234, None])
def test_a_claim_called_cpr_is_dropped(name, value):
    assert without_cpr({name: value, "sub": "a"}) == {"sub": "a"}


@pytest.mark.parametrize(
    "value", [CPR, CPR.replace("-", ""), f" {CPR} ", "010190 1234", 2903901234, [CPR], {"number": CPR}, {"a": [CPR]}]
)
def test_a_claim_that_is_a_cpr_number_is_dropped_whatever_it_is_called(value):
    assert without_cpr({"uniid": value, "sub": "a"}) == {"sub": "a"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # P-numbers that begin as days do; a UUID with ten digits in a row; times.
        ("nemlogin.p_number", "1003388394"),
        ("productionUnit", "0101901234"),
        ("sub", "0f9960a0-d28d-4353-a3e2-010190123456"),
        ("iat", 1774684800),
        ("nemlogin.cpr_uuid", "0f9960a0-d28d-4353-a3e2-ea07f8ffa185"),
        ("inning", "nine"),
        ("session", "one"),
    ],
)
def test_others_are_not(name, value):
    assert without_cpr({name: value}) == {name: value}


@pytest.mark.parametrize("place", ["claims", "userinfo"])
def test_a_cpr_number_that_a_broker_sends_unasked_is_nowhere_afterwards(place, provider, visitor):
    setattr(provider.lie, place, lambda said: said | {"dk.cpr": CPR, "nemlogin.name": f"Birgit {CPR}", "note": CPR})

    sign_in = visitor.sign_in()

    kept = {name: str(value) for name, value in dataclasses.asdict(sign_in).items()}
    assert not [name for name, value in kept.items() if CPR in value]
    # A token is text that anybody can read; one with the number in it is not kept for logout.
    assert bool(sign_in.id_token) is (place == "userinfo")


def test_what_represents_a_sign_in_names_nobody(visitor):
    shown = repr(visitor.sign_in())

    assert not [said for said in ("Birgit", "solgaarden.example", "session-1", "eyJ") if said in shown]


def at_idura(settings, **changed):
    broker = {**settings.BROKERS["broker"], "adapter": "idura", **changed}
    settings.BROKERS = {"broker": broker}


@pytest.mark.parametrize("scheme", ["mitid", "mitid_erhverv"])
def test_people_sign_in_at_idura(scheme, provider, visitor, settings):
    """It says all in the ID token, and when the person was there in its own word."""
    at_idura(settings, scheme=scheme)
    provider.signing_keys = [RS256]
    provider.signed = dict(IDURA if scheme == "mitid" else IDURA_ERHVERV)
    now = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
    provider.lie.claims = lambda said: (
        {k: v for k, v in said.items() if k != "auth_time"} | {"authenticationinstant": now}
    )

    sign_in = visitor.sign_in()

    assert sign_in.subject == provider.signed["sub"]
    assert "/userinfo" not in provider.asked


@pytest.mark.parametrize("instant", ["2026-03-01T09:00:00Z", "yesterday", "", None, 7.5, [], "2026-03-01"])
def test_an_odd_or_old_time_at_idura_is_refused(instant, provider, visitor, settings):
    at_idura(settings, scheme="mitid")
    provider.signing_keys, provider.signed = [RS256], dict(IDURA)
    provider.lie.claims = lambda said: (
        {k: v for k, v in said.items() if k != "auth_time"} | {"authenticationinstant": instant}
    )

    with pytest.raises(Refused, match="auth_time"):
        visitor.sign_in()


def test_students_sign_in_with_unilogin(provider, visitor, settings):
    settings.BROKERS = {"broker": {**settings.BROKERS["broker"], "adapter": "unilogin", "scheme": "unilogin"}}
    provider.signing_keys = [RS256]
    provider.signed, provider.said = {"sub": UNILOGIN["sub"], "sid": "session-2"}, dict(UNILOGIN)

    sign_in = visitor.sign_in()

    assert (sign_in.uniid, sign_in.sid, sign_in.level, sign_in.name) == ("amin0012", "session-2", Level.LOW, "")


def test_the_portal_shows_who_it_is_with_a_key(provider, visitor, settings):
    """private_key_jwt: there is no secret that both know."""
    settings.BROKERS = {
        "broker": {
            **{name: value for name, value in settings.BROKERS["broker"].items() if name != "client_secret"},
            "private_key": RS256.as_dict(private=True),
        }
    }
    provider.client_key = RS256

    assert visitor.sign_in()
