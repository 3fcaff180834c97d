"""What a file does to the database, and what it leaves alone."""

from __future__ import annotations

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laereplads.audit.models import Event
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.sample import SAMPLE_FILE
from laereplads.people.auditing import (
    AGREEMENT_CHANGED,
    AGREEMENT_REPORTED,
    STUDENT_CHANGED,
    STUDENT_REENROLLED,
    STUDENT_REPORTED,
    STUDENT_SIGNED_OFF,
)
from laereplads.people.models import Agreement, School, Student
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory
from tests.imports.rosters import crowd, roster, row, sample_world, student


@pytest.fixture(autouse=True)
def school(db) -> School:
    return sample_world()


def of_people():
    """The events about students and agreements, oldest first."""
    return Event.objects.filter(object_type__in=["people.student", "people.agreement"]).order_by("id")


def imported(content: bytes):
    plan = import_roster(content, by=None)
    return (
        len(plan.new_students),
        len(plan.changed_students),
        plan.unchanged_students,
        len(plan.new_agreements),
        len(plan.changed_agreements),
        plan.unchanged_agreements,
    )


def actions() -> list[str]:
    return list(of_people().values_list("action", flat=True))


def test_a_row_becomes_a_student_with_an_agreement(school):
    import_roster(roster(row()), by=None)

    student = Student.objects.get()
    agreement = student.agreements.get()
    assert (student.name, student.school, student.student_number) == ("Åse Ærø-Ølgaard", school, "E1")
    assert (student.birth_date, student.email, student.phone) == (
        datetime.date(2004, 9, 9),
        "aase@test.example",
        "00 00 00 01",
    )
    assert (student.student_type, student.status, student.basic_programme) == ("eud", "main_programme", "none")
    assert (student.relation, student.visibility, student.education.code) == ("main_programme", "visible", "ssa")
    assert (student.expected_completion_on, student.signed_off_on) == (datetime.date(2027, 8, 31), None)
    assert (agreement.number, agreement.type, agreement.company.name) == ("A1", "ordinary", "Fjordby Kommune")
    assert (agreement.workplace.name, agreement.school, agreement.education.code) == (
        "Plejecenter Solgården",
        school,
        "ssa",
    )
    assert (agreement.starts_on, agreement.last_day) == (datetime.date(2025, 8, 1), datetime.date(2027, 8, 31))


def test_the_sample_file_can_be_imported_and_holds_the_awkward_cases():
    import_roster(SAMPLE_FILE.read_bytes(), by=None)

    students = Student.objects
    assert 55 <= students.count() <= 65
    assert students.filter(name__regex="[æøå]").exists()
    assert students.filter(name__contains="-").exists()
    assert students.filter(agreements=None, basic_programme="gf1").exists()
    assert students.exclude(signed_off_on=None).exists()
    assert Agreement.objects.filter(education__is_sosu=False).exists()
    assert Agreement.objects.exclude(ended_early_on=None).exists()
    assert Agreement.objects.running().count() > 40
    assert Agreement.objects.count() > Agreement.objects.values("student").distinct().count()


def test_the_same_file_twice_changes_nothing():
    content = SAMPLE_FILE.read_bytes()
    first = imported(content)
    events = Event.objects.count()

    assert imported(content) == (0, 0, first[0], 0, 0, first[3])
    assert Event.objects.count() == events


def test_every_new_student_and_agreement_leaves_an_event_without_names():
    import_roster(roster(row()), by=None)

    assert actions() == [STUDENT_REPORTED, AGREEMENT_REPORTED]
    student = Student.objects.get()
    assert set(of_people().values_list("student", flat=True)) == {student.public_id}
    assert of_people().first().object_id == student.pk
    assert "Åse" not in str(list(of_people().values()))


def test_events_name_who_imported_and_for_whom():
    administrator = MembershipFactory(administrator=True)
    import_roster(roster(row()), by=administrator)

    assert set(of_people().values_list("actor", "acting_for")) == {(administrator.user_id, "Administrator")}


