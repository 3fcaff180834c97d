"""Files of users: who is invited, who is left as they are, and what is wrong with a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laereplads.access.models import Membership
from laereplads.access.roles import PERMISSIONS, Role
from laereplads.audit.models import Event
from laereplads.delegation.import_users.apply import import_users, plan_users
from laereplads.delegation.import_users.columns import LAYOUT
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite
from laereplads.imports.files.problems import FileRejected
from laereplads.notifications.models import OutgoingMail
from laereplads.people.operations import merge_companies
from tests.factories import (
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    UserFactory,
    WorkplaceFactory,
    cvr_number,
    days_from_today,
)
from tests.imports.rosters import sample_world

pytestmark = pytest.mark.django_db
URL = reverse("admin:accounts_user_import")
SAMPLE = project.BASE_DIR / "docs" / "brugere-eksempel.csv"
PERSON = {
    "navn": "Åse Ærø",
    "email": "aase@test.example",
    "organisation": "10000009",
    "rolle": "Medarbejder i en virksomhed",
    "p_nummer": "",
    "brugeradministrator": "",
}


def person(**cells: str) -> dict[str, str]:
    return {**PERSON, **cells}


def at_school(**cells: str) -> dict[str, str]:
    return person(**{"organisation": "299001", "rolle": "Medarbejder på en skole", **cells})


def file_of(*rows: Mapping[str, str], encoding: str = "utf-8", **options: Any) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), **{"delimiter": ";", "lineterminator": "\n", **options})
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def many(count: int, companies: int = 1, **cells: str) -> bytes:
    people = (
        person(email=f"bruger{n}@test.example", navn=f"Bruger nr. {n}", organisation=cvr_number(n % companies), **cells)
        for n in range(count)
    )
    return file_of(*people)


@pytest.fixture(autouse=True)
def company():
    return CompanyFactory(cvr="10000009", name="Åby Kommune")


@pytest.fixture
def school():
    return SchoolFactory(institution_number="299001", name="SOSU Ølby")


def imported(content: bytes, **options):
    """How many are new, changed and as they were."""
    [tally] = import_users(content, by=None, **options).tallies()
    assert tally.removed is None
    return tally[1:4]


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(FileRejected) as rejected:
        import_users(content, by=None)
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()
    return [str(problem) for problem in rejected.value.problems.shown()]


def told(content: bytes) -> list[tuple[str, ...]]:
    return [
        (line.what, line.number, line.name, line.field, line.before, line.after) for line in plan_users(content).lines()
    ]


def test_a_row_becomes_an_invitation(company):
    place = WorkplaceFactory(company=company)
    assert imported(file_of(person(p_nummer=place.p_number, brugeradministrator="ja"))) == (1, 0, 0)

    made = Invitation.objects.get()
    assert (made.name, made.email, made.role) == ("Åse Ærø", "aase@test.example", Role.COMPANY_STAFF)
    assert (made.company, made.school, made.workplace) == (company, None, place)
    assert (made.is_user_administrator, made.invited_by, made.is_usable) == (True, None, True)
    [mail] = OutgoingMail.objects.all()
    assert mail.address == "aase@test.example"
    assert not Membership.objects.exists()


@pytest.mark.parametrize("number", ["299001", cvr_number(9)])
def test_a_school_is_known_by_its_institution_number_or_its_cvr_number(school, number):
    type(school).objects.update(cvr=cvr_number(9))
    assert imported(file_of(at_school(organisation=number))) == (1, 0, 0)
    assert Invitation.objects.get().school == school


def test_the_sample_can_be_read_in_and_twice_sends_nothing():
    sample_world()
    assert imported(SAMPLE.read_bytes()) == (4, 0, 0)
    events = Event.objects.count()

    assert imported(SAMPLE.read_bytes()) == (0, 0, 4)
    assert Event.objects.count() == events
    assert OutgoingMail.objects.count() == 4


@pytest.mark.parametrize(
    "look",
    [
        {"encoding": "utf-8-sig"},
        {"encoding": "windows-1252"},
        {"delimiter": ","},
        {"lineterminator": "\r\n"},
        {"quoting": 1},
    ],
    ids=str,
)
def test_files_may_look_different_and_say_the_same(look):
    imported(file_of(person()))
    assert plan_users(file_of(person(email="AASE@Test.example", brugeradministrator="Nej"), **look)).changes_nothing


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (person(navn=""), "navn: Cellen er tom. Den skal udfyldes i alle rækker."),
        (person(navn="Ã…se"), "navn: Bogstaverne i “Ã…se” er ødelagt."),
        (person(navn="Åse 090904-1234"), "navn: Det ligner et CPR-nummer."),
        (person(navn="#N/A"), "navn: “#N/A” ser ud til at være ændret af et regneark."),
        (person(email=""), "email: Cellen er tom."),
        (person(email="aase"), "email: “aase” er ikke en e-mailadresse."),
        (person(email="0909041234@test.example"), "email: Det ligner et CPR-nummer."),
        (person(organisation=""), "organisation: Cellen er tom."),
        (person(organisation="1E+07"), "organisation: “1E+07” er hverken et CVR-nummer på 8 cifre eller et inst"),
        (person(organisation="12345678"), "organisation: “12345678” er ikke et gyldigt CVR-nummer."),
        (person(organisation="28000x"), "organisation: “28000x” er ikke et institutionsnummer."),
        (person(organisation=cvr_number(8)), f"organisation: Der er ingen virksomhed med CVR-nummer {cvr_number(8)}."),
        (person(organisation="299001"), "organisation: Et institutionsnummer er en skoles."),
        (at_school(organisation="299002"), "organisation: Der er ingen skole med nummer 299002."),
        (at_school(organisation="10000009"), "organisation: Der er ingen skole med nummer 10000009."),
        (person(rolle=""), "rolle: Cellen er tom."),
        (person(rolle="Administrator"), "rolle: “Administrator” kan ikke bruges. Skriv Medarbejder i en virksomhed"),
        (person(rolle="student"), "rolle: “student” kan ikke bruges."),
        (person(p_nummer="1"), "p_nummer: “1” er ikke et P-nummer."),
        (person(p_nummer="1300000001"), "p_nummer: Arbejdsstedet med P-nummer 1300000001 hører ikke til Åby Kommune."),
        (at_school(p_nummer="1300000001"), "p_nummer: Kun i en virksomhed kan man være knyttet til ét arbejdssted."),
        (person(brugeradministrator="måske"), "brugeradministrator: “måske” kan ikke bruges. Skriv ja eller nej."),
    ],
)
def test_a_bad_cell_is_named(school, row, problem):
    WorkplaceFactory(p_number="1300000001")
    [found] = problems_of(file_of(row))
    assert found.startswith(f"Linje 2, {problem}")


@pytest.mark.parametrize("content", [b"", b"%PDF-1", b"navn;email\nx;y\n", b"navn;cpr\nx;y\n"])
def test_a_bad_file_says_what_it_is(content):
    assert problems_of(content)


def test_several_schools_of_one_cvr_number_are_told_apart_by_their_own(school):
    SchoolFactory(cvr=cvr_number(9)), SchoolFactory(cvr=cvr_number(9))
    [problem] = problems_of(file_of(at_school(organisation=cvr_number(9))))
    assert "Flere skoler har CVR-nummer" in problem


def test_a_company_that_was_taken_over_invites_nobody(company):
    successor = CompanyFactory(name="Ny Kommune")
    merge_companies(company, successor, on=days_from_today(-1))
    [problem] = problems_of(file_of(person()))
    assert problem.endswith(f"Åby Kommune er overtaget af Ny Kommune. Skriv CVR-nummer {successor.cvr}.")


def test_an_administrator_is_let_in_nowhere():
    MembershipFactory(administrator=True, user=UserFactory(email="aase@test.example"))
    [problem] = problems_of(file_of(person()))
    assert problem.startswith("Linje 2, email: En administrator kan ikke også have adgang til elever.")


def test_who_stands_twice_at_one_organisation_is_left_out_and_at_two_is_invited_twice(company, school):
    assert "står også på linje 2" in problems_of(file_of(person(), person(email="AASE@test.example")))[0]
    assert imported(file_of(person(), at_school())) == (2, 0, 0)


def test_wrong_rows_are_left_out_and_the_rest_is_invited():
    content = file_of(person(), person(email="x"))
    assert imported(content, partial=True) == (1, 0, 0)
    assert [invitation.email for invitation in Invitation.objects.all()] == ["aase@test.example"]


def test_what_is_changed_of_an_invitation_is_told_and_its_other_flags_stay(school):
    invite(school, name="Åse Ærø", email="aase@test.example", is_leader=True, by=None)
    content = file_of(at_school(brugeradministrator="ja"))

    assert told(content) == [("Ændret", "aase@test.example", "Åse Ærø, SOSU Ølby", "Brugeradministrator", "Nej", "Ja")]
    assert imported(content) == (0, 1, 0)
    changed = Invitation.objects.get()
    assert (changed.is_user_administrator, changed.is_leader) == (True, True)
    assert imported(content) == (0, 0, 1)


def test_who_has_access_gets_no_invitation_but_other_rights(company):
    place = WorkplaceFactory(company=company)
    user = UserFactory(email="aase@test.example", name="Åse Ærø Bro")
    membership = MembershipFactory(company_staff=True, company=company, user=user, workplace=place)
    assert imported(file_of({name: PERSON[name] for name in ("navn", "email", "organisation", "rolle")})) == (0, 0, 1)

    content = file_of(person(brugeradministrator="ja"))
    assert told(content) == [
        ("Ændret", "aase@test.example", "Åse Ærø Bro, Åby Kommune", "Brugeradministrator", "Nej", "Ja"),
        ("Ændret", "aase@test.example", "Åse Ærø Bro, Åby Kommune", "Kun for arbejdssted", place.name, ""),
    ]
    assert imported(content) == (0, 1, 0)
    membership.refresh_from_db()
    assert (membership.is_user_administrator, membership.workplace) == (True, None)
    assert not Invitation.objects.exists()


def test_whose_access_has_ended_is_invited(company):
    user = UserFactory(email="aase@test.example")
    MembershipFactory(company_staff=True, company=company, user=user, ends_on=days_from_today(-1))
    assert imported(file_of(person())) == (1, 0, 0)


def test_an_invitation_that_ran_out_is_told_and_not_sent_again():
    imported(file_of(person()))
    Invitation.objects.update(expires_at=timezone.now())

    plan = import_users(file_of(person()), by=None)
    assert plan.changes_nothing
    assert plan.notes() == ["1 invitation er udløbet og bliver ikke sendt igen af filen."]
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("count", [2, 100])
def test_a_plan_takes_the_same_statements_however_long(count):
    content = many(count)
    with CaptureQueriesContext(connection) as plan:
        plan_users(content)
    assert len(plan) == 5


CELLS = st.one_of(
    st.sampled_from(["", " ", "Åse Ærø", "aase@test.example", "AASE@Test.example", "10000009", "299001", "1300000001"]),
    st.sampled_from(["company_staff", "Medarbejder på en skole", "student", "ja", "NEJ", "1E+07", "#N/A", "=1+1"]),
    st.sampled_from(["090904-1234", "Ã¸", "\x00", "\u200b", '"', ";", "\n", "\t", "x" * 300, "a" * 250 + "@b.dk"]),
    st.text(max_size=8),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wrong=st.lists(st.tuples(st.sampled_from([*PERSON]), CELLS), max_size=3),
    other=st.lists(st.tuples(st.sampled_from([*PERSON]), CELLS), max_size=2),
)
def test_whatever_stands_in_the_cells_is_invited_or_refused_and_again_changes_nothing(school, wrong, other):
    content = file_of(person(**dict(wrong)), at_school(**dict(other)))
    with transaction.atomic():
        plan = import_users(content, by=None, partial=True)
        assert Invitation.objects.count() == OutgoingMail.objects.count() == len(plan.new)
        for invitation in Invitation.objects.all():
            invitation.full_clean()
        assert plan_users(content).changes_nothing
        transaction.set_rollback(True)


def test_each_invitation_costs_one_statement_more_its_mail():
    """Two thousand are sent in under a minute."""
    costs = []
    for count in (2, 52):
        with CaptureQueriesContext(connection) as statements:
            import_users(many(count), by=None)
        costs.append(len(statements))
    assert costs[1] - costs[0] == 48


def test_what_the_database_asks_itself_is_not_asked_before_as_well(company):
    with CaptureQueriesContext(connection) as statements:
        invite(company, name="Åse Ærø", email="aase@test.example", by=None)
    assert len(statements) <= 6


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"is_leader": True}, "Rollen kan ikke have de rettigheder."),
        ({"name": "090904-1234"}, "Det ligner et CPR-nummer."),
        ({"name": ""}, "invitation_of_staff_says_whom_and_where_to"),
        ({"email": "x"}, "gyldig e-mail-adresse"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_in_words(company, changed, text):
    given = {"name": "Åse Ærø", "email": "aase@test.example", **changed}
    with pytest.raises(ValidationError, match=text):
        invite(company, **given, by=None)
    assert not Invitation.objects.exists()


# In the administration


@pytest.fixture
def administrator():
    return MembershipFactory(administrator=True)


@pytest.fixture
def client(logged_in, administrator):
    return logged_in(administrator)


def upload(client, content: bytes):
    return client.post(URL, {"file": SimpleUploadedFile("brugere.csv", content, "text/csv")})


def test_a_file_is_previewed_and_invites_after_a_yes(client, administrator):
    preview = upload(client, file_of(person(), person(email="x"))).url
    page = client.get(preview).text
    assert "1 invitation bliver sendt med mail." in page
    assert "<td>Ny invitation</td>" in page
    assert "“x” er ikke en e-mailadresse" in page
    assert not Invitation.objects.exists()

    done = client.post(preview, follow=True).text
    assert "Brugere: 1 nye, 0 ændrede." in done
    assert "1 række er udeladt" in done
    assert Invitation.objects.get().invited_by == administrator


def test_an_administrator_changes_rights_of_who_has_access(client, company):
    user = UserFactory(email="aase@test.example", name="Åse Ærø")
    membership = MembershipFactory(company_staff=True, company=company, user=user)
    client.post(upload(client, file_of(person(brugeradministrator="ja"))).url)

    membership.refresh_from_db()
    assert membership.is_user_administrator


def test_whoever_may_not_is_refused(client, monkeypatch):
    preview = upload(client, file_of(person())).url
    monkeypatch.setitem(PERMISSIONS, Role.ADMINISTRATOR, PERMISSIONS[Role.ADMINISTRATOR] - {"delegation.import_users"})
    for page in (URL, preview, f"{preview}fil/"):
        assert client.get(page).status_code == 403
    assert client.post(preview).status_code == 403
    assert not Invitation.objects.exists()


def test_the_page_and_the_manual_tell_of_every_column(client):
    page, manual = client.get(URL).text, (project.BASE_DIR / "docs" / "users-files.md").read_text()
    for column in LAYOUT.columns:
        assert column.header in page
        assert f"`{column.header}`" in manual


def test_the_list_of_users_leads_to_the_import(client):
    assert f'href="{URL}"' in client.get(reverse("admin:accounts_user_changelist")).text


# The command


def command(tmp_path, content: bytes, *options: str) -> str:
    file = tmp_path / "brugere.csv"
    file.write_bytes(content)
    output = io.StringIO()
    call_command("import_users", str(file), *options, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_the_command_tries_and_invites(tmp_path):
    assert "Brugere: 1 nye" in command(tmp_path, file_of(person()), "--dry-run")
    assert not Invitation.objects.exists()
    assert "Ny invitation: aase@test.example Åse Ærø, Åby Kommune" in command(tmp_path, file_of(person()))
    assert Invitation.objects.count() == 1


def test_the_command_names_line_column_and_remedy(tmp_path):
    with pytest.raises(CommandError, match="Linje 2, email: “x” er ikke en e-mailadresse"):
        command(tmp_path, file_of(person(email="x")))
