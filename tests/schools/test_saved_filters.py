"""Gemte filtre: an employee's own, and the mail about whom they find for the first time."""

import datetime
import html
import re
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laereplads.notifications.models import OutgoingMail
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.sending import as_jobs
from laereplads.notifications.timetable import run_due
from schools.models import FollowedStudent, SavedFilter, SavedFilterMatch, StudentGroup, StudentGroupMember
from schools.saved_filters import (
    MOST_REMEMBERED,
    MOST_SAVED,
    change_filter,
    delete_filter,
    save_filter,
    tell_of_new_matches,
)
from tests.factories import MembershipFactory, SavedFilterFactory, StudentFactory, StudentGroupFactory, days_from_today
from tests.schools.test_groups import text_of

LIST, CREATE = reverse("schools:saved_filter_list"), reverse("schools:saved_filter_create")
# A Monday at half past six in Copenhagen, and the time of the tests.
MONDAY = pytest.mark.today("2026-03-02")
DUE = datetime.datetime(2026, 3, 2, 5, 30, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def page(name, saved):
    return reverse(f"schools:{name}", args=[saved.public_id])


def save(school, query="niveau=high", name="Høj", *, tells_of_new=True):
    return save_filter(name, query, tells_of_new=tells_of_new, by=school.membership)


# Saving


def test_what_is_in_force_is_saved_and_led_to(school):
    overview = school.page("?niveau=high&sortering=oldest&ukendt=x")
    address = html.unescape(re.search(r'href="(/elever/filtre/gem/[^"]*)"', overview).group(1))

    assert "Frafaldsrisiko høj" in text_of(school.client.get(address))
    response = school.client.post(address, {"name": "Mine høje", "tells_of_new": "on"}, follow=True)

    saved = SavedFilter.objects.get()
    assert (saved.query, saved.tells_of_new) == ("niveau=high&sortering=oldest", True)
    assert response.redirect_chain == [("/elever/?niveau=high&sortering=oldest", 302)]
    assert re.search(
        r'<a href="\?niveau=high&amp;sortering=oldest" aria-current="true"[^>]*>Mine høje</a>', response.text
    )
    assert "/elever/filtre/gem/" not in response.text


def test_the_search_for_a_name_is_never_saved(school):
    address = f"{CREATE}?navn=Anna&niveau=high"

    assert "Fritekstsøgningen bliver ikke gemt" in text_of(school.client.get(address))
    school.client.post(address, {"name": "Høj"})

    assert SavedFilter.objects.get().query == "niveau=high"


@pytest.mark.parametrize("query", ["", "?navn=Anna", "?sortering=oldest", "?niveau=ukendt"])
def test_without_a_filter_there_is_nothing_to_save(school, query):
    assert "Der er ikke noget filter at gemme." in text_of(school.client.get(CREATE + query))
    assert school.client.post(CREATE + query, {"name": "Alle"}).status_code == 422
    assert not SavedFilter.objects.exists()
    assert "/elever/filtre/gem/" not in school.page(query)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Skriv et navn."),
        ("x" * 61, "Skriv højst 60 tegn."),
        ("HØJ", "Du har allerede et filter med det navn."),
        ("010203-1234", "Det ligner et CPR-nummer."),
    ],
)
def test_a_name_that_cannot_be_is_refused(school, name, words):
    save(school)
    other = save(school, name="Andet")
    for address in (f"{CREATE}?niveau=low", page("saved_filter_update", other)):
        response = school.client.post(address, {"name": name})
        assert response.status_code == 422
        assert words in text_of(response)
        assert name in response.text
    assert SavedFilter.objects.count() == 2


def test_a_colleague_may_use_the_same_name_and_sees_none_of_mine(school, logged_in):
    saved = save(school)
    colleague = MembershipFactory(school_staff=True, school=school.school)
    SavedFilterFactory(membership=colleague, name="Høj")
    client = logged_in(colleague)

    assert client.get(page("saved_filter_update", saved)).status_code == 404
    assert client.post(page("saved_filter_delete", saved)).status_code == 404
    with pytest.raises(PermissionDenied):
        change_filter(saved, "Nyt", tells_of_new=False, by=colleague)
    delete_filter(saved, by=colleague)
    assert SavedFilter.objects.count() == 2
    assert school.client.get(reverse("schools:saved_filter_update", args=[uuid4()])).status_code == 404