def test_changes_are_saved_and_the_event_says_which_fields_without_what_was_typed():
    import_roster(roster(row()), by=None)
    before = set(Event.objects.values_list("pk", flat=True))

    assert imported(roster(row(navn="Åse Bro", uddannelsesstatus="Afbrudt", aftale_slut="30-06-2027"))) == (
        0,
        1,
        0,
        0,
        1,
        0,
    )
    changed, agreement = Event.objects.exclude(pk__in=before).order_by("id")
    assert (changed.action, agreement.action) == (STUDENT_CHANGED, AGREEMENT_CHANGED)
    assert changed.changes == {
        "name": [None, None],
        "status": ["main_programme", "dropped_out"],
    }
    assert agreement.changes == {"ends_on": ["2027-08-31", "2027-06-30"]}
    assert Student.objects.get().name == "Åse Bro"
    assert Agreement.objects.get().last_day == datetime.date(2027, 6, 30)


def test_a_change_keeps_what_the_portal_itself_gave_the_student():
    import_roster(roster(row()), by=None)
    public_id = Student.objects.get().public_id

    import_roster(roster(row(navn="Åse Bro")), by=None)

    assert Student.objects.get().public_id == public_id


@pytest.mark.today("2026-03-02")
def test_a_sign_off_is_its_own_event_and_can_be_taken_back():
    import_roster(roster(row()), by=None)
    import_roster(roster(row(udmeldt="01-03-2026")), by=None)
    assert Student.objects.get().signed_off_on == datetime.date(2026, 3, 1)
    plan = plan_roster(roster(row()))
    import_roster(roster(row()), by=None, answers={plan.questions[0].id: "ja"})
    assert Student.objects.get().is_reported

    assert actions()[2:] == [STUDENT_SIGNED_OFF, STUDENT_REENROLLED]


@pytest.mark.today("2026-03-02")
def test_a_sign_off_with_other_changes_is_one_event_that_tells_both():
    import_roster(roster(row()), by=None)
    import_roster(roster(row(udmeldt="01-03-2026", uddannelsesstatus="Afbrudt")), by=None)

    assert actions()[2:] == [STUDENT_SIGNED_OFF]
    assert of_people().last().changes == {
        "signed_off_on": [None, "2026-03-01"],
        "status": ["main_programme", "dropped_out"],
    }


def test_a_student_with_two_agreements_has_two_rows():
    content = roster(
        row(aftale_slut="31-12-2025"), row(aftalenummer="A2", aftaletype="Restaftale", aftale_start="01-01-2026")
    )

    assert imported(content) == (1, 0, 0, 2, 0, 0)
    assert set(Student.objects.get().agreements.values_list("number", "type")) == {
        ("A1", "ordinary"),
        ("A2", "remainder"),
    }


def test_an_agreement_may_have_an_education_and_a_school_of_its_own():
    MembershipFactory(school_staff=True, school__institution_number="280002")
    both = ["aftale_uddannelse", "aftale_institutionsnummer"]
    first = row(aftale_slut="31-12-2025") | dict(zip(both, ["ssh", "280002"], strict=True))
    second = row(aftalenummer="A2", aftale_start="01-01-2026") | dict.fromkeys(both, "")
    import_roster(roster(first, second, headers=[*first]), by=None)

    assert set(Agreement.objects.values_list("number", "education__code", "school__institution_number")) == {
        ("A1", "ssh", "280002"),
        ("A2", "ssa", "280001"),
    }


def test_two_agreements_may_swap_periods():
    early, late = {"aftale_slut": "31-12-2025"}, {"aftale_start": "01-01-2026"}
    import_roster(roster(row(**early), row(aftalenummer="A2", **late)), by=None)

    assert imported(roster(row(**late), row(aftalenummer="A2", **early))) == (0, 0, 1, 0, 2, 0)
    assert Agreement.objects.get(number="A2").ends_on == datetime.date(2025, 12, 31)


def test_a_file_with_one_bad_row_saves_nothing():
    with pytest.raises(FileRejected):
        import_roster(roster(row(), row(elevnummer="E2", aftalenummer="A2", foedselsdato="i går")), by=None)

    assert not Student.objects.exists()
    assert not of_people().exists()


