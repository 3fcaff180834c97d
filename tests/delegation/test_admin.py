"""The authority invites an organisation's first Brugeradministrator."""

import pytest
from django.urls import reverse

from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite_student
from laereplads.notifications.models import OutgoingMail
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, StudentFactory
from tests.sessions import session_of

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:delegation_invitation_add", "admin:delegation_invitation_changelist"


@pytest.fixture
def site():
    return session_of(MembershipFactory(administrator=True))


@pytest.mark.parametrize("factory", [CompanyFactory, SchoolFactory])
def test_an_administrator_invites_the_first_one(site, factory):
    party = factory()
    kind = party._meta.model_name
    assert 'name="is_user_administrator"' in site.get(reverse(ADD)).text
    sent = {kind: party.pk, "name": "Første", "email": "foerste@test.example", "is_user_administrator": "on"}
    answer = site.post(reverse(ADD), sent, follow=True)
    assert "Første er inviteret og får en mail" in answer.text
    invitation = Invitation.objects.get()
    assert (getattr(invitation, kind), invitation.is_user_administrator) == (party, True)
    assert OutgoingMail.objects.get().address == "foerste@test.example"
    assert invitation.name in site.get(reverse(LIST)).text


def test_what_is_missing_is_said(site):
    both = {"company": CompanyFactory().pk, "school": SchoolFactory().pk}
    for sent, words in (
        ({}, "Vælg enten en virksomhed eller en skole"),
        (both | {"name": "X", "email": "x@test.example"}, "Vælg enten en virksomhed eller en skole"),
        ({"company": both["company"]}, "Skriv navn og e-mailadresse"),
        ({"company": both["company"], "name": "X", "email": "nej"}, "E-mail"),
    ):
        answer = site.post(reverse(ADD), sent)
        assert words in answer.text, sent
    assert not Invitation.objects.exists()


def test_who_has_access_already_is_said(site):
    held = MembershipFactory(company_staff=True)
    sent = {"company": held.company_id, "name": "Skrevet Navn", "email": held.user.email}
    answer = site.post(reverse(ADD), sent, follow=True)
    assert "Personen har allerede adgang" in answer.text
    assert "Skrevet Navn" in answer.text


def test_a_name_that_holds_a_cpr_number_is_refused_and_nothing_typed_is_lost(site):
    sent = {"company": CompanyFactory().pk, "name": "Ida 010203-1234", "email": "ida@test.example"}
    answer = site.post(reverse(ADD), sent)
    assert "CPR-nummer" in answer.text
    assert "ida@test.example" in answer.text
    assert not Invitation.objects.exists()


def test_students_invitations_are_no_business_of_the_authority(site):
    student = StudentFactory()
    by = MembershipFactory(school_staff=True, school=student.school, is_user_administrator=True)
    invite_student(student, by=by)
    page = site.get(reverse(LIST)).text
    assert student.name not in page
    assert "0 invitationer" in page
