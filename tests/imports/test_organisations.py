"""Files of companies, workplaces and schools: what they do, what they leave alone, and what is wrong with them."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laereplads.audit.models import Event
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.organisations.apply import import_organisations, plan_organisations
from laereplads.people.models import Company, Region, School, Workplace
from laereplads.people.operations import merge_companies
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, WorkplaceFactory, cvr_number
from tests.imports.organisations import (
    SAMPLES,
    company,
    file_of,
    many_companies,
    many_workplaces,
    school,
    workplace,
)

pytestmark = pytest.mark.django_db


def imported(content: bytes, **options):
    """How many are new, changed and as they were."""
    plan = import_organisations(content, by=None, **options)
    [tally] = plan.tallies()
    assert tally.removed is None
    return tally[1:4]


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(FileRejected) as rejected:
        import_organisations(content, by=None)
    return [str(problem) for problem in rejected.value.problems.shown()]


def told(content: bytes) -> list[tuple[str, ...]]:
    lines = plan_organisations(content).lines()
    return [(line.what, line.number, line.name, line.field, line.before, line.after) for line in lines]


@pytest.mark.today("2026-11-30")
def test_a_row_becomes_a_company():
    assert imported(file_of(company(kommunekode="101", region="Region Hovedstaden"))) == (1, 0, 0)

    made = Company.objects.get()
    assert (made.cvr, made.name, made.kind) == ("10000009", "Åby Kommune", "municipality")
    assert (made.kommunekode, made.region.code) == ("101", "hovedstaden")


def test_a_row_becomes_a_workplace_of_its_company():
    owner = CompanyFactory(cvr="10000009")
    assert imported(file_of(workplace())) == (1, 0, 0)

    made = Workplace.objects.get()
    assert (made.p_number, made.name, made.company) == ("1300000001", "Plejecenter Ærø", owner)
    assert (made.street, made.postal_code, made.town) == ("Åvej 1, st.", "0999", "Ølby")
    assert (made.email, made.phone) == ("", "")


def test_a_workplace_can_be_reached():
    CompanyFactory(cvr="10000009")
    headings = b"p_nummer;cvr;navn;vej;postnummer;by;email;telefon\n"
    row = "1300000001;10000009;Plejecenter Ærø;Åvej 1;0999;Ølby;{};{}\n"
    imported(headings + row.format("sted@aeroe.example", "+45 00 00 00 01").encode())
    made = Workplace.objects.get()
    assert (made.email, made.phone) == ("sted@aeroe.example", "+45 00 00 00 01")
    # A file without the columns changes neither; an empty cell takes it away.
    imported(file_of(workplace()))
    assert Workplace.objects.get().email == "sted@aeroe.example"
    imported(headings + row.format("", "").encode())
    assert Workplace.objects.get().email == Workplace.objects.get().phone == ""


def test_a_row_becomes_a_school():
    assert imported(file_of(school())) == (1, 0, 0)

    made = School.objects.get()
    assert (made.institution_number, made.name, made.cvr) == ("299001", "SOSU Ølby", "10000009")
    assert (made.p_number, made.email, made.phone) == ("1300000009", "post@oelby.example", "+45 00 00 00 00")


@pytest.mark.today("2026-11-30")
def test_the_samples_can_be_read_in_and_twice_change_nothing():
    assert [imported(sample.read_bytes()) for sample in SAMPLES] == [(4, 0, 0), (5, 0, 0), (3, 0, 0)]
    events = Event.objects.count()

    assert [imported(sample.read_bytes()) for sample in SAMPLES] == [(0, 0, 4), (0, 0, 5), (0, 0, 3)]
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    "row", [company(kommunekode="101"), workplace(), school()], ids=["company", "workplace", "school"]
)
@pytest.mark.parametrize(
    "look",
    [
        {"encoding": "utf-8-sig"},
        {"encoding": "windows-1252"},
        {"delimiter": ","},
        {"delimiter": "\t"},
        {"line_end": "\r\n"},
        {"quoting": 1},
    ],
    ids=str,
)
def test_files_may_look_different_and_say_the_same(row, look):
    CompanyFactory(cvr="10000009", kommunekode="")
    imported(file_of(row))

    assert plan_organisations(file_of(row, **look)).changes_nothing


def test_what_changes_is_told_before_and_after():
    CompanyFactory(cvr="10000009", name="Aaby Kommune", kind="private")

    assert told(file_of(company(kommunekode="101"))) == [
        ("Ændret", "10000009", "Åby Kommune", "Navn", "Aaby Kommune", "Åby Kommune"),
        ("Ændret", "10000009", "Åby Kommune", "Type", "Privat", "Kommune"),
        ("Ændret", "10000009", "Åby Kommune", "Kommunekode", "", "København"),
    ]
    assert Company.objects.get().name == "Aaby Kommune"
    assert told(file_of(company(cvr=cvr_number(1)))) == [("Ny virksomhed", cvr_number(1), "Åby Kommune", "", "", "")]


def test_changes_are_saved_and_the_event_says_by_whom():
    SchoolFactory(institution_number="299001", name="SOSU Ølby", email="gammel@oelby.example")
    administrator = MembershipFactory(administrator=True)
    Event.objects.filter(object_type="people.school")
    before = Event.objects.count()
    import_organisations(file_of(school()), by=administrator)

    assert School.objects.get().email == "post@oelby.example"
    [event] = Event.objects.order_by("id")[before:]
    assert (event.object_type, event.actor) == ("people.school", administrator.user)


def test_a_column_that_is_missing_changes_nothing_and_an_empty_cell_removes():
    SchoolFactory(institution_number="299001", name="SOSU Ølby", cvr="10000009", email="post@oelby.example")
    bare = {"institutionsnummer": "299001", "navn": "SOSU Ølby"}
    assert imported(file_of(bare)) == (0, 0, 1)
    assert School.objects.get().cvr == "10000009"

    assert imported(file_of({**bare, "cvr": ""})) == (0, 1, 0)
    assert (School.objects.get().cvr, School.objects.get().email) == ("", "post@oelby.example")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (company(cvr="12345678"), "cvr: “12345678” er ikke et gyldigt CVR-nummer."),
        (company(cvr="1E+07"), "cvr: “1E+07” er ikke et gyldigt CVR-nummer."),
        (company(cvr=""), "cvr: Cellen er tom. Den skal udfyldes i alle rækker."),
        (company(navn=""), "navn: Cellen er tom."),
        (company(navn="n" * 201), "navn: Teksten er på 201 tegn."),
        (company(navn="Ã…by Kommune"), "navn: Bogstaverne i “Ã…by Kommune” er ødelagt."),
        (company(navn="Åby\nKommune"), "navn: Cellen indeholder et tegn, der ikke kan bruges"),
        (company(navn="Jens 090904-1234"), "navn: Det ligner et CPR-nummer."),
        (company(navn="#N/A"), "navn: “#N/A” ser ud til at være ændret af et regneark."),
        (company(type="Forening"), "type: “Forening” kan ikke bruges. Skriv Kommune, Region eller Privat."),
        (company(kommunekode="998"), "kommunekode: Der er ingen kommune med koden “998”."),
        (company(kommunekode="999"), "kommunekode: Der er ingen kommune med koden “999”."),
        (company(kommunekode="101", type="Region"), "kommunekode: Kun en kommune har en kommunekode."),
        (company(region="Jylland"), "region: Der er ingen region “Jylland”. Skriv Region Hovedstaden, "),
        (company(region="Østdanmark"), "region: Region Østdanmark findes først fra 01.01.2027."),
        (workplace(p_nummer="1,3E+09"), "p_nummer: “1,3E+09” er ikke et P-nummer. Skriv 10 cifre."),
        (workplace(cvr="10000018"), "cvr: “10000018” er ikke et gyldigt"),
        (workplace(cvr=cvr_number(7)), f"cvr: Der er ingen virksomhed med CVR-nummer {cvr_number(7)}."),
        (workplace(postnummer="999"), "postnummer: “999” er ikke et postnummer. Skriv 4 cifre."),
        (workplace(vej="Vej 090904-1234"), "vej: Det ligner et CPR-nummer."),
        (workplace(by="?lby"), "by: Bogstaverne i “?lby” er ødelagt."),
        (school(institutionsnummer="29901"), "institutionsnummer: “29901” er ikke et institutionsnummer."),
        (school(cvr="10000008"), "cvr: “10000008” er ikke et gyldigt CVR-nummer."),
        (school(p_nummer="130000000"), "p_nummer: “130000000” er ikke et P-nummer."),
        (school(email="post"), "email: “post” er ikke en e-mailadresse."),
        (school(telefon="ring"), "telefon: “ring” er ikke et telefonnummer."),
    ],
)
@pytest.mark.today("2026-11-30")
def test_a_bad_cell_is_named(row, problem):
    CompanyFactory(cvr="10000009", kind="private", name="Ejer")
    [found] = problems_of(file_of(row))
    assert found.startswith(f"Linje 2, {problem}")


@pytest.mark.parametrize("written", ["101", "0101"])
def test_registers_write_a_nought_before_the_kommunekode(written):
    imported(file_of(company(kommunekode=written)))
    assert Company.objects.get().kommunekode == "101"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Filen: Filen er tom."),
        (b"PK\x03\x04", "Filen: Filen er en Excel-fil."),
        (b"cvr;navn;type\n", "Filen: Filen har kun en overskrift. Der skal være mindst én række med en virksomhed."),
        (b"p_nummer;cvr;navn;vej;postnummer;by\n", "Filen: Filen har kun en overskrift. Der skal være mindst én"),
        (
            b"a;b\n1;2\n",
            "Linje 1: Den første linje skal være overskrifter, der begynder med cvr, navn, type, p_nummer, cvr, ",
        ),
        (b"p_nummer;cvr;navn;vej;by\n1;2;3;4;5\n", "Linje 1, postnummer: Kolonnen mangler."),
        (b"institutionsnummer;navn;rektor\n1;2;3\n", "Linje 1, rektor: Kolonnen kendes ikke."),
        (b"cvr;navn;type\n10000009;Aaby\n", "Linje 2: Rækken har 2 celler, men der er 3 kolonner."),
        (b'cvr;navn;type\n10000009;"Aaby;Kommune\n', "Linje 2: Et anførselstegn"),
        (b"cvr;navn;type\n10000009;Aaby\x00;Kommune\n", "Linje 2, navn: Cellen indeholder et tegn"),
    ],
)
def test_a_bad_file_says_what_it_is(content, problem):
    assert problems_of(content)[0].startswith(problem)


@pytest.mark.parametrize("row", [company(), workplace(), school()], ids=["company", "workplace", "school"])
def test_a_number_that_stands_twice_leaves_both_out(row):
    CompanyFactory(cvr="10000009", name="Ejer")
    plan = plan_organisations(file_of(row, {**row, "navn": "En anden"}))

    assert "Linje 3" in str(plan.problems.shown()[0])
    assert "står også på linje 2. Slet den ene af rækkerne." in str(plan.problems.shown()[0])
    assert (plan.left_out, plan.drafts) == (2, [])


def test_wrong_rows_are_left_out_and_the_rest_is_saved():
    content = file_of(company(), company(cvr=cvr_number(1), type="x"))
    assert len(problems_of(content)) == 1
    assert not Company.objects.exists()

    assert imported(content, partial=True) == (1, 0, 0)


# Whose kommunekode it is


def test_a_kommunekode_is_one_municipalitys():
    CompanyFactory(kommunekode="101", name="København")
    [problem] = problems_of(file_of(company(kommunekode="101")))
    assert problem == (
        "Linje 2, kommunekode: Kommunekoden hører til København. Ret den, eller ret også København i filen."
    )

    [problem] = problems_of(file_of(company(kommunekode="147"), company(cvr=cvr_number(1), kommunekode="147")))
    assert problem == "Linje 3, kommunekode: Kommunekoden står også på linje 2. Ret den ene."


def test_municipalities_may_swap_kommunekoder_and_hand_them_on():
    one, other = (
        CompanyFactory(cvr=cvr_number(1), kommunekode="101"),
        CompanyFactory(cvr=cvr_number(2), kommunekode="147"),
    )
    rows = [company(cvr=one.cvr, kommunekode="147"), company(cvr=other.cvr, kommunekode="101")]
    assert imported(file_of(*rows)) == (0, 2, 0)
    assert dict(Company.objects.values_list("cvr", "kommunekode")) == {one.cvr: "147", other.cvr: "101"}

    # A municipality that gets another CVR number.
    assert imported(file_of(company(cvr=cvr_number(3), kommunekode="147"), company(cvr=one.cvr, kommunekode=""))) == (
        1,
        1,
        0,
    )


def test_whoever_is_left_out_keeps_their_kommunekode():
    """A chain: the first row is wrong, so the second cannot have its code, nor the third the second's."""
    codes = ("101", "147", "151")
    for number, code in enumerate(codes, start=1):
        CompanyFactory(cvr=cvr_number(number), kommunekode=code)
    rows = [
        company(cvr=cvr_number(1), kommunekode="", type="x"),
        company(cvr=cvr_number(2), kommunekode="101"),
        company(cvr=cvr_number(3), kommunekode="147"),
    ]
    assert imported(file_of(*rows), partial=True) == (0, 0, 0)
    assert list(Company.objects.order_by("pk").values_list("kommunekode", flat=True)) == list(codes)


