"""What happens to students, agreements and companies in the course of time, as files tell it: each the right way."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.audit.models import Event
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.plan import told
from laereplads.people.models import Agreement, School, Student
from laereplads.people.operations import merge_companies
from risk.models import RiskAssessment
from risk.operations import record_assessment
from tests.factories import MembershipFactory, SchoolFactory
from tests.imports.rosters import HEADERS, roster, row, sample_world, student

if TYPE_CHECKING:
    from laereplads.imports.roster.plan import Plan

pytestmark = pytest.mark.today("2026-03-02")

MORE = (
    *("bopaelskommune", "ungdomsuddannelse_gennemfoert", "studiestart", "hovedforloeb_start", "merit", "uniid"),
    *("beskyttet", "afbrudt_dato", "aftale_annulleret"),
)
BORN = "05-08-2005"
TILDE = {"elevnummer": "IN3", "navn": "Tilde Skifteskole", "foedselsdato": BORN, "aftalenummer": "IN-3"}
AT_B = {**TILDE, "institutionsnummer": "280002", "elevnummer": "B77"}
OTHER_COMPANY = {"cvr": "99100001", "p_nummer": "1000000003"}


@pytest.fixture(autouse=True)
def school(db) -> School:
    SchoolFactory(institution_number="280002", name="SOSU Bakkedal")
    return sample_world()


def imported(*rows: dict[str, str], **options) -> Plan:
    headers = [*HEADERS, *(name for name in MORE if any(name in each for each in rows))]
    return import_roster(
        roster(*({**dict.fromkeys(headers, ""), **each} for each in rows), headers=headers), by=None, **options
    )


def problems(*rows: dict[str, str]) -> list[str]:
    before = list(Student.objects.values()), list(Agreement.objects.values())
    with pytest.raises(FileRejected) as rejected:
        imported(*rows)
    assert (list(Student.objects.values()), list(Agreement.objects.values())) == before
    return [str(problem) for problem in rejected.value.problems.shown()]


def answered(*rows: dict[str, str], answer: str = "ja") -> Plan:
    """The file once it is asked about and every question has this answer."""
    headers = [*HEADERS, *(name for name in MORE if any(name in each for each in rows))]
    content = roster(*({**dict.fromkeys(headers, ""), **each} for each in rows), headers=headers)
    plan = plan_roster(content)
    assert plan.questions
    return import_roster(content, by=None, answers={each.id: answer for each in plan.questions}, answered=True)


def last_action() -> str:
    return Event.objects.filter(object_type__startswith="people.").latest("id").action


def assess(agreement: Agreement) -> RiskAssessment:
    membership = MembershipFactory(company_staff=True, company=agreement.company)
    assessment = record_assessment(agreement, "high", by=membership)
    assert assessment
    return assessment


# A number is one person's.


def test_a_number_is_not_another_persons():
    imported(row(elevnummer="IN5", navn="Emma Første", foedselsdato=BORN, aftalenummer="IN-5"))

    [problem] = problems(student(elevnummer="IN5", navn="Karl Anden", foedselsdato="03-03-1971"))
    assert problem.startswith("Linje 2, elevnummer: Elevnummeret tilhører allerede en anden elev.")


@pytest.mark.parametrize("cells", [{"navn": "Emma Gift"}, {"foedselsdato": "06-08-2005"}, {"navn": "EMMA første"}])
def test_a_new_name_or_a_new_birth_date_is_a_change_that_is_shown(cells):
    own = {"elevnummer": "IN5", "navn": "Emma Første", "foedselsdato": BORN}
    imported(student(**own))

    plan = imported(student(**own | cells))

    [line] = told(plan, with_missing=False)
    assert (line.what, line.before in own.values() or line.before == "05.08.2005", bool(line.after)) == (
        "Ændret",
        True,
        True,
    )


# An agreement is one company's.


def test_an_agreement_is_not_another_companys():
    imported(row(elevnummer="IN4", aftalenummer="IN-4"))

    [problem] = problems(row(elevnummer="IN4", aftalenummer="IN-4", **OTHER_COMPANY))
    assert problem == ("Linje 2, cvr: Aftalen hører til Fjordby Kommune. Afslut den, og send en ny med et nyt nummer.")


def test_an_agreement_may_go_to_another_workplace_of_its_company():
    imported(row())
    imported(row(p_nummer="1000000002"))

    assert Agreement.objects.get().workplace.name == "Hjemmeplejen Nord"


# Schools change.


def test_whoever_changes_school_is_asked_about_and_takes_the_agreement_along():
    imported(row(**TILDE))
    agreement = Agreement.objects.get()
    assess(agreement)
    login = MembershipFactory(of_student=True, student=Student.objects.get())
    imported(row(**TILDE, udmeldt="01-03-2026"))

    found = problems(row(**AT_B))
    assert len(found) == 1
    assert "Eleven kommer fra SOSU Fjordby og tager aftale IN-3 med." in found[0]

    answered(row(**AT_B), row(**{**AT_B, "elevnummer": "B78", "navn": "Uskyldig Elev", "aftalenummer": "IN-B78"}))
    former, now = Student.objects.get(student_number="IN3"), Student.objects.get(student_number="B77")
    agreement.refresh_from_db()
    login.refresh_from_db()
    assert (former.moved_to, former.moved_on, now.moved_to) == (now, timezone.localdate(), None)
    assert (agreement.student, agreement.school.institution_number) == (now, "280002")
    assert agreement.assessments.count() == 1
    assert login.student == now
    assert Student.objects.filter(student_number="B78").exists()
    assert {"student_moved", "agreement_moved"} <= set(Event.objects.values_list("action", flat=True))


def test_the_innocent_rows_of_the_receiving_school_are_saved_without_an_answer():
    imported(row(**TILDE))

    plan = imported(row(**AT_B), student(institutionsnummer="280002", elevnummer="B78"), partial=True)

    assert (len(plan.questions), len(plan.new_students)) == (1, 1)
    assert not Student.objects.filter(student_number="B77").exists()


def test_the_school_that_was_left_delivers_as_before_and_signs_off():
    imported(row(**TILDE))
    answered(row(**AT_B))

    imported(row(**TILDE))
    assert Agreement.objects.get().student.student_number == "B77"
    assert Student.objects.get(student_number="IN3").is_reported

    imported(row(**TILDE, udmeldt="01-03-2026"))
    assert not Student.objects.get(student_number="IN3").is_reported
    assert Student.objects.get(student_number="B77").is_reported


def test_whoever_comes_back_is_asked_about_and_is_one_person_again():
    imported(row(**TILDE))
    answered(row(**AT_B))
    imported(row(**TILDE, udmeldt="01-03-2026"))
    imported(row(**AT_B, udmeldt="02-03-2026"))

    plan = answered(row(**TILDE))

    assert len(plan.reenrolled) == len(plan.moved) == 1
    back, left = Student.objects.get(student_number="IN3"), Student.objects.get(student_number="B77")
    assert (back.moved_to, left.moved_to, Agreement.objects.get().student) == (None, back, back)


def test_a_third_school_gathers_all_that_the_person_was():
    SchoolFactory(institution_number="280003")
    imported(row(**TILDE))
    answered(row(**AT_B))
    answered(row(**{**AT_B, "institutionsnummer": "280003", "elevnummer": "C1"}))

    now = Student.objects.get(student_number="C1")
    assert set(now.moved_from.values_list("student_number", flat=True)) == {"IN3", "B77"}


@pytest.mark.parametrize("cells", [{"navn": "Anden Elev"}, {"foedselsdato": "06-08-2005"}])
def test_nobody_takes_somebody_elses_agreement_along(cells):
    imported(row(**TILDE))

    [problem] = problems(row(**AT_B | cells))
    assert problem.startswith("Linje 2, aftalenummer: Aftalenummer IN-3 hører til en anden elev.")
    assert "Fjordby" not in problem


# Agreements that were made by mistake.


def test_an_agreement_that_never_began_is_annulled():
    imported(row())
    imported(row(aftale_annulleret="02-03-2026"))

    agreement = Agreement.objects.get()
    assert (agreement.annulled_on, last_action()) == (datetime.date(2026, 3, 2), "agreement_annulled")
    imported(row(aftalenummer="A2"))
    assert set(Agreement.objects.running().values_list("number", flat=True)) == {"A2"}


def test_an_assessed_agreement_is_not_annulled():
    imported(row())
    assess(Agreement.objects.get())

    [problem] = problems(row(aftale_annulleret="02-03-2026"))
    assert problem.startswith("Linje 2, aftale_annulleret: Aftalen er vurderet og kan ikke annulleres.")


def test_what_is_annulled_stays_so():
    imported(row(aftale_annulleret="02-03-2026"))

    [problem] = problems(row(aftale_annulleret=""))
    assert problem.startswith("Linje 2, aftale_annulleret: Aftalen er annulleret den 02.03.2026")
    assert imported(row()).changes_nothing


def test_a_corrected_number_is_the_same_agreement():
    imported(row(aftalenummer="IN-12x"))
    agreement = Agreement.objects.get()
    assess(agreement)

    [problem] = problems(row(aftalenummer="IN-12"))
    assert "Er IN-12 den samme aftale med et rettet nummer?" in problem
    answered(row(aftalenummer="IN-12"))
    agreement.refresh_from_db()
    assert (agreement.number, agreement.assessments.count(), Agreement.objects.count()) == ("IN-12", 1, 1)
    assert last_action() == "agreement_renumbered"


def test_a_no_leaves_the_student_out():
    imported(row(aftalenummer="IN-12x"))
    plan = answered(row(aftalenummer="IN-12"), student(elevnummer="E2", navn="Bo Prøve"), answer="nej")

    assert (plan.declined, len(plan.new_students)) == (1, 1)
    assert Agreement.objects.get().number == "IN-12x"


# Signed off, and back.


def test_a_sign_off_is_not_undone_in_silence():
    imported(student())
    Student.objects.update(signed_off_on=datetime.date(2026, 3, 1))

    [problem] = problems(student())
    assert "Eleven blev meldt ud den 01.03.2026. Filen melder eleven ind igen." in problem
    answered(student(), answer="nej")
    assert not Student.objects.get().is_reported
    answered(student())
    assert Student.objects.get().is_reported
    assert last_action() == "student_reenrolled"


# What spreadsheets do to numbers.


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2,8E+11",
            "2.8E+11",
            "1e9",
            "#N/A",
            "#I/T",
            "#REF!",
            "#NAVN?",
            "#VALUE!",
            "####",
            '="00123"',
            "=00123",
            "'00123",
        ),
        *("123,00", "123.0", "12-aug", "aug-12", "3. maj", "SAND", "FALSE", "NULL", "nan"),
    ],
)
@pytest.mark.parametrize("column", ["elevnummer", "aftalenummer"])
def test_a_damaged_number_is_refused(column, value):
    [problem] = problems(row(**{column: value}))
    assert "ser ud til at være ændret af et regneark" in problem


@pytest.mark.parametrize(
    "value", ["E1", "00777", "280001-00042", "IN-12x", "A.7", "MAJA", "SEP-4X", "12-A", "N1", "#7"[1:]]
)
def test_numbers_that_systems_give_are_taken(value):
    imported(row(elevnummer=value, aftalenummer=value))

    assert Student.objects.get().student_number == value


@pytest.mark.parametrize(("known", "damaged"), [("00777", "777"), ("AB12", "ab12"), ("00AB12", "ab12")])
def test_a_known_students_damaged_number_makes_no_second_student(known, damaged):
    imported(student(elevnummer=known))

    [problem] = problems(student(elevnummer=damaged))
    assert f"{damaged} ser ud til at være {known}, som et regneark har ændret." in problem


def test_a_known_agreements_damaged_number_makes_no_second_agreement():
    imported(row(aftalenummer="00777"))

    [problem] = problems(row(aftalenummer="777"))
    assert "777 ser ud til at være 00777" in problem


def test_both_numbers_in_one_file_are_told():
    assert "ser ud til at være" in "".join(problems(student(elevnummer="00777"), student(elevnummer="777")))


def test_another_number_of_a_known_person_is_asked_about():
    imported(student(elevnummer="E1"))
    login = MembershipFactory(of_student=True, student=Student.objects.get())

    [problem] = problems(student(elevnummer="E9"))
    assert "Skolen har allerede en elev med samme navn og fødselsdato og elevnummer E1." in problem
    answered(student(elevnummer="E9"))
    assert Student.objects.get().student_number == "E9"
    assert Membership.objects.get(pk=login.pk).student.student_number == "E9"


def test_it_may_be_another_person_of_the_same_name():
    imported(student(elevnummer="E1"))
    answered(student(elevnummer="E1"), student(elevnummer="E9"), answer="anden")

    assert Student.objects.count() == 2


# Dates that can be.


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"aftale_start": "15-08-2004", "aftale_slut": "31-05-2010", "foedselsdato": BORN}, "aftale_start"),
        ({"foedselsdato": "02-03-2026", "forventet_udlaert": ""}, "foedselsdato"),
        ({"foedselsdato": "03-03-2012", "forventet_udlaert": ""}, "foedselsdato"),
        ({"foedselsdato": "02-03-1945"}, "foedselsdato"),
        ({"udmeldt": "01-01-2001", "foedselsdato": BORN}, "udmeldt"),
        ({"aftale_start": "15-08-2025", "aftale_slut": "31-05-2082"}, "aftale_slut"),
        ({"aftale_start": "15-08-2025", "aftale_slut": "16-08-2033"}, "aftale_slut"),
        ({"aftale_start": "15-08-2050", "aftale_slut": "31-05-2052"}, "aftale_start"),
        ({"forventet_udlaert": "31-05-2082"}, "forventet_udlaert"),
        ({"studiestart": "01-01-2015"}, "studiestart"),
        ({"hovedforloeb_start": "01-01-2015"}, "hovedforloeb_start"),
        ({"afbrudt_dato": "01-01-2015"}, "afbrudt_dato"),
    ],
)
def test_impossible_dates_are_refused_by_line(cells, column):
    found = problems(row(**cells))

    assert [problem.partition(":")[0] for problem in found] == [f"Linje 2, {column}"]


@pytest.mark.parametrize(
    "cells",
    [
        {"foedselsdato": "02-03-2012", "forventet_udlaert": ""} | dict.fromkeys(("uddannelse",), ""),
        {"foedselsdato": "03-03-1945"},
    ],
)
def test_the_youngest_and_the_oldest_are_taken(cells):
    imported(student(**cells))


def test_eight_years_are_taken():
    imported(row(aftale_start="15-08-2025", aftale_slut="15-08-2033", forventet_udlaert=""))


def test_an_agreement_that_ends_on_its_last_day_is_not_ended_early():
    imported(row(aftale_slut="01-06-2026", aftale_ophoert="01-06-2026"))

    assert Agreement.objects.get().ended_early_on is None


# Two at once.


def test_two_combination_agreements_run_at_once():
    kim = {"elevnummer": "IN13", "aftaletype": "Kombinationsaftale"}
    imported(row(**kim, aftalenummer="IN-13"), row(**kim, aftalenummer="IN-14", **OTHER_COMPANY))

    assert Agreement.objects.running().count() == 2


def test_an_ordinary_agreement_runs_beside_none():
    kim = {"elevnummer": "IN13"}
    [problem] = problems(
        row(**kim, aftalenummer="IN-13", aftaletype="Kombinationsaftale"),
        row(**kim, aftalenummer="IN-14", **OTHER_COMPANY),
    )
    assert "overlapper aftale IN-13 på linje 2" in problem


# Companies merge.


def test_files_go_on_with_either_number_after_a_merger():
    imported(row())
    old = Agreement.objects.get().company
    new = MembershipFactory(company_staff=True).company
    merge_companies(old, new, on=timezone.localdate())

    assert imported(row()).changes_nothing
    assert imported(row(cvr=new.cvr)).changes_nothing
    imported(row(elevnummer="E2", navn="Bo Prøve", aftalenummer="A2"))
    assert set(Agreement.objects.values_list("company", flat=True)) == {new.pk}


# What is new in the file.


def test_more_columns_are_read():
    imported(
        student(
            bopaelskommune="751", ungdomsuddannelse_gennemfoert="nej", studiestart="01-08-2024",
            hovedforloeb_start="01-08-2025", merit="Ja", uniid="aase1234", beskyttet="ja",
            afbrudt_dato="01-02-2026", uddannelsesstatus="Afbrudt",
        )
    )  # fmt: skip

    found = Student.objects.get()
    assert (found.residence_municipality, found.has_completed_youth_education, found.has_credit) == ("751", False, True)
    assert (found.education_starts_on, found.main_programme_starts_on) == (
        datetime.date(2024, 8, 1),
        datetime.date(2025, 8, 1),
    )
    assert (found.uniid, found.is_protected, found.dropped_out_on) == ("aase1234", True, datetime.date(2026, 2, 1))


def test_a_file_without_them_leaves_them_as_they_are():
    imported(student(beskyttet="ja", bopaelskommune="751"))
    imported(student())

    assert (Student.objects.get().is_protected, Student.objects.get().residence_municipality) == (True, "751")


def test_an_empty_cell_takes_away():
    imported(student(beskyttet="ja", bopaelskommune="751"))
    imported(student(beskyttet="", bopaelskommune=""))

    assert (Student.objects.get().is_protected, Student.objects.get().residence_municipality) == (False, "")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"bopaelskommune": "411"}, "Der er ingen kommune med koden “411”"),
        ({"beskyttet": "måske"}, "“måske” kan ikke bruges. Skriv ja eller nej."),
        ({"uddannelsesstatus": "Afbrudt", "afbrudt_dato": ""}, "Skriv dagen, hvor uddannelsen blev afbrudt."),
        ({"uniid": "050805-1234"}, "Det ligner et CPR-nummer."),
        ({"studiestart": "i går"}, "er ikke en dato"),
    ],
)
def test_more_columns_are_checked(cells, text):
    [problem] = problems(student(**cells))
    assert text in problem


def test_a_uniid_is_one_students():
    imported(student(uniid="aase1234"))
    [problem] = problems(student(elevnummer="E2", navn="Bo Prøve", uniid="aase1234"))

    assert "UNI-id'et hører til en anden elev på skolen." in problem


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *((column, value) for column in ("elevnummer", "navn", "aftalenummer", "mobil", "email") for value in (
            ["050805-1234@test.example"] if column == "email" else ["0508051234"] if column == "mobil" else
            ["050805.1234", "050805/1234", "050805–1234", "050805 1234", "05082005-1234", "x 050805-1234", "0508051234"]
        )),
    ],
)  # fmt: skip
def test_a_cpr_number_is_refused_in_every_column(column, value):
    [problem] = problems(row(**{column: value}))

    assert problem == f"Linje 2, {column}: Det ligner et CPR-nummer. Portalen gemmer ingen CPR-numre. Slet det."


@pytest.mark.parametrize(
    "name",
    ["JosÃ© Prøve", "RenÃ©e", "MÃ¼ller", "Oâ€™Brian", "Å‚ukasz", "Ã–zlem", "NicolÃ Rossi", "S?ren", "S�ren",
     "S├╕ren", "M├╝ller", "OΓÇÖBrian", "S√∏ren", "MĂĽller", "S°ren", "JÃƒÂ¸rgen", "S›ren",
     "J&oslash;rgen", "Zo\u00c3\u00ab"],
)  # fmt: skip
def test_broken_letters_are_refused_in_any_name(name):
    [problem] = problems(student(navn=name))
    assert "er ødelagt" in problem


@pytest.mark.parametrize(
    "name",
    [
        "José Prøve",
        "O’Brian",
        "O'Brian",
        "Łukasz",
        "Özlem",
        "Åse Ærø-Ølgaard",
        "Ngọc Ánh",
        "Đặng",
        "N'Golo",
        "João",
        "Óscar Ñ",
    ],
)
def test_whole_letters_are_taken(name):
    imported(student(navn=name))


# A file as systems write it.


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b"\n", b";\n"),
        lambda content: content.replace(b"\n", b";;;\n"),
        lambda content: b"sep=;\r\n" + content,
        lambda content: b'\xef\xbb\xbf"sep=;"\n' + content,
        lambda content: content + b"\x1a",
        lambda content: content + b"\r\n\x1a\x00",
        lambda content: content.partition(b"\n")[0] + b";\n" + content.partition(b"\n")[2],
        lambda content: content.replace(b";", b"\t"),
        lambda content: b"sep=,\n" + content.replace(b";", b","),
    ],
)
def test_files_of_other_systems_are_read(change):
    import_roster(change(roster(row())), by=None)

    assert Agreement.objects.get().number == "A1"


def test_lines_are_counted_with_the_line_that_says_what_parts_cells():
    with pytest.raises(FileRejected, match="Linje 3, elevtype"):
        import_roster(b"sep=;\n" + roster(row(elevtype="x")), by=None)


def test_an_unknown_column_is_named_with_its_place():
    with pytest.raises(FileRejected, match=r"Linje 1, klasse: Kolonnen kendes ikke. Den er nr. 22."):
        import_roster(roster({**row(), "klasse": "x"}, headers=[*HEADERS, "klasse"]), by=None)


# What is wrong is left out.


def test_a_students_wrong_rows_are_left_out_together_and_the_rest_is_saved():
    plan = imported(
        row(aftale_slut="31-12-2025"),
        row(aftalenummer="A2", aftale_start="01-01-2026", p_nummer="1000000003"),
        student(elevnummer="E2", navn="Bo Prøve"),
        partial=True,
    )

    assert (plan.left_out, [each.student_number for each in plan.new_students]) == (1, ["E2"])
    assert Student.objects.get().student_number == "E2"


def test_a_number_that_stands_at_two_students_leaves_out_both():
    plan = imported(row(), row(elevnummer="E2", navn="Bo Prøve"), partial=True)

    assert (plan.left_out, Student.objects.count()) == (2, 0)


def command(tmp_path, content: bytes, *options: str) -> tuple[str, bool]:
    (tmp_path / "elever.csv").write_bytes(content)
    output = io.StringIO()
    try:
        call_command("import_roster", str(tmp_path / "elever.csv"), *options, stdout=output, stderr=io.StringIO())
    except CommandError as error:
        return output.getvalue() + str(error), True
    return output.getvalue(), False


@pytest.mark.parametrize("is_question", [False, True])
@pytest.mark.parametrize(("options", "saved"), [((), False), (("--dry-run",), False), (("--partial",), True)])
def test_the_command_fails_if_a_row_is_wrong_or_asks_and_saves_the_rest_only_when_told(
    tmp_path, options, saved, is_question
):
    imported(student(udmeldt="01-03-2026"))
    wrong = student() if is_question else student(elevtype="Gæst")

    said, failed = command(tmp_path, roster(wrong, student(elevnummer="E2", navn="Bo Prøve")), *options)

    assert failed
    assert "Linje 2" in said
    assert Student.objects.filter(student_number="E2").exists() == saved
    assert not Student.objects.get(student_number="E1").is_reported


def test_the_command_is_content_with_a_file_that_is_right(tmp_path):
    assert not command(tmp_path, roster(row()), "--dry-run")[1]
    assert not command(tmp_path, roster(row()))[1]
