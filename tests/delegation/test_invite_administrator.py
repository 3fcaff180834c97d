"""The authority's own employees come in by an invitation that the operator sends, and nobody else by it."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.delegation.database_roles import as_sign_in
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite
from laereplads.notifications.models import OutgoingMail
from tests.delegation.people import broker, identity_of, signed_in
from tests.factories import CompanyFactory, MembershipFactory
from tests.sessions import session_of

__all__ = ["broker"]
pytestmark = pytest.mark.django_db
ACCEPT = "invitation_accept"
AUTHORITY = "99100052"


@pytest.fixture(autouse=True)
def authority(settings):
    settings.AUTHORITY_CVR, settings.AUTHORITY_NAME = AUTHORITY, "Myndigheden"


def run(email="Ida@Test.example", name="Ida  Præst"):
    output = io.StringIO()
    call_command("invite_administrator", email, name, stdout=output)
    return output.getvalue()


def link():
    return OutgoingMail.objects.latest("created_at").link


def test_an_employee_of_the_authority_becomes_administrator_by_one_yes(client, broker):
    said = run()
    assert "Ida Præst er inviteret." in said
    mail = OutgoingMail.objects.get()
    assert (mail.address, mail.organisation) == ("ida@test.example", "Myndigheden")
    client.get(mail.link)
    assert "Myndigheden inviterer dig" in client.get(reverse(ACCEPT)).text
    broker(client, signed_in(cvr=AUTHORITY))
    assert client.post(reverse(ACCEPT)).headers["Location"] == reverse("front_page")
    membership = Membership.objects.get()
    assert (membership.role, membership.user.name, membership.user.is_break_glass) == (
        "administrator",
        "Ida Præst",
        False,
    )
    assert not membership.user.has_usable_password()
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"cvr": "99100028"},
        {"cvr": ""},
        {"scheme": Scheme.MITID},
        {"scheme": Scheme.UNILOGIN, "uniid": "x"},
    ],
)
def test_nobody_else_does(client, broker, claims):
    run()
    client.get(link())
    broker(client, signed_in(**claims))
    assert client.post(reverse(ACCEPT)).status_code == 403
    assert not Membership.objects.exists()


def test_without_the_authoritys_number_nobody_is_invited_and_nobody_comes_in(client, broker, settings):
    run()
    settings.AUTHORITY_CVR = ""
    client.get(link())
    broker(client, signed_in(cvr=""))
    assert client.post(reverse(ACCEPT)).status_code == 403
    with pytest.raises(CommandError, match="AUTHORITY_CVR"):
        run("ny@test.example")


def test_again_the_first_link_no_longer_works(client):
    run()
    first = link()
    run()
    assert Invitation.objects.count() == 1
    assert client.get(first).status_code == 422


@pytest.mark.parametrize(
    ("email", "name", "message"), [("ida", "Ida", "e-mail"), ("ida@test.example", " ", "Skriv administratorens navn")]
)
def test_it_refuses_what_is_no_user(email, name, message):
    with pytest.raises(CommandError, match=message):
        run(email, name)
    assert not OutgoingMail.objects.exists()


def test_who_is_administrator_already_is_not_invited():
    held = MembershipFactory(administrator=True)
    with pytest.raises(CommandError, match="allerede adgang"):
        run(held.user.email)


@pytest.mark.parametrize("held", ["company_staff", "school_staff", "of_student"])
def test_who_reads_does_not_administer_too(broker, held):
    own = MembershipFactory(**{held: True})
    run()
    client = session_of(own)
    client.get(link())
    broker(client, signed_in(cvr=AUTHORITY, subject="second"))
    answer = client.post(reverse(ACCEPT))
    assert answer.status_code == 403
    assert "kan ikke også bruge den" in answer.text
    assert Membership.objects.get() == own


def test_who_administers_does_not_read_too(client, broker):
    own, company = MembershipFactory(administrator=True), CompanyFactory()
    identity_of(own.user, cvr=company.cvr)
    invite(company, name="Ny", email="ny@test.example", by=None)
    client.get(link())
    broker(client, signed_in(cvr=company.cvr))
    assert client.post(reverse(ACCEPT)).status_code == 403
    assert Membership.objects.get() == own


def test_the_database_refuses_it_without_the_operation():
    own, company = MembershipFactory(administrator=True), CompanyFactory()
    invitation = invite(company, name="Ny", email="ny@test.example", by=None)
    with (
        pytest.raises(DatabaseError, match="no reader at the same time"),
        transaction.atomic(),
        as_sign_in(secret_hash=invitation.secret_hash),
    ):
        Membership.objects.create(user_id=own.user_id, role="company_staff", company=company)
    assert User.objects.count() == 1