def test_a_municipality_with_a_code_stays_one():
    CompanyFactory(cvr="10000009", kommunekode="101")
    [problem] = problems_of(file_of({"cvr": "10000009", "navn": "Åby", "type": "Privat"}))
    assert problem.startswith("Linje 2, type: Kun en kommune har en kommunekode.")


# Regions


@pytest.mark.today("2026-11-30")
@pytest.mark.parametrize("written", ["Region Sjælland", "sjælland", "SJÆLLAND", "sjaelland"])
def test_a_region_is_known_by_its_name_in_any_spelling(written):
    imported(file_of(company(region=written)))
    assert Company.objects.get().region.code == "sjaelland"


@pytest.mark.today("2027-01-01")
def test_a_company_of_a_region_that_is_no_more_keeps_it():
    former = Region.objects.get(code="sjaelland")
    CompanyFactory(cvr="10000009", name="Åby Kommune", region=former)

    assert imported(file_of(company(region="Region Østdanmark"))) == (0, 0, 1)
    assert Company.objects.get().region == former
    [problem] = problems_of(file_of(company(region="Region Sjælland")))
    assert problem == "Linje 2, region: Region Sjælland er afløst af Region Østdanmark. Skriv den."
    assert imported(file_of(company(cvr=cvr_number(1), region="Region Østdanmark"))) == (1, 0, 0)


