"""Whom a company rejected, understood from the guide's single line."""

import pytest
from django.core.exceptions import ValidationError

from laereplads.people.models import Company, Education
from rejections.applicants import Identity, understand


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bo Prøve, bo@proeve.example", Identity("Bo Prøve", email="bo@proeve.example")),
        ("bo@proeve.example Bo Prøve", Identity("Bo Prøve", email="bo@proeve.example")),
        ("Bo Prøve <bo@proeve.example>", Identity("Bo Prøve", email="bo@proeve.example")),
        ("Bo Prøve, mail: bo@proeve.example.", Identity("Bo Prøve", email="bo@proeve.example")),
        ("Bo Prøve 20304050", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, 20 30 40 50", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, 2030 4050", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, 203 040 50", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, 20 304 050", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, +4520304050", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, +45 20 30 40 50", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, 0045 20.30.40.50", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve 45 20 30 40 50", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve 45 20 30 40", Identity("Bo Prøve", phone="45203040")),
        ("Bo Prøve tlf. 20304050", Identity("Bo Prøve", phone="20304050")),
        ("Navn: Bo Prøve; Mobil: 20304050", Identity("Bo Prøve", phone="20304050")),
        ("Bo Prøve, Prøvevej 3", Identity("Bo Prøve", address="Prøvevej 3")),
        ("Bo Prøve, Prøvevej 3B, 2. tv., 9999 Prøveby", Identity("Bo Prøve", "Prøvevej 3B, 2. tv, 9999 Prøveby")),
        ("Bo Prøve Prøvevej 3, 9999 Prøveby", Identity("Bo Prøve", "Prøvevej 3, 9999 Prøveby")),
        ("Bo Prøve, Åbakken 12", Identity("Bo Prøve", "Åbakken 12")),
        ("Bo Prøve, Skovly, 9999 Prøveby", Identity("Bo Prøve", "Skovly, 9999 Prøveby")),
        ("Bo Prøve\nPrøvevej 3\n9999 Prøveby", Identity("Bo Prøve", "Prøvevej 3, 9999 Prøveby")),
        (
            "Bo Prøve, Prøvevej 3, 9999 Prøveby, bo@proeve.example, 20304050",
            Identity("Bo Prøve", "Prøvevej 3, 9999 Prøveby", "bo@proeve.example", "20304050"),
        ),
        ("Prøveansøger 12, a12@proeve.example", Identity("Prøveansøger 12", email="a12@proeve.example")),
        ("Åse-Ærna Ø'Prøve, 20304050", Identity("Åse-Ærna Ø'Prøve", phone="20304050")),
        ("李小龙 20304050", Identity("李小龙", phone="20304050")),
    ],
)
def test_a_name_and_a_way_to_reach_the_person_is_understood(line, expected):
    assert understand(line) == expected


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (",", "applicant", "navn og adresse, e-mailadresse eller mobilnummer"),
        ("Bo Prøve", "contact", "adresse, e-mailadresse eller mobilnummer"),
        ("Bo Prøve, 9999 Prøveby", "contact", "adresse"),
        ("Prøveansøger 12", "contact", "adresse"),
        ("20304050", "name", "navn"),
        ("bo@proeve.example", "name", "navn"),
        ("Prøvevej 3, 9999 Prøveby", "name", "navn"),
        ("3, bo@proeve.example", "name", "navn"),
        ("Bo Prøve, bo@proeve", "email", "E-mailadressen"),
        ("Bo Prøve, @", "email", "E-mailadressen"),
        ("Bo Prøve 2030405", "phone", "8 cifre. Du har skrevet 7"),
        ("Bo Prøve +46 70 123 45 67", "phone", "8 cifre"),
        ("Bo Prøve 10304050", "phone", "begynder med 2"),
        ("Bo Prøve 010203-1234", "cpr", "CPR"),
        ("Bo Prøve, 0102031234, bo@proeve.example", "cpr", "CPR"),
    ],
)
def test_what_is_missing_is_asked_for_without_repeating_what_was_typed(line, code, words):
    with pytest.raises(ValidationError) as refused:
        understand(line)

    assert refused.value.code == code
    assert words in refused.value.messages[0]
    assert "Bo" not in refused.value.messages[0]


def fingerprints(line, company=1, education=1):
    return understand(line).fingerprints(Company(pk=company), Education(pk=education))


@pytest.mark.parametrize(
    "again",
    [
        "BO PRØVE, BO@PROEVE.EXAMPLE",
        "Bo  Prøve, bo@proeve.example, 20304050",
        "Bo Prøve, +45 20 30 40 50",
        "Bo Prøve, Aabakken 12.",
    ],
)
def test_the_same_person_is_recognised_by_any_way_of_reaching_her(again):
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
    assert "Bo" not in repr(understand("Bo Prøve, 20304050"))
