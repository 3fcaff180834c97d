"""The overview as a spreadsheet, read back with another library: the rows of the screen, and nothing else."""

import datetime
import io
import re
import tempfile
import zipfile

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from laereplads.access.roles import PERMISSIONS, Role
from laereplads.access_log.models import AccessLogEntry
from laereplads.people import educations
from laereplads.people.models import Student
from laereplads.web import spreadsheets
from schools.models import FollowedStudent
from schools.purposes import STUDENT_SPREADSHEET
from tests.factories import AgreementFactory, EducationFactory, StudentFactory, days_from_today
from tests.other_session import LOCK, other_session
from tests.rejections.hostile import HOSTILE
from tests.schools.conftest import absent, assess

XLSX = "/elever/elever.xlsx"
TRAITS = {"student_type": "eud", "status": "main_programme", "relation": "main_programme"}
HEADINGS = [
    *("Navn", "Uddannelse", "Igangværende aftale", "Aftalen slutter", "Profil", "Frafaldsrisiko", "Registreret"),
    *("Fravær i procent", "Ulovligt fravær i procent"),
]


def sheet(school, query=""):
    response = school.client.get(XLSX + query)
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.getvalue())).active


def lines(school, query=""):
    """The rows below the headings."""
    found = [[cell.value for cell in row] for row in sheet(school, query).iter_rows()]
    return found[found.index(HEADINGS) + 1 :]


def names(school, query=""):
    return [name for name, *_others in lines(school, query)]


@pytest.mark.today("2026-03-02")
def test_a_line_says_what_the_row_on_the_screen_shows(school):
    student = StudentFactory(name="Testelev 3", school=school.school, visibility="visible")
    agreement = AgreementFactory(student=student, starts_on=days_from_today(-900), ends_on=days_from_today(87))
    assess(agreement, "medium", "2026-01-20T10:00:00+01:00")
    absent(student, [(360, 27, 18)] * 5)
    school.without_agreement("Uden Aftale", education=None)
    FollowedStudent.objects.create(membership=school.membership, student=student)

    assert lines(school) == [
        [
            "Testelev 3",
            "Social- og sundhedsassistent",
            "Ordinær aftale",
            datetime.datetime(2026, 5, 28),  # noqa: DTZ001  # a sheet's dates have no zone
            "Synlig profil",
            "Middel",
            datetime.datetime(2026, 1, 20),  # noqa: DTZ001
            12.5,
            5,
        ],
        ["Uden Aftale", "Uddannelse ikke valgt", "Ingen", None, "Ingen profil", None, None, None, None],
    ]


@pytest.mark.today("2026-03-02")
def test_the_file_says_whose_it_is_when_it_was_made_and_what_was_chosen(school):
    school.student("Anna", level="high")
    query = "?niveau=high&niveau=medium&senest=2026-03-01&sortering=risk"

    response = school.client.get(XLSX + query)
    assert response.headers["Content-Disposition"] == 'attachment; filename="elever-2026-03-02.xlsx"'
    found = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    assert [row[0].value for row in found.iter_rows(max_row=6)] == [
        f"Elevoversigt: {school.school.name}",
        "Hentet 2. marts 2026 kl. 09.00",
        "Filtre: Frafaldsrisiko høj eller middel, Senest registreret 01.03.2026",
        "Sorteret efter: højeste risiko",
        "Filen indeholder personoplysninger. Slet den, når du ikke skal bruge den mere.",
        None,
    ]
    assert found.freeze_panes == "A8"
    assert found["G8"].number_format == "[$-406]dd\\.mm\\.yyyy"
    assert "Filtre: ingen, alle skolens elever er med" in [row[0].value for row in sheet(school).iter_rows()]


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?sortering=risk",
        "?sortering=oldest",
        "?niveau=high&niveau=none&sortering=risk",
        "?senest=2026-02-10&sortering=oldest",
        "?navn=elev+1",
        "?mine=on",
        "?aftale=nej",
        "?niveau=ukendt&sortering=omvendt",
    ],
)
def test_the_rows_are_those_of_all_pages_in_the_same_order(school, monkeypatch, query):
    monkeypatch.setattr("schools.queries.STUDENTS_PER_PAGE", 3)
    for number in range(8):
        day = f"2026-02-{1 + 7 * number % 20:02}T12:00:00+01:00"
        student = school.student(f"Elev {number}", level=("high", "medium", "low", "")[number % 4], at=day)
        if number % 3 == 0:
            FollowedStudent.objects.create(membership=school.membership, student=student)
    school.without_agreement("Uden Aftale")
    StudentFactory(name="Fremmed Elev")
    called = {str(student.public_id): student.name for student in Student.objects.all()}

    on_screen = [called[student] for page in school.pages(query) for student in page]
    assert len(on_screen) > 0
    assert names(school, query) == on_screen


