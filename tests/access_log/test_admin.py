"""The administrator searches the access log: what finds what, who it was, and that nothing can be changed."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from companies.purposes import RISK_OVERVIEW
from laereplads.access.models import Membership
from laereplads.access_log import admin as access_log_admin
from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.operations import log_access
from laereplads.people.models import Student
from schools.purposes import STUDENT_OVERVIEW, STUDENT_PROFILE
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-03-02")]

LIST = "/admin/access_log/accesslogentry/"


@pytest.fixture
def administrator():
    return MembershipFactory(administrator=True)


@pytest.fixture
def student(frozen_clock):
    """Seen by their company on Friday evening, and by their school today together with another."""
    agreement = AgreementFactory(student__name="Ida Prøvesen", company__name="Ærøskøbing Kommune")
    student = agreement.student
    company = MembershipFactory(company_staff=True, company=agreement.company, user__name="Kirsten Kigger")
    mentor = MembershipFactory(school_staff=True, school=student.school, user__name="Mette Mentor")
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-02-27T23:59:00+01:00"), tick=True)
    log_access(company, RISK_OVERVIEW, [student.pk])
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-03-02T09:00:00+01:00"), tick=True)
    log_access(mentor, STUDENT_OVERVIEW, [student.pk, StudentFactory(name="En Anden").pk])
    log_access(mentor, STUDENT_PROFILE, [StudentFactory(name="En Tredje").pk])
    return student


def found(client, **query):
    """The employees of the entries that the list shows, the newest first."""
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [entry.membership.user.name for entry in response.context_data["cl"].result_list]


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("", ["Mette Mentor", "Mette Mentor", "Kirsten Kigger"]),
        ("{student}", ["Mette Mentor", "Kirsten Kigger"]),
        ("{student} 27.02.2026", ["Kirsten Kigger"]),
        ("27-02-2026", ["Kirsten Kigger"]),
        ("02.03.2026", ["Mette Mentor", "Mette Mentor"]),
        ("aeroeskoebing", ["Kirsten Kigger"]),
        ("{school}", ["Mette Mentor", "Mette Mentor"]),
        ("kigger", ["Kirsten Kigger"]),
        ("Mette mentor", ["Mette Mentor", "Mette Mentor"]),
        ("mette 27.02.2026", []),
        ("Prøvesen", []),
        ("ingen", []),
        ("00000000-0000-4000-8000-000000000000", []),
        ("31.02.2026", []),
    ],
)
def test_search_by_student_employee_organisation_and_day(logged_in, administrator, student, words, who):
    words = words.format(student=student.public_id, school=student.school.name)
    assert found(logged_in(administrator), q=words) == who


def test_an_administrators_own_entries_are_found_by_her_name(logged_in, student):
    client = logged_in(MembershipFactory(administrator=True, user__name="Asta Administrator"))
    client.get(reverse("admin:people_student_change", args=[student.pk]))

    assert found(client, q="asta") == ["Asta Administrator"]


def test_a_day_ends_at_midnight(logged_in, administrator, student, frozen_clock):
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-02-28T00:00:00+01:00"), tick=False)
    early = MembershipFactory(school_staff=True, user__name="Signe Søvnløs")
    log_access(early, STUDENT_PROFILE, [student.pk])
    frozen_clock.move_to(datetime.datetime.fromisoformat("2026-03-02T09:00:00+01:00"), tick=True)

    assert found(logged_in(administrator), q="27.02.2026") == ["Kirsten Kigger"]
    assert found(logged_in(administrator), q="28.02.2026") == ["Signe Søvnløs"]


def test_a_search_by_employee_finds_no_colleague_and_asks_by_organisation(logged_in, administrator, student):
    """The log has an index of organisations, and none of employees."""
    for role, party in (("company_staff", "company"), ("school_staff", "school")):
        mentor = Membership.objects.get(role=role)
        colleague = MembershipFactory(role=role, **{party: getattr(mentor, party)}, user__name="Karl Kollega")
        log_access(colleague, STUDENT_PROFILE, [student.pk])
        with CaptureQueriesContext(connection) as queries:
            assert set(found(logged_in(administrator), q=mentor.user.name.split()[1])) == {mentor.user.name}
        asked = [query["sql"] for query in queries if 'FROM "access_log_accesslogentry"' in query["sql"]]
        assert all(f'"{party}_id" IN ({getattr(mentor, party).pk})' in sql for sql in asked)


def test_the_list_says_for_which_organisation_and_how_many(logged_in, administrator, student):
    client = logged_in(administrator)
    client.get(reverse("admin:people_student_change", args=[student.pk]))

    page = client.get(LIST).content.decode()
    headers = [
        strip_tags(header).strip() for header in re.findall(r"<th[^>]*column-\w+[^>]*>(.*?)</th>", page, re.DOTALL)
    ]
    assert [header for header in headers if header] == ["Tidspunkt", "Organisation", "Formål", "Medarbejder", "Elever"]
    rows = [
        (strip_tags(organisation), strip_tags(employee), count)
        for organisation, employee, count in re.findall(
            r'field-organisation[^"]*">(.*?)</td>.*?field-employee[^"]*">(.*?)</td>.*?field-how_many[^"]*">(.*?)</td>',
            page,
        )
    ]
    assert rows == [
        ("Administrationen", administrator.user.name, "1"),
        (student.school.name, "Mette Mentor", "1"),
        (student.school.name, "Mette Mentor", "2"),
        ("Ærøskøbing Kommune", "Kirsten Kigger", "1"),
    ]


def test_search_by_purpose(logged_in, administrator, student):
    assert found(logged_in(administrator), purpose__exact="risk_overview") == ["Kirsten Kigger"]


def test_one_entry_tells_who_it_was_and_students_by_number_only(logged_in, administrator, student):
    entry = AccessLogEntry.objects.get(purpose=STUDENT_OVERVIEW)

    text = logged_in(administrator).get(f"{LIST}{entry.pk}/change/").content.decode()

    assert "Mette Mentor" in text
    other = Student.objects.get(name="En Anden")
    assert re.search(r"<label>Elever:?</label>", text)
    # In the order of their numbers, which says nothing about names.
    assert re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', text.partition("field-named")[2]) == [
        (reverse("admin:people_student_change", args=[one.pk]), str(one.public_id)) for one in (student, other)
    ]
    assert "Ida Prøvesen" not in text


def test_looking_into_the_log_leaves_no_entry(logged_in, administrator, student):
    before = AccessLogEntry.objects.count()
    client = logged_in(administrator)
    client.get(LIST)
    client.get(f"{LIST}{AccessLogEntry.objects.first().pk}/change/")

    assert AccessLogEntry.objects.count() == before


def test_a_students_page_leads_to_who_has_seen_her(logged_in, administrator, student):
    client = logged_in(administrator)
    page = client.get(reverse("admin:people_student_change", args=[student.pk])).content.decode()
    [address] = re.findall(rf'href="({LIST}[^"]*)"', page)

    response = client.get(address)

    assert [entry.purpose for entry in response.context_data["cl"].result_list] == [
        "student_maintenance",
        "student_overview",
        "risk_overview",
    ]


def test_a_request_can_be_told_from_another(logged_in, administrator, student):
    client = logged_in(administrator)
    for _ in range(2):
        client.get(reverse("admin:people_student_change", args=[student.pk]))

    requests = AccessLogEntry.objects.filter(purpose="student_maintenance").values_list("request", flat=True)

    assert None not in requests
    assert len(set(requests)) == 2


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["add/", "{pk}/delete/"])
def test_nothing_is_added_or_deleted(logged_in, administrator, student, method, page):
    address = LIST + page.format(pk=AccessLogEntry.objects.first().pk)
    assert getattr(logged_in(administrator), method)(address).status_code == 403


def test_nothing_is_changed(logged_in, administrator, student):
    entry = AccessLogEntry.objects.first()
    answer = logged_in(administrator).post(f"{LIST}{entry.pk}/change/", {"purpose": "assessment"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("shown", "rest"), [(1, ["… og 1 mere"]), (2, []), (3, [])])
def test_a_long_list_of_students_ends(logged_in, student, monkeypatch, shown, rest):
    monkeypatch.setattr(access_log_admin, "STUDENTS_SHOWN", shown)
    entry = AccessLogEntry.objects.get(purpose=STUDENT_OVERVIEW)

    text = logged_in(MembershipFactory(administrator=True)).get(f"{LIST}{entry.pk}/change/").content.decode()
    assert re.findall("… og .* mere", text) == rest
    assert "</li></ul>" in text.partition("field-named")[2]


def test_a_long_log_ends_and_says_where(logged_in, administrator, student, monkeypatch):
    client = logged_in(administrator)
    said = f"{access_log_admin.LEAFED_THROUGH:,}".replace(",", ".")
    assert f"Listen har de {said} nyeste visninger, der passer." in client.get(LIST).content.decode()

    monkeypatch.setattr(access_log_admin, "LEAFED_THROUGH", 2)
    assert client.get(LIST).context_data["cl"].result_count == 2


def test_the_list_takes_the_same_statements_however_long(logged_in, administrator, student):
    client, counts = logged_in(administrator), []
    for entries in (1, 30):
        for _ in range(entries):
            log_access(MembershipFactory(school_staff=True), STUDENT_PROFILE, [student.pk])
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 12
