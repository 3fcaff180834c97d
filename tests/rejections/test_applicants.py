"""Whom a company rejected, understood from a name and a way to reach the person."""

import pytest
from django.core.exceptions import ValidationError

from laereplads.people.models import Company, Education
from rejections.applicants import Identity, name_in, ways_in

NOTHING = {"address": "", "email": "", "phone": ""}


@pytest.mark.parametrize(
    "name",
    [
        "Bo Prøve",
        "Å",
        "Ng",
        "Hansen, Kim",
        "Kim, f. Hansen",
        "Åse-Ærna Ø'Prøve",
        "李小龙",
        "李",
        "Prøveansøger 12",
        "Kim 2.",
    ],
)
def test_a_name_is_what_stands_in_its_field(name):
    assert name_in(name) == name


def test_spaces_around_a_name_do_not_count():
    assert name_in("  Bo \u00a0 Prøve\n") == "Bo Prøve,"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (",", "name"),
        ("12", "name"),
        ("Bo, bo@proeve.example", "name"),
        ("Bo 20 30 40 50", "name"),
        ("Bo +46 70 123 45 67", "name"),
        ("Bo 010203-1234", "cpr"),
        ("JosÃ©", "broken"),
    ],
)
def test_what_is_no_name_is_refused_without_repeating_it(name, code):
    with pytest.raises(ValidationError) as refused:
        name_in(name)

    assert refused.value.code == code
    assert name not in refused.value.messages[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bo@proeve.example", {"email": "bo@proeve.example"}),
        ("<bo@proeve.example>", {"email": "bo@proeve.example"}),
        ("mail: bo@proeve.example.", {"email": "bo@proeve.example"}),
        ("20304050", {"phone": "20304050"}),
        ("20000000", {"phone": "20000000"}),
        ("20 30 40 50", {"phone": "20304050"}),
        ("2030 4050", {"phone": "20304050"}),
        ("203 040 50", {"phone": "20304050"}),
        ("20 304 050", {"phone": "20304050"}),
        ("20\u00a030\u00a040\u00a050", {"phone": "20304050"}),
        ("20-30-40-50", {"phone": "20304050"}),
        ("+4520304050", {"phone": "20304050"}),
        ("(+45) 20 30 40 50", {"phone": "20304050"}),
        ("0045 20.30.40.50", {"phone": "20304050"}),
        ("45 20 30 40 50", {"phone": "20304050"}),
        ("45 20 30 40", {"phone": "45203040"}),
        *((f"{label} 20304050", {"phone": "20304050"}) for label in ("tlf.", "tel:", "mob.", "Mobil:", "Mobilnr.")),
        ("mob.20304050", {"phone": "20304050"}),
        ("tel:+4520304050", {"phone": "20304050"}),
        ("+46 70 123 45 67", {"phone": "+46701234567"}),
        ("0046 70-123 45 67", {"phone": "+46701234567"}),
        ("+46 (0)70 123 45 67", {"phone": "+46701234567"}),
        ("+49 1512 3456789", {"phone": "+4915123456789"}),
        ("+47 412 34 567", {"phone": "+4741234567"}),
        ("+298 211234", {"phone": "+298211234"}),
        ("+299 22 12 34", {"phone": "+299221234"}),
        ("+48 512 345 678", {"phone": "+48512345678"}),
        ("+380 50 123 4567", {"phone": "+380501234567"}),
        ("Prøvevej 3", {"address": "Prøvevej 3"}),
        ("adresse: Prøvevej 3", {"address": "Prøvevej 3"}),
        ("Prøvevej 3B, 2. tv., 9999 Prøveby", {"address": "Prøvevej 3B, 2. tv, 9999 Prøveby"}),
        ("Skovly, 9999 Prøveby", {"address": "Skovly, 9999 Prøveby"}),
        ("Prøvevej 3\n9999 Prøveby", {"address": "Prøvevej 3, 9999 Prøveby"}),
        (
            "Prøvevej 3, 9999 Prøveby, bo@proeve.example, 20304050",
            {"address": "Prøvevej 3, 9999 Prøveby", "email": "bo@proeve.example", "phone": "20304050"},
        ),
        ("20304050/30405060", {"address": "/30405060", "phone": "20304050"}),
        # A telephone, and no CPR number, because it says of which country.
        ("+39 310 170 1234", {"phone": "+393101701234"}),
    ],
)
def test_the_ways_to_reach_a_person_are_understood(text, expected):
    assert ways_in(text) == NOTHING | expected


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (",", "contact", "adresse, e-mail eller mobilnummer"),
        ("Prøveby", "contact", "adresse"),
        ("9999 Prøveby", "contact", "adresse"),
        ("bo@proeve", "email", "E-mailadressen"),
        ("@", "email", "E-mailadressen"),
        ("2030405", "phone", "8 cifre. Du har skrevet 7"),
        ("203040501", "phone", "landekode"),
        ("+46 70 123", "phone", "landekoden"),
        ("0046 70 123", "phone", "landekoden"),
        ("10304050", "phone", "begynder med 2"),
        ("010203-1234", "cpr", "CPR"),
        ("0102031234, bo@proeve.example", "cpr", "CPR"),
        ("Prøvevej 3, 010203 1234, +46 70 123 45 67", "cpr", "CPR"),
        ("PrÃ¸vevej 3", "broken", "ødelagt"),
    ],
)
def test_what_is_missing_is_asked_for_without_repeating_what_was_typed(text, code, words):
    with pytest.raises(ValidationError) as refused:
        ways_in(text)

    assert refused.value.code == code
    assert words in refused.value.messages[0]
    assert "Prøveby" not in refused.value.messages[0]


