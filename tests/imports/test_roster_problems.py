"""Bad files: each is refused whole, and says line, column, what is wrong and what to do."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from laereplads.imports.files.problems import FileRejected
from laereplads.imports.roster import parse
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.people.models import Student
from tests.factories import AgreementFactory, StudentFactory
from tests.imports.rosters import AGREEMENT, HEADERS, crowd, roster, row, sample_world, student


@pytest.fixture(autouse=True)
def school(db):
    return sample_world()


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(FileRejected) as rejected:
        import_roster(content, by=None)
    assert not Student.objects.filter(name=row()["navn"]).exists()
    return [str(problem) for problem in rejected.value.problems.shown()]


@pytest.mark.parametrize(
    "content",
    [
        roster(row()),
        roster(row(), encoding="utf-8-sig"),
        roster(row(), encoding="windows-1252"),
        roster(row(), delimiter=","),
        roster(row(), line_end="\r\n"),
        roster(row(), quoting=1),
        roster(row(), headers=reversed(HEADERS)),
        roster(row()) + b"\n\n" + b";" * (len(HEADERS) - 1) + b"\n",
        roster(row(navn="  Åse   Ærø-Ølgaard ", elevnummer=" E1 ", cvr="\u00a099000007")),
        roster(row(navn="A\u030ase Ærø-Ølgaard")),
        roster(row()).replace(b"institution", b"Institution").replace(b"foedselsdato", "Fødselsdato".encode()),
        roster(row(foedselsdato="9.9.2004", aftale_start="2025-08-01")),
        roster(row(elevtype="eud", uddannelsesstatus="MAIN_PROGRAMME", relation="hovedforløb på skolen")),
        roster(row(uddannelse="Social- og sundhedsassistent")),
    ],
    ids=[
        "utf-8", "utf-8 with a mark", "windows-1252", "comma", "crlf", "quoted", "other order", "blank lines", "spaces",
        "composed letters", "capitals and letters in headings", "dates", "codes", "name of the education",
    ],
)  # fmt: skip
def test_files_may_look_different_and_say_the_same(content):
    import_roster(roster(row()), by=None)

    plan = plan_roster(content)

    assert (plan.unchanged_students, plan.unchanged_agreements) == (1, 1)
    assert plan.changes_nothing


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"institutionsnummer": "28001"}, "institutionsnummer: “28001” er ikke et institutionsnummer. Skriv 6 cifre."),
        ({"institutionsnummer": "999999"}, "institutionsnummer: Der er ingen skole med institutionsnummer 999999."),
        ({"institutionsnummer": ""}, "institutionsnummer: Cellen er tom. Den skal udfyldes for alle elever."),
        ({"elevnummer": "x" * 31}, "elevnummer: Teksten er på 31 tegn. Der er plads til 30."),
        ({"elevnummer": "090904-1234"}, "elevnummer: Det ligner et CPR-nummer."),
        ({"elevnummer": "0909041234"}, "elevnummer: Det ligner et CPR-nummer."),
        ({"navn": ""}, "navn: Cellen er tom."),
        ({"navn": "n" * 201}, "navn: Teksten er på 201 tegn. Der er plads til 200."),
        ({"navn": "Åse\x00"}, "navn: Cellen indeholder et tegn, der ikke kan bruges"),
        ({"navn": "Åse\nBro"}, "navn: Cellen indeholder et tegn, der ikke kan bruges, fx et linjeskift."),
        ({"navn": "Ã…se"}, "navn: Bogstaverne i “Ã…se” er ødelagt. Gem filen igen som UTF-8."),
        ({"foedselsdato": "31-02-2004"}, "foedselsdato: Datoen “31-02-2004” findes ikke."),
        ({"foedselsdato": "09/09/04"}, "foedselsdato: “09/09/04” er ikke en dato. Skriv den som 20-10-2021"),
        ({"foedselsdato": "09-09-0204"}, "foedselsdato: Året i “09-09-0204” kan ikke passe."),
        ({"foedselsdato": "03-03-2026"}, "foedselsdato: “03-03-2026” ligger i fremtiden."),
        ({"udmeldt": "03-03-2026"}, "udmeldt: “03-03-2026” ligger i fremtiden."),
        ({"email": "aase"}, "email: “aase” er ikke en e-mailadresse. Skriv den som navn@eksempel.dk."),
        ({"mobil": "ring selv"}, "mobil: “ring selv” er ikke et telefonnummer."),
        ({"elevtype": "gæst"}, "elevtype: “gæst” kan ikke bruges. Skriv EUD, EUV1, EUV2, EUV3 eller EUX."),
        ({"uddannelse": "smed"}, "uddannelse: Uddannelsen “smed” kendes ikke. Skriv dens kode, fx ssa, ssh eller pau."),
        ({"uddannelse": ""}, "uddannelse: En elev med en aftale skal have en uddannelse."),
        ({"forventet_udlaert": "01-01-2004"}, "forventet_udlaert: Datoen skal ligge efter fødselsdatoen."),
        ({"aftalenummer": ""}, "aftalenummer: Cellen er tom. En række med en aftale skal have den udfyldt."),
        ({"cvr": "12345678"}, "cvr: “12345678” er ikke et gyldigt CVR-nummer."),
        ({"cvr": "10000009"}, "cvr: Der er ingen virksomhed med CVR-nummer 10000009."),
        ({"p_nummer": "1"}, "p_nummer: “1” er ikke et P-nummer. Skriv 10 cifre."),
        ({"p_nummer": "١" * 10}, "p_nummer: “١١١١١١١١١١” er ikke et P-nummer."),
        ({"p_nummer": "1999999999"}, "p_nummer: Der er intet arbejdssted med P-nummer 1999999999."),
        ({"p_nummer": "1000000003"}, "p_nummer: Arbejdsstedet med P-nummer 1000000003 hører ikke til CVR-nummer 9900"),
        ({"aftale_slut": "01-08-2025"}, "aftale_slut: Aftalen skal slutte efter, at den er begyndt."),
        ({"aftale_ophoert": "31-07-2025"}, "aftale_ophoert: Datoen skal ligge i aftalens periode"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(cells, problem):
    found = problems_of(roster(row(**cells)))

    assert len(found) == 1
    assert found[0].startswith(f"Linje 2, {problem}")


def test_every_problem_of_every_row_is_told_in_order():
    found = problems_of(
        roster(
            row(foedselsdato="x", cvr="10000009"),
            row(elevnummer="E2", aftalenummer="A2"),
            row(elevnummer="E3", aftalenummer="A3", elevtype="x", p_nummer="1000000003"),
        )
    )

    assert [problem.partition(":")[0] for problem in found] == [
        "Linje 2, foedselsdato",
        "Linje 2, cvr",
        "Linje 4, elevtype",
        "Linje 4, p_nummer",
    ]


def test_lines_are_counted_as_an_editor_counts_them():
    content = roster(row(navn="Åse\nBro"), student(elevnummer="E2", foedselsdato="x"), quoting=1)

    assert [problem.partition(",")[0] for problem in problems_of(content)] == ["Linje 2", "Linje 4"]


def test_a_student_with_two_rows_must_be_the_same_in_both():
    second = row(
        navn="Åse Bro", aftalenummer="A2", aftale_start="01-09-2027", aftale_slut="01-09-2028", uddannelse="ssh"
    )

    assert problems_of(roster(row(), second)) == [
        "Linje 3, navn: Eleven står med en anden værdi på linje 2. Ret, så linje 2 og 3 er ens.",
        "Linje 3, uddannelse: Eleven står med en anden værdi på linje 2. Ret, så linje 2 og 3 er ens.",
    ]


def test_an_agreement_number_stands_once():
    [problem] = problems_of(roster(row(), row(elevnummer="E2")))

    assert problem == (
        "Linje 3, aftalenummer: Aftalenummer A1 står også på linje 2. Hver aftale skal have sit eget nummer."
    )


def test_an_agreement_stays_its_students():
    AgreementFactory(number="A1")

    [problem] = problems_of(roster(row()))
    assert problem.startswith("Linje 2, aftalenummer: Aftalenummer A1 hører til en anden elev.")


def test_agreements_of_a_student_do_not_overlap_in_the_file():
    [problem] = problems_of(roster(row(), row(aftalenummer="A2", aftale_start="31-08-2027", aftale_slut="01-09-2028")))

    assert problem == (
        "Linje 3, aftale_start: Aftalen overlapper aftale A1 på linje 2 (01.08.2025–31.08.2027). Ret datoerne."
    )


def test_agreements_of_a_student_do_not_overlap_with_the_portals(school):
    AgreementFactory(
        number="A9",
        student=StudentFactory(school=school, student_number="E1"),
        starts_on=datetime.date(2027, 1, 1),
        ends_on=datetime.date(2029, 1, 1),
    )

    [problem] = problems_of(roster(row()))
    assert problem.startswith("Linje 2, aftale_start: Aftalen overlapper aftale A9 i portalen (01.01.2027–01.01.2029).")


def test_an_agreement_that_ended_early_leaves_room_for_the_next():
    early = row(aftale_ophoert="31-12-2025")
    import_roster(roster(early, row(aftalenummer="A2", aftale_start="01-01-2026")), by=None)

    assert Student.objects.get().agreements.count() == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Filen: Filen er tom."),
        (b"\xef\xbb\xbf\n \n", "Filen: Filen er tom."),
        (roster(), "Filen: Filen har kun en overskrift."),
        (b"\x89PNG\r\n\x1a\n", "Filen: Filen er et billede. Vælg en CSV-fil."),
        (b"PK\x03\x04 ...", "Filen: Filen er en Excel-fil. Gem den som CSV, og prøv igen."),
        (b"%PDF-1.7", "Filen: Filen er en PDF-fil."),
        (roster(row(), encoding="utf-16"), "Filen: Filen er gemt som UTF-16."),
        (b"a;b\nc;\x81\n", "Linje 2: Filen er hverken UTF-8 eller Windows-1252."),
        (bytes(range(128)) * 4, "Linje 1: "),
        (b"Elevens navn;Alder\nx;2\n", "Linje 1: Den første linje skal være overskrifter, der begynder med inst"),
        (roster(row(navn='"uden slutning'), quoting=3, quotechar=None), "Linje 2: Et anførselstegn"),
        (roster(row()) + b"280001;E2\n", "Linje 3: Rækken har 2 celler, men der er 21 kolonner."),
        (roster({**row(), "cpr": "x"}, headers=[*HEADERS, "cpr"]), "Linje 1, cpr: Kolonnen kendes ikke."),
        (roster(student(), headers=HEADERS).replace(b"profil;", b"navn;", 1), "Linje 1, navn: Kolonnen er der mere"),
        (roster(AGREEMENT, headers=AGREEMENT), "Linje 1, institutionsnummer: Kolonnen mangler."),
    ],
    ids=[
        "empty", "blank", "only headings", "image", "excel", "pdf", "utf-16", "unknown encoding", "binary",
        "other headings", "open quote", "too few cells", "unknown column", "column twice", "columns missing",
    ],
)  # fmt: skip
def test_a_bad_file_says_what_it_is(content, problem):
    assert problems_of(content)[0].startswith(problem)


def test_a_file_that_is_too_big_is_not_read(monkeypatch):
    monkeypatch.setattr(parse, "LAYOUT", dataclasses.replace(parse.LAYOUT, max_megabytes=0))

    assert problems_of(roster(row())) == ["Filen: Filen fylder mere end 0 MB. Del den op, fx i én fil for hver skole."]


def test_a_file_with_too_many_rows_is_not_read(monkeypatch):
    monkeypatch.setattr(parse, "LAYOUT", dataclasses.replace(parse.LAYOUT, max_rows=10))

    assert problems_of(crowd(11)) == ["Filen: Filen har mere end 10 rækker. Del den op, fx i én fil for hver skole."]


def test_very_many_problems_are_counted_and_not_all_kept():
    with pytest.raises(FileRejected) as rejected:
        import_roster(crowd(1_100, elevtype="x", profil="x"), by=None)

    problems = rejected.value.problems
    assert (problems.count, len(problems.kept), len(problems.shown()), problems.not_shown) == (2200, 1000, 100, 2100)