# Whose workplaces are


def test_a_workplace_changes_company_in_a_merger_only():
    place = WorkplaceFactory(p_number="1300000001", company__name="Den gamle")
    new = CompanyFactory(cvr="10000009")
    [problem] = problems_of(file_of(workplace()))
    assert problem.startswith("Linje 2, cvr: Arbejdsstedet hører til Den gamle.")

    merge_companies(place.company, new, on=datetime.date(2026, 1, 1))
    import_organisations(file_of(workplace()), by=None)
    place.refresh_from_db()
    assert place.company == new


def test_after_a_merger_the_old_number_is_understood():
    old, new = CompanyFactory(cvr="10000009"), CompanyFactory(cvr=cvr_number(1))
    imported(file_of(workplace()))
    merge_companies(old, new, on=datetime.date(2026, 1, 1))

    assert imported(file_of(workplace())) == (0, 0, 1)
    assert imported(file_of(workplace(p_nummer="1300000002"))) == (1, 0, 0)
    assert set(Workplace.objects.values_list("company", flat=True)) == {new.pk}


def test_a_workplace_made_at_a_company_that_was_taken_over_follows_it():
    old, new = CompanyFactory(), CompanyFactory(cvr="10000009")
    merge_companies(old, new, on=datetime.date(2026, 1, 1))
    WorkplaceFactory(p_number="1300000001", company=old)

    assert ("Ændret", "1300000001", "Plejecenter Ærø", "Virksomhed", old.name, new.name) in told(file_of(workplace()))
    assert imported(file_of(workplace())) == (0, 1, 0)
    assert Workplace.objects.get().company == new


