"""The star: each employee's own list, which opens no door."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from schools.models import FollowedStudent
from schools.operations import follow_student, unfollow_student
from tests.factories import MembershipFactory, StudentFactory, days_from_today

FOLLOW = "schools:student_follow"


def click(client, student, **data):
    return client.post(reverse(FOLLOW, args=[student.public_id]), {"foelg": "ja", **data})


def followed_by(membership):
    return [followed.student.name for followed in FollowedStudent.objects.filter(membership=membership)]


def test_following_belongs_to_one_membership(school, logged_in):
    student = school.student("Anna")
    colleague = MembershipFactory(school_staff=True, school=school.school)
    same_person = MembershipFactory(school_staff=True, user=school.membership.user)

    click(logged_in(school.membership), student)

    assert followed_by(school.membership) == ["Anna"]
    assert followed_by(colleague) == []
    assert followed_by(same_person) == []


def test_a_second_click_of_an_old_page_changes_nothing(school):
    student = school.student("Anna")

    click(school.client, student)
    click(school.client, student)
    assert followed_by(school.membership) == ["Anna"]

    click(school.client, student, foelg="nej")
    click(school.client, student, foelg="nej")
    assert followed_by(school.membership) == []


def test_unfollowing_leaves_the_colleagues_list(school):
    student = school.student("Anna")
    colleague = MembershipFactory(school_staff=True, school=school.school)
    follow_student(student, by=colleague)
    follow_student(student, by=school.membership)

    unfollow_student(student, by=school.membership)

    assert followed_by(colleague) == ["Anna"]


def test_without_javascript_one_returns_to_where_one_was(school):
    student = school.student("Anna")

    answer = click(school.client, student, next="/elever/?niveau=high")

    assert answer.url == f"/elever/?niveau=high#foelg-{student.public_id}"
    assert f'id="foelg-{student.public_id}"' in school.page("?niveau=high&niveau=none")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(school, elsewhere):
    student = school.student("Anna")

    assert (
        click(school.client, student, next=elsewhere).url == f"/elever/{student.public_id}/#foelg-{student.public_id}"
    )


def test_htmx_gets_the_new_star(school):
    student = school.student("Anna")

    response = school.client.post(
        reverse(FOLLOW, args=[student.public_id]),
        {"foelg": "ja"},
        headers={"HX-Request": "true"},
    )

    star = response.content.decode()
    assert "<html" not in star
    assert 'aria-pressed="true"' in star
    assert "Følg Anna" in star


def test_a_star_opens_no_door(school):
    """Mine elever is a filter: who leaves the school leaves everybody's list."""
    student = school.student("Anna")
    follow_student(student, by=school.membership)
    student.signed_off_on = days_from_today(0)
    student.save()

    assert school.found("?mine=on") == []
    assert school.client.get(reverse("schools:student_detail", args=[student.public_id])).status_code == 404


def test_students_of_others_cannot_be_followed(school):
    foreign, signed_off = StudentFactory(), school.without_agreement(signed_off_on=days_from_today(0))

    for student in (foreign, signed_off):
        assert click(school.client, student).status_code == 404
        with pytest.raises(PermissionDenied):
            follow_student(student, by=school.membership)
    assert school.client.post(reverse(FOLLOW, args=[uuid4()])).status_code == 404
    assert not FollowedStudent.objects.exists()


@pytest.mark.parametrize("role", ["company_staff", "of_student", "administrator"])
def test_other_roles_are_refused(logged_in, role):
    membership = MembershipFactory(**{role: True})
    student = membership.student or StudentFactory()

    assert click(logged_in(membership), student).status_code == 403
    with pytest.raises(PermissionDenied):
        follow_student(student, by=membership)


def test_a_link_does_not_follow(school):
    student = school.student("Anna")

    assert school.client.get(reverse(FOLLOW, args=[student.public_id])).status_code == 405
    assert followed_by(school.membership) == []
