"""Nobody is limited to another company's workplace, and a workplace that goes to another company opens nothing."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite
from laereplads.notifications.models import OutgoingMail
from laereplads.people.models import Agreement
from laereplads.people.operations import merge_companies
from risk.models import AgreementListEntry
from tests.delegation.people import broker, signed_in
from tests.factories import AgreementFactory, CompanyFactory, MembershipFactory, WorkplaceFactory, days_from_today
from tests.row_policies.test_problems import sees

__all__ = ["broker"]
pytestmark = pytest.mark.django_db
OF_MEMBERSHIPS = "membership_is_limited_to_a_workplace_of_its_company"
OF_INVITATIONS = "invitation_is_limited_to_a_workplace_of_its_company"


@pytest.fixture
def place():
    return WorkplaceFactory(name="Plejecenter Prøve")


@pytest.fixture
def leader(place):
    return MembershipFactory(company_staff=True, company=place.company, workplace=place)


def refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


def invitation_to(place, **details):
    invite(place.company, name="Ny Leder", email="ny@test.example", workplace=place, by=None, **details)
    return Invitation.objects.get()


def test_a_membership_is_limited_to_a_workplace_of_its_company(leader):
    other = WorkplaceFactory()

    refused(OF_MEMBERSHIPS, lambda: MembershipFactory(company_staff=True, workplace=other))
    own = Membership.objects.filter(pk=leader.pk)
    refused(OF_MEMBERSHIPS, lambda: own.update(workplace=other))
    refused(OF_MEMBERSHIPS, lambda: own.update(company=other.company))
    own.update(workplace=WorkplaceFactory(company=leader.company))


def test_an_invitation_is_limited_to_a_workplace_of_its_company(place):
    invitation, other = invitation_to(place), WorkplaceFactory()

    refused(OF_INVITATIONS, lambda: Invitation.objects.filter(pk=invitation.pk).update(workplace=other))
    with pytest.raises(ValidationError, match="Vælg et af virksomhedens egne"):
        invite(place.company, name="En Anden", email="anden@test.example", workplace=other, by=None)


def test_forms_say_so_in_words(leader):
    leader.workplace = WorkplaceFactory()
    with pytest.raises(ValidationError, match="Vælg et af virksomhedens egne"):
        leader.clean()


@pytest.fixture
def merged(leader):
    """The leader's company, taken over today: one agreement goes along, and one had ended before."""
    own = {"company": leader.company, "workplace": leader.workplace}
    lately = AgreementFactory(**own, starts_on=days_from_today(-300), ends_on=days_from_today(-5))
    running = AgreementFactory(**own)
    successor = AgreementFactory().company
    merge_companies(leader.company, successor, on=timezone.localdate())
    return lately, running, successor


def test_a_merger_lets_nobody_see_more(leader, merged):
    lately, running, successor = merged
    ordinary = MembershipFactory(company_staff=True, company=leader.company)
    leader.refresh_from_db()

    assert (leader.company_id, leader.workplace.company_id) == (lately.company_id, successor.pk)
    for model, table in ((Agreement, "people_agreement"), (AgreementListEntry, "risk_agreementlistentry")):
        assert set(model.objects.visible_to(leader).values_list("pk", flat=True)) == {lately.pk}
        assert sees(leader, table) == sees(ordinary, table) == {lately.pk}
    # It may end, and be confirmed; nobody is limited to the workplace anew.
    Membership.objects.filter(pk=leader.pk).update(ends_on=timezone.localdate(), confirmed_on=timezone.localdate())
    refused(
        OF_MEMBERSHIPS,
        lambda: MembershipFactory(company_staff=True, company=leader.company, workplace_id=leader.workplace_id),
    )
    there = MembershipFactory(company_staff=True, company=successor, workplace=leader.workplace)
    assert sees(there, "people_agreement") == {running.pk}


def test_an_invitation_ends_with_the_workplace(place, client, broker):
    invitation = invitation_to(place)
    link = OutgoingMail.objects.get().link
    client.get(link)
    cvr = place.company.cvr
    merge_companies(place.company, CompanyFactory(), on=timezone.localdate())

    invitation.refresh_from_db()
    assert timezone.now() - invitation.withdrawn_at < datetime.timedelta(minutes=1)
    broker(client, signed_in(Scheme.MITID_ERHVERV, cvr=cvr))
    page = client.post(reverse("invitation_accept"), follow=True)
    assert page.status_code == 200
    assert not Membership.objects.exists()
    assert client.get(link).status_code == 422


def test_rights_are_changed_without_a_workplace_that_left_becoming_all_of_them(logged_in, leader, merged):
    WorkplaceFactory(company=leader.company)
    administrator = MembershipFactory(company_staff=True, company=leader.company, is_user_administrator=True)
    client = logged_in(administrator)
    address = reverse("user_detail", args=[leader.public_id])

    page = client.get(address)
    held = page.context["rights"]["workplace"].value()
    assert held == leader.workplace.p_number
    assert f'<option value="{held}" selected>' in page.text
    client.post(address, {"is_user_administrator": "on", "workplace": held})

    leader.refresh_from_db()
    assert leader.is_user_administrator
    assert leader.workplace.p_number == held


def test_who_looks_after_a_workplace_that_left_gives_no_access_there(logged_in, leader, merged):
    Membership.objects.filter(pk=leader.pk).update(is_user_administrator=True)
    leader.refresh_from_db()
    client = logged_in(leader)

    answer = client.post(reverse("user_invite"), {"people": "Ny Leder; ny@test.example", "yes": "ja"})

    assert answer.status_code == 422
    assert "Plejecenter Prøve er gået over til en anden virksomhed." in answer.text
    assert "Ny Leder; ny@test.example" in answer.text
    assert not Invitation.objects.exists()