def test_nobody_has_more_than_twenty(school):
    for number in range(MOST_SAVED):
        SavedFilterFactory(membership=school.membership, name=f"Nr. {number}")

    response = school.client.post(f"{CREATE}?niveau=low", {"name": "Et til"})

    assert response.status_code == 422
    assert "Du har allerede 20 gemte filtre. Slet et af dem først." in text_of(response)
    with pytest.raises(ValidationError):
        save(school)


@pytest.mark.parametrize("role", ["company_staff", "of_student", "administrator"])
def test_other_roles_save_nothing(logged_in, role):
    membership = MembershipFactory(**{role: True})

    assert logged_in(membership).get(LIST).status_code == 403
    with pytest.raises(PermissionDenied):
        save_filter("Høj", "niveau=high", tells_of_new=False, by=membership)


def test_it_is_renamed_and_deleted(school):
    saved = save(school)

    assert "Filteret “Nyt” er gemt." in text_of(
        school.client.post(page("saved_filter_update", saved), {"name": "Nyt"}, follow=True)
    )
    saved.refresh_from_db()
    assert (saved.name, saved.tells_of_new) == ("Nyt", False)
    assert "er slettet" in text_of(school.client.post(page("saved_filter_delete", saved), follow=True))
    assert "Du har ingen gemte filtre endnu" in text_of(school.client.get(LIST))


def test_one_that_cannot_be_used_any_more_says_so(school):
    group = StudentGroupFactory(school=school.school)
    saved = save(school, f"gruppe={group.public_id}&niveau=high")
    group.delete()

    for response in (school.client.get(LIST), school.client.get(page("saved_filter_update", saved))):
        assert "Noget af det, du har gemt i Gruppe, findes ikke længere." in text_of(response)
    assert "Noget af det, der er valgt i Gruppe, kunne ikke bruges." in school.page(f"?{saved.query}")


def test_the_list_takes_the_same_few_queries_however_long_it_is(school):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert school.client.get(LIST).status_code == 200
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    SavedFilterFactory(membership=school.membership)
    # Once a minute the educations are one more.
    cost()
    one = cost()
    for _number in range(9):
        SavedFilterFactory(membership=school.membership)
    assert cost() == one


# Messages


def told(due_at=DUE):
    """Run the job as it runs at night: as the role of jobs, by the database's own rules."""
    with as_jobs():
        return tell_of_new_matches(due_at)


def mails():
    return list(OutgoingMail.objects.filter(kind="saved_filter_matches").values_list("counts", flat=True))


@MONDAY
def test_who_is_found_for_the_first_time_is_told_of_once(school):
    save(school)
    school.student("Anna", level="high")

    assert told() == 0, "the first time nobody is new"
    school.student("Bo", level="high")
    school.student("Carl", level="low")
    assert told() == 1
    assert told() == 0
    assert mails() == [{"students": 1}]


@MONDAY
def test_a_student_in_several_filters_is_counted_once_and_each_employee_by_their_own(school):
    save(school)
    save(school, "niveau=high&niveau=low", "To")
    colleague = MembershipFactory(school_staff=True, school=school.school)
    save_filter("Lav", "niveau=low", tells_of_new=True, by=colleague)
    told()
    school.student("Anna", level="high")
    school.student("Bo", level="low")

    assert told() == 2
    assert dict(OutgoingMail.objects.values_list("membership", "counts")) == {
        school.membership.pk: {"students": 2},
        colleague.pk: {"students": 1},
    }


@MONDAY
def test_who_left_and_comes_back_is_new_again(school):
    group = StudentGroupFactory(school=school.school)
    member = StudentGroupMember.objects.create(group=group, student=school.student("Anna"))
    save(school, f"gruppe={group.public_id}")
    told()
    member.delete()
    assert told() == 0
    StudentGroupMember.objects.create(group=group, student=member.student)

    assert told() == 1


@MONDAY
def test_mine_elever_is_the_employees_own_list(school):
    save(school, "mine=on")
    told()
    FollowedStudent.objects.create(membership=school.membership, student=school.student("Anna"))
    colleague = MembershipFactory(school_staff=True, school=school.school)
    FollowedStudent.objects.create(membership=colleague, student=school.student("Bo"))

    assert told() == 1
    assert mails() == [{"students": 1}]