def test_the_button_says_how_many_and_leads_to_the_same_students(school):
    school.student("Anna", level="high")
    school.student("Bo", level="low")
    for query, words in (
        ("", "Hent 2 elever som regneark"),
        ("?niveau=low&sortering=risk", "Hent 1 elev som regneark"),
    ):
        address, text = re.search(
            r'href="(/elever/elever\.xlsx[^"]*)">(?:<svg.*?</svg>)?([^<]*)<', school.page(query)
        ).groups()
        assert (address, text) == (XLSX + query.replace("&", "&amp;"), words)
    assert "elever.xlsx" not in school.page("?niveau=medium")
    assert lines(school, "?niveau=medium") == []


def test_it_has_a_permission_of_its_own(school, monkeypatch):
    school.student("Anna")
    without = PERMISSIONS[Role.SCHOOL_STAFF] - {"schools.export_student"}
    monkeypatch.setitem(PERMISSIONS, Role.SCHOOL_STAFF, without)

    assert "elever.xlsx" not in school.page()
    assert school.client.get(XLSX).status_code == 403


def readings():
    found = AccessLogEntry.objects.filter(purpose=STUDENT_SPREADSHEET).order_by("id")
    return [list(reading.students) for reading in found]


def test_the_students_in_it_are_one_reading_and_several_where_they_are_very_many(school, monkeypatch):
    ids = [school.student(f"Elev {number}").pk for number in range(5)]
    sheet(school)
    assert readings() == [ids]

    monkeypatch.setattr("schools.spreadsheets.STUDENTS_PER_ENTRY", 2)
    sheet(school)
    assert readings()[1:] == [ids[:2], ids[2:4], ids[4:]]


def test_hostile_names_stay_text(school):
    """The education's and the school's names are typed by administrators, students' come in files."""
    stored = sorted({text.replace("\x00", "").strip() for text in HOSTILE[::4]})
    Student.objects.bulk_create(
        Student(name=text, school=school.school, student_number=f"X{number}", birth_date="2004-09-09", **TRAITS)
        for number, text in enumerate(stored)
    )
    content = school.client.get(XLSX + "?sortering=oldest").getvalue()
    found = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in found.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert len(lines(school)) == len(stored) > 100
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in b"".join(parts.read(name) for name in parts.namelist())


def test_it_takes_the_same_few_queries_however_long_it_is(school):
    def cost():
        educations.forget()
        with CaptureQueriesContext(connection) as queries:
            assert len(lines(school)) > 0
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    school.student("Test")
    one = cost()
    for number in range(20):
        school.student(f"Test {number}", education=EducationFactory(helper=True))

    assert len(cost()) == len(one) <= 8
    # Where students stand is all that is read: nothing of birth dates and addresses.
    assert not [statement for statement in one if "people_student" in statement]


@pytest.mark.parametrize("is_pooled", [False, True])
def test_rows_are_read_through_a_cursor_on_the_server(school, monkeypatch, is_pooled):
    """So that memory does not grow with them; also where Django is told not to, because of PgBouncer."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_pooled)
    school.student("Anna")
    rows = spreadsheets.row_by_row(Student.objects.values_list("name"))
    assert next(rows) == ("Anna",)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_cursors where name like '_django_curs%'")
        assert cursor.fetchone() == (1,)


def test_what_was_begun_is_gone_when_something_goes_wrong(tmp_path, monkeypatch):
    def rows():
        yield ("Anna",)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] != []
        raise RuntimeError

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError):
        spreadsheets.xlsx(spreadsheets.Layout("Elever", [spreadsheets.Column("Navn", 10)], ""), rows())
    assert list(tmp_path.iterdir()) == []


# Others at the same time


@pytest.fixture
def somebody_else(db):
    with other_session() as other:
        yield other


def test_only_so_many_are_made_at_once(school, somebody_else):
    school.student("Anna")
    for place in range(spreadsheets.AT_ONCE):
        somebody_else.execute(LOCK, [f"spreadsheet:{place}"])

    refused = school.client.get(XLSX + "?niveau=none")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "30"
    assert f'href="{XLSX}?niveau=none"' in refused.content.decode()
    assert 'href="/elever/?niveau=none">Tilbage til elevoversigten' in refused.content.decode()
    assert readings() == []

    somebody_else.rollback()
    assert names(school) == ["Anna"]


def test_nobody_makes_two_at_once(school, somebody_else):
    school.student("Anna")
    somebody_else.execute(LOCK, [f"spreadsheet of user:{school.membership.user_id}"])

    # At once: whoever waits keeps no worker.
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1ms'")
    assert school.client.get(XLSX).status_code == 429
    somebody_else.rollback()
    assert names(school) == ["Anna"]
