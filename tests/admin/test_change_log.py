"""The administrator searches the record, and changes nothing in it."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from laereplads.audit.models import Event
from laereplads.people.models import Student
from risk.operations import record_assessment
from tests.admin.test_admin import ENGLISH
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    UserFactory,
    WorkplaceFactory,
)

LIST = "admin:audit_event_changelist"


@pytest.fixture
def client(logged_in):
    return logged_in(MembershipFactory(administrator=True, user__name="Anders Administrator"))


def shown(client, query=""):
    """The rows of the list as plain text."""
    page = client.get(reverse(LIST), {"q": query} if query else {})
    assert page.status_code == 200
    rows = re.findall(r"<tr>(.*?)</tr>", page.text.split("<tbody>")[1] if "<tbody>" in page.text else "", re.DOTALL)
    return [" ".join(strip_tags(row).split()) for row in rows]


@pytest.mark.today("2026-03-02")
def test_it_tells_who_did_what_to_whom_in_danish_and_names_no_student(client):
    student = StudentFactory(name="Åse Hemmelig")
    client.post(
        reverse("admin:people_student_change", args=[student.pk]),
        {
            "name": "Bo Hemmelig", "birth_date": "09.09.2004", "school": student.school.pk, "student_number": "E1",
            "relation": "main_programme", "education": student.education.pk, "student_type": "eud",
            "status": "dropped_out", "basic_programme": "none", "visibility": "none",
        },
    )  # fmt: skip

    page = client.get(reverse(LIST), {"q": str(student.public_id)})
    [row] = [row for row in shown(client, str(student.public_id)) if "ændret" in row]
    assert "Elevens oplysninger er ændretAnders AdministratorAdministratorElev" in row
    assert "navn, elevnummer, uddannelsesstatus: I hovedforløb → Afbrudt" in row
    assert f"{student.public_id}" in row
    assert "2. marts 2026" in row
    assert "Hemmelig" not in page.text
    assert not re.search(ENGLISH, " ".join(strip_tags(page.text).split()))


def test_it_is_searched_by_student_request_day_and_organisation(client):
    school = SchoolFactory(name="Næstby Skole")
    membership = MembershipFactory(company_staff=True, company__name="Ærø Kommune")
    student = StudentFactory(school=school)
    made = Event.objects.create(
        action="student_changed", student=student.public_id, acting_for="Ærø Kommune", acting_membership=membership.pk,
        at="2024-05-06T23:30:00+02:00", request="0b3a4c1e-0000-4000-8000-000000000001",
    )  # fmt: skip

    for query in (str(made.request), "6.5.2024", "ærø", f"{student.public_id} 06.05.2024"):
        [row] = shown(client, query)
        assert "Ærø Kommune" in row
    assert shown(client, "7.5.2024") == shown(client, "findes ikke") == []
    assert len(shown(client, str(student.public_id))) == 2


@pytest.mark.today("2026-03-02")
def test_it_is_searched_by_who_did_it(client):
    client.post(reverse("admin:accounts_user_send_link", args=[UserFactory(name="Kaj Ny").pk]))

    [row] = shown(client, "anders admin 2.3.2026")
    assert "Link til adgangskode er sendt" in row
    assert shown(client, "kaj") == []


def test_what_a_change_refers_to_is_called_by_its_name(client):
    workplace = WorkplaceFactory(name="Plejehjemmet Bøgen", company__name="Ærø Kommune")
    agreement = AgreementFactory(company=workplace.company, workplace=workplace)
    agreement.workplace = WorkplaceFactory(name="Plejehjemmet Egen", company=workplace.company)
    agreement.save()

    told = "arbejdssted: Plejehjemmet Bøgen → Plejehjemmet Egen"
    assert told in client.get(reverse("admin:people_agreement_history", args=[agreement.pk])).text
    assert any(told in row for row in shown(client))


def test_it_is_filtered_by_action(client):
    StudentFactory()

    page = client.get(reverse(LIST), {"action__exact": "student_reported"})
    assert page.context["cl"].result_count == 1
    assert "action__exact=student_changed" in page.text
    assert "action__exact=assessment" not in page.text


@pytest.mark.parametrize("row_policies", ["in force", "taken away"])
def test_it_holds_nothing_of_assessments(client, row_policies, settings, monkeypatch):
    if row_policies == "taken away":
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("tests.")]
        monkeypatch.setattr("laereplads.database.identity.database_role", lambda role: "none")
    employee = MembershipFactory(company_staff=True)
    agreement = AgreementFactory(company=employee.company)
    record_assessment(agreement, "high", by=employee)

    rows = shown(client, str(agreement.student.public_id))
    assert len(rows) == 2
    assert not any("risiko" in row for row in rows)


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_few_statements_however_long(client, django_assert_max_num_queries, count):
    MembershipFactory.create_batch(count, school_staff=True)

    with django_assert_max_num_queries(8):
        client.get(reverse(LIST))


def test_it_comes_in_pages(client):
    StudentFactory.create_batch(60)

    assert len(shown(client)) == 50
    assert "p=2" in client.get(reverse(LIST)).text


def test_nothing_can_be_added_opened_or_changed(client):
    StudentFactory()
    event = Event.objects.first()

    assert client.get(reverse("admin:audit_event_add")).status_code == 403
    for page in ("change", "delete", "history"):
        for answer in (
            client.get(reverse(f"admin:audit_event_{page}", args=[event.pk])),
            client.post(reverse(f"admin:audit_event_{page}", args=[event.pk]), {"action": "x", "post": "yes"}),
        ):
            assert answer.status_code in {302, 403, 404} or "Historik" in answer.text
    assert Event.objects.get(pk=event.pk).action == event.action


@pytest.mark.parametrize("query", ["q=%00", "q=0b3a4c1e", "q=31.2.2024", "action__exact=%00", "p=x", "student__x=1"])
def test_it_bears_any_query(client, query):
    assert client.get(f"{reverse(LIST)}?{query}", follow=True).status_code == 200


def test_a_students_page_gives_the_id_that_the_record_knows_her_by(client):
    student = StudentFactory()

    assert str(student.public_id) in client.get(reverse("admin:people_student_change", args=[student.pk])).text
    assert Student.objects.get().public_id == student.public_id


@pytest.mark.today("2026-03-02")
def test_a_users_history_tells_of_links_and_memberships(client):
    user = UserFactory(name="Kaj Ny")
    membership = MembershipFactory(user=user, school_staff=True)
    client.post(reverse("admin:accounts_user_send_link", args=[user.pk]))
    client.post(
        reverse("admin:access_membership_change", args=[membership.pk]),
        {"starts_on": "01.01.2026", "ends_on": "01.06.2026"},
    )

    text = " ".join(strip_tags(client.get(reverse("admin:accounts_user_history", args=[user.pk])).text).split())
    for words in (
        *("Oplysninger er oprettet", "Tilknytning er oprettet", "Link til adgangskode er sendt"),
        *("Tilknytning er ændret", "til og med: – → 01.06.2026"),
    ):
        assert words in text


def test_every_answer_carries_a_number_of_its_own(client):
    first, second = (client.get("/", headers={"X-Request-ID": "valgt-af-mig"}) for _ in range(2))

    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert "valgt" not in first.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first.headers["X-Request-ID"])