FILTERS = {
    "relation": "relation=main_programme",
    "levels": "niveau=none",
    "registered_by": "senest=2026-03-01",
    "absence": "fravaer=ingen",
    "basic_programme": "grundforloeb=gf2",
    "running": "aftale=ja",
    "student_type": "elevtype=eud",
    "education": "uddannelse=ssa",
    "status": "status=main_programme",
    "visibility": "synlighed=none",
    "mine": "mine=on",
    "due": "vurdering=due&vurdering=never",
    "changed_since": "siden=2026-02-01",
    "company": "virksomhed=test",
    "hold": "hold=1a",
}


@MONDAY
@pytest.mark.parametrize("query", FILTERS.values(), ids=FILTERS)
def test_jobs_may_ask_for_everything_that_can_be_saved(school, query):
    """A column too few in the policies would be refused by the database."""
    save(school, query)
    school.student("Anna", level="high")

    assert told() == 0
    assert SavedFilter.objects.get().compared_at


@MONDAY
def test_jobs_see_the_groups_and_matches_of_one_at_a_time(school):
    def seen():
        return [model.objects.count() for model in (StudentGroup, StudentGroupMember, SavedFilterMatch)]

    for own in (school.membership, MembershipFactory(school_staff=True)):
        student = StudentFactory(school=own.school)
        group = StudentGroupFactory(school=own.school)
        StudentGroupMember.objects.create(group=group, student=student)
        SavedFilterMatch.objects.create(saved_filter=SavedFilterFactory(membership=own), student=student)

    with as_jobs():
        assert seen() == [0, 0, 0]
    with as_jobs(membership=school.membership.pk, school=school.membership.school_id):
        assert seen() == [1, 1, 1]


@pytest.mark.parametrize("day", ["2026-02-28", "2026-03-01", "2026-04-02", "2026-12-24"])
def test_on_days_off_nobody_is_told(school, day):
    save(school)
    due = datetime.datetime.fromisoformat(f"{day}T06:30:00+02:00")

    assert told(due) == 0
    assert SavedFilter.objects.get().compared_at is None


@MONDAY
def test_what_asks_for_no_messages_sends_none(school):
    save(school, tells_of_new=False)
    told()
    school.student(level="high")
    told()

    assert not mails()
    assert not SavedFilterMatch.objects.exists()


@MONDAY
def test_turned_off_it_forgets_and_begins_anew(school):
    saved = save(school)
    school.student("Anna", level="high")
    told()
    assert SavedFilterMatch.objects.count() == 1
    change_filter(saved, "Høj", tells_of_new=False, by=school.membership)
    assert not SavedFilterMatch.objects.exists()
    change_filter(saved, "Høj", tells_of_new=True, by=school.membership)

    assert told() == 0


@MONDAY
def test_one_that_cannot_be_used_tells_of_nobody(school):
    """Without its group it would find the whole school."""
    group = StudentGroupFactory(school=school.school)
    save(school, f"gruppe={group.public_id}")
    told()
    group.delete()
    school.student()

    assert told() == 0
    assert SavedFilter.objects.get().compared_at is None


@MONDAY
def test_one_that_finds_too_many_tells_of_nobody(school, monkeypatch):
    monkeypatch.setattr("schools.saved_filters.MOST_REMEMBERED", 1)
    save(school)
    school.student(level="high")
    told()
    school.student(level="high")

    assert told() == 0
    assert not SavedFilterMatch.objects.exists()
    assert MOST_REMEMBERED == 500


@MONDAY
def test_nobody_is_told_after_their_time_or_against_their_will(school):
    save(school)
    left = MembershipFactory(school_staff=True, school=school.school, ends_on=days_from_today(-1))
    SavedFilterFactory(membership=left, tells_of_new=True)
    told()
    choose_mails(school.membership, {"saved_filter_matches": False})
    school.student(level="high")

    assert told() == 0


@MONDAY
def test_the_timetable_runs_it_and_the_mail_names_nobody(school, mailoutbox):
    save(school)
    run_due(DUE)
    school.student("Anna Hemmelig", level="high")
    run_due(DUE + DAY)

    (mail,) = [each for each in mailoutbox if "gemte filtre" in each.body]
    assert "1 elev er ny i dine gemte filtre." in mail.body
    assert "Anna" not in mail.body
    assert "Høj" not in mail.body


@MONDAY
def test_it_takes_the_same_few_queries_however_many_are_found(school):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            told()
        return len(queries)

    save(school)
    school.student(level="high")
    told()
    one = cost()
    for _number in range(10):
        school.student(level="high")
    # That they are remembered, and told of.
    assert cost() <= one + 3
    assert cost() == one