# Whatever comes

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "10000009", "99000007", "101", "0101", "999", "Kommune", "Privat", "Region Sjælland", "Å"]
    ),
    st.sampled_from(["1E+07", "#N/A", '="00123"', "12-aug", "090904-1234", "=1+1", "Ã¸", "\x00", "\u200b", "x" * 300]),
    st.sampled_from(["1300000001", "280001", "0999", "a@b.example", "+45 1", '"', ";", "\n", "\t", "١٢٣٤٥٦٧٨٩٠"]),
    st.text(max_size=8),
)
HEADERS = [[*company()], [*workplace()], [*school()]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.sampled_from(HEADERS),
    rows=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=4),
    encoding=st.sampled_from(["utf-8", "windows-1252"]),
)
def test_whatever_stands_in_the_cells_is_saved_or_refused_and_again_changes_nothing(headers, rows, encoding):
    """Never an error, never half a file; and what is saved is what the database and its forms would take."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headers, *(row[: len(headers)] for row in rows)])
    content = text.getvalue().encode(encoding, errors="replace")
    with transaction.atomic():
        CompanyFactory(cvr="99000007", kommunekode="147")
        with contextlib.suppress(FileRejected):
            plan = import_organisations(content, by=None, partial=True)
            for record in plan.new:
                type(record).objects.get(pk=record.pk).full_clean()
            assert plan_organisations(content).changes_nothing
        transaction.set_rollback(True)


# What it costs


@pytest.mark.parametrize("count", [2, 200])
def test_an_import_takes_the_same_statements_however_long(count):
    with CaptureQueriesContext(connection) as companies:
        import_organisations(many_companies(count, region="Midtjylland"), by=None)
    with CaptureQueriesContext(connection) as workplaces:
        import_organisations(many_workplaces(count, 2), by=None)
    with CaptureQueriesContext(connection) as changes:
        import_organisations(many_workplaces(count, 2, by="Åby"), by=None)
    with CaptureQueriesContext(connection) as again:
        import_organisations(many_companies(count, region="Midtjylland"), by=None)

    assert (len(companies), len(workplaces), len(changes), len(again)) == (8, 9, 10, 5)


# The command


def command(tmp_path, *files: bytes, options: tuple[str, ...] = ()) -> str:
    paths = []
    for number, content in enumerate(files):
        paths.append(tmp_path / f"fil{number}.csv")
        paths[-1].write_bytes(content)
    output = io.StringIO()
    call_command("import_organisations", *map(str, paths), *options, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_the_command_reads_several_files_at_once(tmp_path):
    said = command(tmp_path, file_of(company()), file_of(workplace()), file_of(school()))

    assert "Virksomheder: 1 nye, 0 ændrede, 0 uændrede." in said
    assert "Nyt arbejdssted: 1300000001 Plejecenter Ærø" in said
    assert (Company.objects.count(), Workplace.objects.count(), School.objects.count()) == (1, 1, 1)


def test_the_command_tries_several_files_and_saves_nothing(tmp_path):
    said = command(tmp_path, file_of(company()), file_of(workplace()), options=("--dry-run",))

    assert said.count("Prøve: intet er gemt.") == 2
    assert "Arbejdssteder: 1 nye" in said
    assert not Company.objects.exists()


@pytest.mark.parametrize(("options", "saved"), [((), 0), (("--partial",), 1), (("--dry-run",), 0)])
def test_a_wrong_row_in_one_file_stops_them_all_unless_told_otherwise(tmp_path, options, saved):
    with pytest.raises(CommandError, match=r"fil1\.csv .*\n?.*Linje 2, postnummer"):
        command(tmp_path, file_of(company()), file_of(workplace(postnummer="1")), options=options)

    assert Company.objects.count() == saved
