"""Grupper: lists of students that the school's staff have in common."""

import html
import io
import json
import re
from uuid import uuid4

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.models import Event
from schools.groups import MOST_AT_ONCE, add_students, create_group, delete_group, remove_students, rename_group
from schools.models import StudentGroup, StudentGroupMember
from tests.factories import MembershipFactory, SchoolFactory, StudentFactory, StudentGroupFactory, days_from_today

LIST, ADD = reverse("schools:group_list"), reverse("schools:group_add")


def names(group):
    return sorted(group.members.values_list("student__name", flat=True))


def text_of(response):
    """What a page says, without its markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def page(name, group):
    return reverse(f"schools:{name}", args=[group.public_id])


@pytest.fixture
def group(school):
    return StudentGroupFactory(school=school.school, name="Studietur")


def put_in(group, *students):
    StudentGroupMember.objects.bulk_create(StudentGroupMember(group=group, student=student) for student in students)


# The list, names


def test_a_group_that_one_makes_is_the_schools(school, logged_in):
    response = school.client.post(LIST, {"name": "  Studietur   i maj "}, follow=True)

    assert "Gruppen “Studietur i maj” er oprettet." in text_of(response)
    colleague = logged_in(MembershipFactory(school_staff=True, school=school.school))
    assert "Studietur i maj" in text_of(colleague.get(LIST))
    stranger = logged_in(MembershipFactory(school_staff=True))
    assert "Skolen har ingen grupper endnu" in text_of(stranger.get(LIST))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Skriv et navn."),
        ("   ", "Skriv et navn."),
        ("x" * 61, "Skriv højst 60 tegn."),
        ("Øvehold", "Skolen har allerede en gruppe med det navn."),
        ("øVEHOLD", "Skolen har allerede en gruppe med det navn."),
        ("010203-1234", "Det ligner et CPR-nummer."),
    ],
)
@pytest.mark.parametrize("other", [False, True])
def test_a_name_that_cannot_be_is_refused_and_stays_in_the_form(school, name, words, other):
    StudentGroupFactory(school=school.school, name="Øvehold")
    address = page("group_update", StudentGroupFactory(school=school.school)) if other else LIST
    before = sorted(StudentGroup.objects.values_list("name", flat=True))

    response = school.client.post(address, {"name": name})

    assert response.status_code == 422
    assert words in text_of(response)
    assert f'value="{name.strip()}"' in response.content.decode() or not name.strip()
    assert sorted(StudentGroup.objects.values_list("name", flat=True)) == before


def test_another_school_may_use_the_same_name(school):
    StudentGroupFactory(name="Studietur")

    assert create_group("studietur", by=school.membership).name == "studietur"


@pytest.mark.parametrize("name", ["", "Hold 010203-1234"])
def test_the_database_refuses_such_names_too(school, name):
    with pytest.raises(DatabaseError), transaction.atomic():
        StudentGroup.objects.create(school=school.school, name=name)


def test_the_database_keeps_students_in_groups_of_their_own_school(school, group):
    foreign = StudentFactory()
    with pytest.raises(DatabaseError, match="student_is_in_groups_of_their_school"), transaction.atomic():
        put_in(group, foreign)
    with pytest.raises(DatabaseError, match="group_stays_its_schools"), transaction.atomic():
        StudentGroup.objects.filter(pk=group.pk).update(school=SchoolFactory())


def test_each_group_leads_to_as_many_students_as_it_counts(school, group):
    put_in(group, school.student("Anna"), school.student("Bo"))
    put_in(group, school.student("Udmeldt", signed_off_on=days_from_today(0)))
    StudentGroupFactory(school=school.school, name="Tom")

    found = re.findall(r'href="([^"]*gruppe=[^"]*)">(\d+) elev', school.client.get(LIST).content.decode())

    assert [int(count) for _address, count in found] == [2, 0]
    for address, count in found:
        assert len(school.found(html.unescape(address).removeprefix("/elever/"))) == int(count)


def test_the_list_takes_the_same_few_queries_however_long_it_is(school):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert school.client.get(LIST).status_code == 200
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    put_in(StudentGroupFactory(school=school.school), school.student())
    one = cost()
    for _number in range(9):
        put_in(StudentGroupFactory(school=school.school), school.student(), school.student())
    assert cost() == one <= 5


def test_a_group_is_deleted_after_a_question_with_all_that_are_in_it(school, group):
    put_in(group, school.student("Anna"), school.student(signed_off_on=days_from_today(0)))

    assert "Der er 1 elev i gruppen." in text_of(school.client.get(page("group_delete", group)))
    assert "er slettet" in text_of(school.client.post(page("group_delete", group), follow=True))

    assert not StudentGroup.objects.exists()
    assert not StudentGroupMember.objects.exists()
    assert school.found() == ["Anna"]


@pytest.mark.parametrize("role", ["company_staff", "of_student", "administrator"])
def test_other_roles_do_nothing_with_groups(logged_in, group, role, school):
    membership, student = MembershipFactory(**{role: True}), school.student()

    for address in (LIST, ADD, page("group_update", group), page("group_delete", group), page("group_remove", group)):
        assert logged_in(membership).get(address).status_code == 403
    for act in (
        lambda: create_group("Ny", by=membership),
        lambda: rename_group(group, "Ny", by=membership),
        lambda: delete_group(group, by=membership),
        lambda: add_students(group, [student.pk], by=membership),
        lambda: remove_students(group, [student.pk], by=membership),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_another_schools_group_is_not_there(school):
    foreign = StudentGroupFactory(name="Fremmed")
    for name in ("group_update", "group_delete", "group_remove"):
        assert school.client.get(page(name, foreign)).status_code == 404
        assert school.client.post(page(name, foreign), {"name": "Ny", "antal": "0"}).status_code == 404
    with pytest.raises(PermissionDenied):
        rename_group(foreign, "Ny", by=school.membership)
    with pytest.raises(PermissionDenied):
        add_students(foreign, [], by=school.membership)
    assert StudentGroup.objects.get().name == "Fremmed"


def test_nobody_else_is_put_into_a_group(school, group):
    for student in (StudentFactory(), school.without_agreement(signed_off_on=days_from_today(0))):
        with pytest.raises(PermissionDenied):
            add_students(group, [student.pk], by=school.membership)


def test_what_is_done_with_a_group_is_recorded(school, group):
    anna = school.student("Anna")
    own = school.membership
    made = create_group("Ny", by=own)
    rename_group(made, "Nyere", by=own)
    add_students(made, [anna.pk], by=own)
    remove_students(made, [anna.pk], by=own)
    delete_group(made, by=own)

    events = Event.objects.filter(object_type__startswith="schools.").order_by("id")
    assert list(events.values_list("action", "student"))[-5:] == [
        ("student_group_added", None),
        ("student_group_renamed", None),
        ("student_joined_group", anna.public_id),
        ("student_left_group", anna.public_id),
        ("student_group_deleted", None),
    ]
    # A name is free text.
    assert "Nyere" not in str(list(events.values_list("changes", flat=True)))


def test_a_student_reads_in_which_groups_they_are(school, group, logged_in):
    put_in(group, school.student("Anna"), me := school.student("Bo"))
    StudentGroupFactory(school=school.school, name="Elevråd")
    client = logged_in(MembershipFactory(of_student=True, student=me))

    file = json.loads(client.get(reverse("students:own_data_file")).content)

    assert file["student_groups"] == [{"group_name": "Studietur"}]
    page_of_mine = text_of(client.get(reverse("students:own_data")))
    assert "Studietur" in page_of_mine
    assert "Elevråd" not in page_of_mine


# Elevoversigt


def test_elevoversigt_is_narrowed_to_a_group(school, group):
    put_in(group, school.student("Anna", level="high"), school.student("Bo"))
    school.student("Carl", level="high")
    query = f"?gruppe={group.public_id}"

    assert school.found(query) == ["Anna", "Bo"]
    assert school.found(f"{query}&niveau=high") == ["Anna"]
    assert school.counts(query)["high"] == 1
    assert "Gruppe “Studietur”" in html.unescape(school.page(query))
    assert f'<option value="{group.public_id}" selected' in school.page(query)


def test_the_spreadsheet_has_the_group_only(school, group):
    put_in(group, school.student("Anna"))
    school.student("Bo")

    response = school.client.get(reverse("schools:student_xlsx") + f"?gruppe={group.public_id}")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).active.values)

    assert any("Gruppe “Studietur”" in str(row[0]) for row in rows)
    assert [row[0] for row in rows if row[0] in {"Anna", "Bo"}] == ["Anna"]


@pytest.mark.parametrize("unknown", ["foreign", "nothing", "ikke-et-id"])
def test_a_group_that_is_not_the_schools_is_left_out_and_said(school, unknown):
    school.student("Anna")
    key = {"foreign": StudentGroupFactory(name="Fremmed").public_id, "nothing": uuid4()}.get(unknown, unknown)

    assert school.found(f"?gruppe={key}") == ["Anna"]
    assert "Noget af det, der er valgt i Gruppe, kunne ikke bruges." in school.page(f"?gruppe={key}")
    assert "Fremmed" not in school.page(f"?gruppe={key}")


def test_few_who_are_left_out_of_a_group_are_logged(school, group):
    put_in(group, school.student("Anna"))
    bo = school.student("Bo")

    school.page(f"?gruppe={group.public_id}")

    assert AccessLogEntry.objects.get(purpose="search").students == [bo.pk]


# Many at once


def post_all(client, address, **data):
    """Answer the page as it says itself how many there are."""
    seen = re.search(r'name="antal" value="(\d+)"', client.get(address).content.decode()).group(1)
    return client.post(address, {"antal": seen, **data}, follow=True)


def test_all_that_the_filter_finds_are_put_into_a_group(school, group):
    put_in(group, school.student("Anna", level="high"))
    school.student("Bo", level="high")
    school.student("Carl")
    overview = school.page("?niveau=high")
    address = html.unescape(re.search(r'href="(/grupper/foej/[^"]*)"', overview).group(1))

    asked = text_of(school.client.get(address))
    assert "Føj de 2 elever til en gruppe" in html.unescape(overview)
    assert "Du er ved at føje 2 elever til en gruppe." in asked
    assert "Frafaldsrisiko høj" in asked
    response = post_all(school.client, address, group=group.public_id)

    assert response.redirect_chain == [(f"/elever/?gruppe={group.public_id}", 302)]
    assert "1 elev er føjet til gruppen “Studietur”. 1 var der allerede." in text_of(response)
    assert names(group) == ["Anna", "Bo"]


def test_a_new_group_can_be_made_on_the_way(school):
    school.student("Anna")

    post_all(school.client, ADD, name="Ny gruppe")

    assert names(StudentGroup.objects.get(name="Ny gruppe")) == ["Anna"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Vælg en gruppe, eller skriv navnet på en ny."),
        ({"name": "Ny", "group": "own"}, "Ikke begge dele."),
        ({"group": "foreign"}, "Gruppen findes ikke længere."),
        ({"name": "studietur"}, "Skolen har allerede en gruppe med det navn."),
        ({"name": "010203-1234"}, "Det ligner et CPR-nummer."),
    ],
)
def test_it_must_be_plain_which_group(school, group, data, words):
    school.student("Anna")
    keys = {"own": group.public_id, "foreign": StudentGroupFactory().public_id}
    if "group" in data:
        data = {**data, "group": keys[data["group"]]}

    response = school.client.post(ADD, {"antal": "1", **data})

    assert response.status_code == 422
    assert words in text_of(response)
    assert data.get("name", "") in response.content.decode()
    assert not StudentGroupMember.objects.exists()


def test_more_than_at_once_are_refused_and_it_is_said(school, group, monkeypatch):
    monkeypatch.setattr("schools.group_views.MOST_AT_ONCE", 2)
    for _number in range(3):
        school.student()

    asked = school.client.get(ADD)
    assert "Filtrene finder 3 elever. Du kan højst vælge 2 ad gangen." in text_of(asked)
    assert '<form method="post"' not in asked.content.decode().split('id="content"')[-1].split("<footer")[0]
    assert school.client.post(ADD, {"antal": "3", "group": group.public_id}).status_code == 422
    assert names(group) == []
    assert MOST_AT_ONCE == 500


def test_who_came_meanwhile_is_asked_about_again(school, group):
    school.student("Anna")
    response = school.client.post(ADD, {"antal": "2", "group": group.public_id})

    assert response.status_code == 409
    assert "Elevoversigten er ændret" in text_of(response)
    assert names(group) == []


def test_a_filter_that_cannot_be_used_puts_nobody_into_a_group(school, group):
    """It would be everybody."""
    school.student("Anna")
    address = f"{ADD}?niveau=ukendt"

    assert "Noget af det, der er valgt i Frafaldsrisiko (SOSU), kunne ikke bruges." in text_of(
        school.client.get(address)
    )
    assert school.client.post(address, {"antal": "1", "group": group.public_id}).status_code == 422
    assert names(group) == []


def test_nobody_is_found_and_nothing_happens(school, group):
    assert "Ingen elever passer til filtrene." in text_of(school.client.get(f"{ADD}?niveau=high"))
    assert school.client.post(f"{ADD}?niveau=high", {"antal": "0", "group": group.public_id}).status_code == 422


def test_the_page_that_tells_of_few_is_logged_as_a_search(school):
    anna, bo = school.student("Anna", level="high"), school.student("Bo")

    school.client.get(f"{ADD}?niveau=high")

    assert AccessLogEntry.objects.get().students == [anna.pk, bo.pk]
    assert AccessLogEntry.objects.get().purpose == "search"


def test_all_that_the_filter_finds_in_the_group_are_taken_out(school, group):
    put_in(group, school.student("Anna", level="high"), school.student("Bo"))
    carl = school.student("Carl", level="high")
    overview = school.page(f"?gruppe={group.public_id}&niveau=high")
    address = html.unescape(re.search(r'href="(/grupper/[^"]*/fjern/[^"]*)"', overview).group(1))

    assert "Du er ved at fjerne 1 elev fra gruppen “Studietur”." in text_of(school.client.get(address))
    response = post_all(school.client, address)

    assert "1 elev er fjernet fra gruppen “Studietur”." in text_of(response)
    assert names(group) == ["Bo"]
    assert carl.name in school.found()


def test_a_removal_that_is_not_as_it_was_seen_is_asked_about_again(school, group):
    put_in(group, school.student("Anna"))

    assert school.client.post(page("group_remove", group), {"antal": "2"}).status_code == 409
    assert names(group) == ["Anna"]


# The profile


def tick(client, student, *, before=(), after=(), **more):
    address = reverse("schools:student_groups", args=[student.public_id])
    return client.post(
        address,
        {"foer": [each.public_id for each in before], "gruppe": [each.public_id for each in after], **more},
        follow=True,
    )


def test_a_student_is_put_into_groups_and_taken_out_on_the_profile(school, group):
    anna, other = school.student("Anna"), StudentGroupFactory(school=school.school, name="Elevråd")
    put_in(group, anna)

    response = tick(school.client, anna, before=[group], after=[other], liste="niveau=high")

    assert response.redirect_chain[0][0].endswith(f"/elever/{anna.public_id}/?fane=profil&liste=niveau%3Dhigh#grupper")
    assert "Elevens grupper er gemt." in text_of(response)
    assert (names(group), names(other)) == ([], ["Anna"])
    assert re.search(rf'value="{other.public_id}" class="form-checkbox" id="[^"]*" checked', response.content.decode())


def test_an_old_page_does_not_undo_what_colleagues_did_meanwhile(school, group):
    anna, other = school.student("Anna"), StudentGroupFactory(school=school.school)
    put_in(other, anna)

    tick(school.client, anna, after=[group])
    tick(school.client, anna, after=[group])

    assert names(group) == names(other) == ["Anna"]


def test_a_group_that_was_deleted_meanwhile_is_said(school, group):
    anna, foreign = school.student("Anna"), StudentGroupFactory()

    response = tick(school.client, anna, after=[group, foreign])

    assert "En gruppe, du valgte, er slettet i mellemtiden. Resten er gemt." in text_of(response)
    assert (names(group), names(foreign)) == (["Anna"], [])


def test_others_students_are_not_there(school, group):
    for student in (StudentFactory(), school.without_agreement(signed_off_on=days_from_today(0))):
        assert tick(school.client, student, after=[group]).status_code == 404
    assert names(group) == []


def test_a_school_without_groups_says_so_on_the_profile(school):
    address = reverse("schools:student_detail", args=[school.student().public_id]) + "?fane=profil"
    assert "Skolen har ingen grupper endnu." in text_of(school.client.get(address))


def test_who_refuses_a_name_says_why(school, group):
    with pytest.raises(ValidationError, match="allerede en gruppe"):
        create_group("STUDIETUR", by=school.membership)
