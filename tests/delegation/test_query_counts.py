"""The pages of those who look after users take the same queries however many users there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laereplads.delegation import confirmations
from laereplads.delegation.operations import invite_student
from laereplads.people.models import Student
from tests.factories import (
    AccessRequestFactory,
    InvitationFactory,
    MembershipFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.sessions import session_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_company():
    return MembershipFactory(company_staff=True, is_user_administrator=True)


@pytest.fixture
def of_school():
    return MembershipFactory(school_staff=True, is_user_administrator=True)


def queries_of(site, page, **sent):
    address = reverse(page)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = site.post(address, sent) if sent else site.get(address)
    assert answer.status_code == 200
    return len(queries), answer.content.decode()


def colleagues(own, count):
    place = WorkplaceFactory(company=own.company)
    return MembershipFactory.create_batch(count, company_staff=True, company=own.company, workplace=place)


def test_users(of_company):
    site, found = session_of(of_company), []
    site.get(reverse("user_list"))
    for count in (1, 9):
        for colleague in colleagues(of_company, count):
            InvitationFactory(company=of_company.company, workplace=colleague.workplace)
            AccessRequestFactory(company=of_company.company)
        found.append(queries_of(site, "user_list"))
    assert "11 har adgang" in found[1][1]
    assert found[0][0] == found[1][0]


@pytest.mark.parametrize("are_answered", [False, True])
def test_confirmation(of_company, are_answered):
    site, found = session_of(of_company), []
    site.get(reverse("user_confirmation"))
    for count, day in ((1, -800), (9, -400)):
        names = [colleague.user.name for colleague in colleagues(of_company, count)]
        opened = confirmations.open_confirmation(of_company.company, on=days_from_today(day))
        if are_answered:
            confirmations.answer(opened, {line.pk: True for line in opened.lines.all()}, by=of_company)
        found.append(queries_of(site, "user_confirmation"))
        assert names[-1] in found[-1][1]
        if not are_answered:
            # The next list is opened when this one is over.
            confirmations.answer(opened, {line.pk: True for line in opened.lines.all()}, by=of_company)
    assert found[0][0] == found[1][0]


def test_student_codes(of_school):
    site, found = session_of(of_school), []
    # The names of educations are asked for once.
    StudentFactory(school=of_school.school)
    site.get(reverse("student_codes"))
    for count in (1, 8):
        for student in StudentFactory.create_batch(count, school=of_school.school):
            invite_student(student, by=of_school)
        found.append(queries_of(site, "student_codes"))
    assert "10 elever uden adgang" in found[1][1]
    assert found[0][0] == found[1][0]


def test_letters_take_the_same_queries_for_each(of_school):
    """Here they may grow: each code is drawn, its old one found and the new one written, student by student."""
    site, found = session_of(of_school), []
    site.get(reverse("student_codes"))
    for count in (1, 1, 8):
        StudentFactory.create_batch(count, school=of_school.school)
        found.append(queries_of(site, "student_letters", alle="1")[0])
    for_each = found[1] - found[0]
    assert Student.objects.count() == 10
    assert found[2] - found[1] == 8 * for_each
    assert for_each <= 6