@pytest.mark.today("2026-03-02")
def test_students_the_file_does_not_mention_are_reported_and_left_alone(school):
    missing = StudentFactory(school=school, student_number="GLEMT")
    StudentFactory(school=school, student_number="UDE", signed_off_on=datetime.date(2026, 1, 1))
    StudentFactory()

    plan = import_roster(roster(row()), by=None)

    assert plan.missing == [missing]
    missing.refresh_from_db()
    assert missing.is_reported


def test_agreements_the_file_does_not_mention_are_left_alone(school):
    import_roster(roster(row()), by=None)
    import_roster(roster(student()), by=None)

    assert Agreement.objects.count() == 1


def test_a_plan_saves_nothing(school):
    plan = plan_roster(roster(row()))

    assert len(plan.new_students) == 1
    assert not Student.objects.exists()


@pytest.mark.parametrize("count", [2, 200])
def test_an_import_takes_the_same_statements_however_long(count):
    with CaptureQueriesContext(connection) as first:
        import_roster(crowd(count), by=None)
    with CaptureQueriesContext(connection) as changes:
        import_roster(crowd(count, uddannelsesstatus="Afbrudt", aftale_slut="30-06-2027"), by=None)
    with CaptureQueriesContext(connection) as again:
        import_roster(crowd(count, uddannelsesstatus="Afbrudt", aftale_slut="30-06-2027"), by=None)

    assert (len(first), len(changes), len(again)) == (16, 16, 10)


def test_25000_rows_take_few_statements():
    """Into empty tables: were each row derived in the time of all rows, the time limit of a test would end it."""
    content = crowd(25_000)
    with CaptureQueriesContext(connection) as statements:
        import_roster(content, by=None)

    assert (Student.objects.count(), Agreement.objects.count()) == (25_000, 25_000)
    assert len(statements) < 60


def command(tmp_path, content: bytes, *options: str) -> str:
    file = tmp_path / "elever.csv"
    file.write_bytes(content)
    output = io.StringIO()
    call_command("import_roster", str(file), *options, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_the_command_says_what_it_did(tmp_path):
    said = command(tmp_path, roster(row(), student(elevnummer="E2", udmeldt="01-03-2026")))

    assert "elever.csv er indlæst:" in said
    assert "Elever: 2 nye, 0 ændrede, 0 uændrede." in said
    assert "1 elev bliver meldt ud." in said
    assert Student.objects.count() == 2


def test_a_dry_run_says_what_would_be_done_and_saves_nothing(tmp_path):
    said = command(tmp_path, roster(row()), "--dry-run")

    assert "intet er gemt" in said
    assert "1 nye" in said
    assert not Student.objects.exists()


def test_a_full_delivery_names_the_students_it_lacks(tmp_path, school):
    StudentFactory(school=school, student_number="E9", name="Testelev Ni")

    assert "Ikke med i filen: E9 Testelev Ni" in command(tmp_path, roster(row()), "--full")
    assert "E9" not in command(tmp_path, roster(row()))


def test_the_command_names_line_column_and_remedy(tmp_path):
    with pytest.raises(CommandError) as failure:
        command(tmp_path, roster(row(foedselsdato="31-02-2004")))

    said = str(failure.value)
    assert "intet er gemt" in said
    assert "Linje 2, foedselsdato: Datoen “31-02-2004” findes ikke. Ret dag, måned eller år." in said


def test_the_command_shows_a_hundred_problems_and_counts_the_rest(tmp_path):
    with pytest.raises(CommandError) as failure:
        command(tmp_path, crowd(150, elevtype="Gæst"))

    assert "Fejl, der skal rettes: 150." in str(failure.value)
    assert str(failure.value).count("elevtype") == 100
    assert "… og 50 mere." in str(failure.value)


def test_the_command_says_which_file_it_cannot_read(tmp_path):
    with pytest.raises(CommandError, match="kan ikke læses"):
        call_command("import_roster", str(tmp_path / "findes-ikke.csv"))


def test_agreements_that_swap_with_the_database_still_may_not_overlap(school):
    kept = AgreementFactory(student__school=school, student__student_number="E1", number="GAMMEL")

    with pytest.raises(FileRejected) as rejected:
        import_roster(roster(row()), by=None)
    assert kept.number in str(rejected.value)