def identity(line):
    name, _comma, ways = line.partition(", ")
    return Identity(name_in(name), **ways_in(ways))


def fingerprints(line, company=1, education=1):
    return identity(line).fingerprints(Company(pk=company), Education(pk=education))


@pytest.mark.parametrize(
    "again",
    [
        "BO PRØVE, BO@PROEVE.EXAMPLE",
        "Bo  Prøve, bo@proeve.example, 20304050",
        "Bo Prøve, +45 20 30 40 50",
        "Bo Prøve, Aabakken 12.",
    ],
)
def test_the_same_person_is_recognised_by_any_way_of_reaching_them(again):
    assert fingerprints("Bo Prøve, Åbakken 12, bo@proeve.example, 20 30 40 50") & fingerprints(again)


@pytest.mark.parametrize(
    ("line", "company", "education"),
    [
        ("Bo Prøve, 20304050", 2, 1),
        ("Bo Prøve, 20304050", 1, 2),
        ("Bo Prøve, 20304051", 1, 1),
        ("Bodil Prøve, 20304050", 1, 1),
    ],
)
def test_another_person_company_or_education_is_not_recognised(line, company, education):
    assert not fingerprints("Bo Prøve, 20304050") & fingerprints(line, company, education)


def test_an_identity_tells_nothing_in_its_repr():
    assert "Bo" not in repr(identity("Bo Prøve, 20304050"))


@pytest.mark.parametrize(
    ("typed", "address", "phone"),
    [
        ("Nørregade 23 12 8600 Silkeborg", "Nørregade 23 12 8600 Silkeborg", ""),
        ("Amagerfælledvej 256 2. 2300 København S", "Amagerfælledvej 256 2. 2300 København S", ""),
        ("Søndergade 25/27 8000 Aarhus C", "Søndergade 25/27 8000 Aarhus C", ""),
        ("Postboks 2345 8000 Aarhus C", "Postboks 2345 8000 Aarhus C", ""),
        ("Nørregade 23, 8600 Silkeborg, 2030 4050", "Nørregade 23, 8600 Silkeborg", "20304050"),
        ("Nørregade 23 8600 Silkeborg 20304050", "Nørregade 23 8600 Silkeborg", "20304050"),
        ("Nørregade 23 8600 Silkeborg tlf. 20 30 40 50", "Nørregade 23 8600 Silkeborg", "20304050"),
        ("tlf: 203 04 050", "", "20304050"),
    ],
)
def test_a_house_number_and_a_postal_code_are_no_telephone(typed, address, phone):
    assert ways_in(typed) == {"address": address, "email": "", "phone": phone}
