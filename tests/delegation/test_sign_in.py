"""Who is let in by a broker's word, who may ask, and who is turned away with which words."""

import pytest
from django.http import HttpResponseRedirect
from django.urls import reverse

from laereplads.access.models import Membership
from laereplads.accounts.models import Identity, Session, User
from laereplads.accounts.sign_in import brokers
from laereplads.accounts.sign_in.claims import Level, Scheme
from laereplads.accounts.sign_in.errors import BrokerAway, Cancelled, Refused
from laereplads.delegation.models import AccessRequest
from tests.delegation.people import broker, identity_of, signed_in
from tests.factories import (
    CompanyFactory,
    InvitationFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    days_from_today,
)

__all__ = ["broker"]
pytestmark = pytest.mark.django_db


def text_of(answer):
    return answer.content.decode()


def acts_for(client):
    return Session.objects.get().identity_id, client.get(reverse("front_page")).status_code


def test_a_known_identity_reaches_its_organisations_memberships(client, broker):
    membership = MembershipFactory(company_staff=True)
    identity = identity_of(membership.user, cvr=membership.company.cvr)
    answer = broker(client, signed_in(cvr=membership.company.cvr))
    assert answer.headers["Location"] == reverse("front_page")
    assert acts_for(client) == (identity.pk, 200)


def test_an_identity_reaches_no_other_organisations_membership(client, broker):
    user = MembershipFactory(company_staff=True).user
    own, other = MembershipFactory.create_batch(2, company_staff=True, user=user)
    identity_of(user, cvr=own.company.cvr)
    broker(client, signed_in(cvr=own.company.cvr))
    page = text_of(client.get(reverse("front_page")))
    assert own.company.name in page
    assert other.company.name not in text_of(client.get(reverse("choose_membership")))


def test_two_identities_of_one_user_reach_one_organisation_each(client, broker):
    user = MembershipFactory(company_staff=True).user
    first, second = user.memberships.get(), MembershipFactory(school_staff=True, user=user, school__cvr="99100028")
    identity_of(user, cvr=first.company.cvr, subject="first")
    identity_of(user, cvr="99100028", subject="second")
    for subject, cvr, name in (
        ("first", first.company.cvr, first.company.name),
        ("second", "99100028", second.school.name),
    ):
        broker(client, signed_in(subject=subject, cvr=cvr))
        assert name in text_of(client.get(reverse("front_page")))


@pytest.mark.parametrize("level", [Level.LOW])
def test_a_low_level_is_refused(client, broker, level):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, cvr=membership.company.cvr)
    answer = broker(client, signed_in(cvr=membership.company.cvr, level=level))
    assert answer.status_code == 403
    assert "sikrere niveau" in text_of(answer)
    assert not Session.objects.exclude(user=None)


def test_an_unknown_organisation_is_told_what_to_do(client, broker):
    answer = broker(client, signed_in(cvr="99100028"))
    assert answer.status_code == 403
    assert "Din arbejdsplads er ikke oprettet" in text_of(answer)
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("cvr", ["99100028", ""])
def test_an_identity_whose_cvr_number_has_changed_is_refused(client, broker, cvr):
    membership = MembershipFactory(company_staff=True)
    CompanyFactory(cvr="99100028")
    identity_of(membership.user, cvr=membership.company.cvr)
    answer = broker(client, signed_in(cvr=cvr))
    assert answer.status_code == 403
    assert "en anden organisation end før" in text_of(answer)


def test_another_p_number_than_the_schools_is_refused(client, broker):
    school = SchoolFactory(cvr="99100028", p_number="1003000001")
    membership = MembershipFactory(school_staff=True, school=school)
    identity_of(membership.user, cvr="99100028")
    assert broker(client, signed_in(cvr="99100028", p_number="1003000002")).status_code == 403
    assert broker(client, signed_in(cvr="99100028", p_number="1003000001")).status_code == 302
    client.logout()
    assert broker(client, signed_in(cvr="99100028")).status_code == 302


def test_whose_membership_has_ended_is_refused_and_an_open_session_ends(client, broker):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, cvr=membership.company.cvr)
    broker(client, signed_in(cvr=membership.company.cvr))
    assert client.get(reverse("front_page")).status_code == 200
    Membership.objects.filter(pk=membership.pk).update(ends_on=days_from_today(-1))
    assert client.get(reverse("front_page")).status_code == 302
    answer = broker(client, signed_in(cvr=membership.company.cvr))
    assert answer.status_code == 403
    assert "ikke adgang længere" in text_of(answer)


def test_a_closed_user_is_refused(client, broker):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, cvr=membership.company.cvr)
    User.objects.update(is_active=False)
    assert broker(client, signed_in(cvr=membership.company.cvr)).status_code == 403


def test_an_ended_identity_is_nobodys(client, broker):
    membership = MembershipFactory(company_staff=True)
    identity = identity_of(membership.user, cvr=membership.company.cvr)
    broker(client, signed_in(cvr=membership.company.cvr))
    Identity.objects.filter(pk=identity.pk).update(ended_at=membership.user.created_at)
    assert client.get(reverse("front_page")).status_code == 302
    answer = broker(client, signed_in(cvr=membership.company.cvr))
    assert answer.headers["Location"] == reverse("access_request")


def test_name_and_address_are_never_matched(client, broker):
    membership = MembershipFactory(company_staff=True)
    told = {"name": membership.user.name, "email": membership.user.email, "cvr": membership.company.cvr}
    assert broker(client, signed_in(**told)).headers["Location"] == reverse("access_request")
    identity_of(membership.user, cvr=membership.company.cvr)
    for other in ({}, {"name": "Helt Anden", "email": "anden@test.example"}):
        assert broker(client, signed_in(**told | {"name": "", "email": ""} | other)).status_code == 302
        assert User.objects.get(pk=membership.user_id).name == membership.user.name


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (Cancelled("cancelled"), 403, "Du afbrød login"),
        (BrokerAway("away"), 503, "svarer ikke lige nu"),
        (Refused("state"), 403, "Begynd forfra"),
        (Refused("late"), 403, "Login tog for lang tid"),
        (Refused("nonce"), 403, "kunne ikke bekræfte"),
        (Refused("<script>"), 403, "kunne ikke bekræfte"),
    ],
)
def test_what_goes_wrong_at_the_broker_is_said_and_nothing_is_half_done(client, broker, refusal, status, words):
    answer = broker(client, refusal)
    assert answer.status_code == status
    assert words in text_of(answer)
    assert "script>" not in text_of(answer).partition("<main")[2].partition("</main")[0]
    assert not Session.objects.exclude(user=None)
    assert not Identity.objects.exists()


def test_a_student_of_unilogin_is_known_by_the_uniid_of_the_roster(client, broker):
    student = StudentFactory(uniid="mark0001", school__institution_number="280001")
    told = {"scheme": Scheme.UNILOGIN, "uniid": "mark0001", "level": Level.LOW}
    for schools in ((), ("280002",)):
        answer = broker(client, signed_in(**told, institution_numbers=schools))
        assert answer.status_code == 403
        assert "Bed skolen om en kode" in text_of(answer)
    answer = broker(client, signed_in(**told, institution_numbers=("280002", "280001")))
    assert answer.headers["Location"] == reverse("front_page")
    membership = Membership.objects.get(student=student)
    assert (membership.user.name, membership.user.email) == (student.name, None)
    client.logout()
    assert broker(client, signed_in(**told, institution_numbers=("280001",))).status_code == 302
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("uniid", ["", "ukendt"])
def test_nobody_is_a_student_without_a_uniid(client, broker, uniid):
    StudentFactory(uniid="", school__institution_number="280001")
    told = {"scheme": Scheme.UNILOGIN, "uniid": uniid, "institution_numbers": ("280001",)}
    assert broker(client, signed_in(**told)).status_code == 403
    assert not Membership.objects.exists()


def test_a_private_mitid_reaches_no_employees_membership(client, broker):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, scheme=Scheme.MITID)
    assert broker(client, signed_in(Scheme.MITID)).status_code == 403


def test_a_second_factor_counts_as_given(client, broker, settings):
    settings.AUTHORITY_CVR = "99100001"
    membership = MembershipFactory(administrator=True)
    identity_of(membership.user, cvr="99100001")
    broker(client, signed_in(cvr="99100001"))
    assert client.get(reverse("admin:index")).status_code == 200


def test_another_organisations_administrator_is_none_of_the_authoritys(client, broker, settings):
    settings.AUTHORITY_CVR = "99100001"
    CompanyFactory(cvr="99100028")
    membership = MembershipFactory(administrator=True)
    identity_of(membership.user, cvr="99100028")
    assert broker(client, signed_in(cvr="99100028")).status_code == 403


def test_the_page_that_was_asked_for_comes_after_the_login(client, broker, settings, monkeypatch):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, cvr=membership.company.cvr)
    monkeypatch.setattr(
        brokers, "start", lambda *args, **options: HttpResponseRedirect("https://mitid-erhverv.example/a")
    )
    start = reverse("sign_in_start", args=["mitid-erhverv"])
    for wanted, led_to in (("/afslag/", "/afslag/"), ("https://evil.example/", reverse("front_page"))):
        answer = client.post(start, {"next": wanted})
        assert answer.headers["Refresh"] == "0;url=https://mitid-erhverv.example/a"
        assert broker(client, signed_in(cvr=membership.company.cvr)).headers["Location"] == led_to
        client.logout()


@pytest.mark.parametrize("scheme", [Scheme.MITID_ERHVERV, Scheme.MITID])
def test_a_low_level_is_remembered_nowhere(client, broker, scheme):
    """Neither by somebody unknown, nor on the way of an invitation, from where the other pages would go on."""
    company = CompanyFactory()
    student = StudentFactory()
    for secret, invited in (("a" * 64, {"company": company}), ("b" * 64, of_student(student)), ("", {})):
        if secret:
            InvitationFactory(secret_hash=secret, **invited)
            session = client.session
            session["invitation"] = secret
            session.save()
        told = {"cvr": company.cvr} if scheme == Scheme.MITID_ERHVERV else {"birth_date": student.birth_date}
        answer = broker(client, signed_in(scheme, level=Level.LOW, **told))
        assert answer.status_code == 403
        assert "sikrere niveau" in text_of(answer)
        client.post(reverse("invitation_accept"))
        client.post(reverse("access_request"), {"email": "ny@test.example"})
        assert not Identity.objects.exists()
        assert not AccessRequest.objects.exists()


def of_student(student):
    return {"role": "student", "student": student, "company": None, "name": "", "email": ""}


def test_who_leaves_an_invitation_logs_in_as_before(client, broker, monkeypatch):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, cvr=membership.company.cvr)
    InvitationFactory(secret_hash="a" * 64)
    monkeypatch.setattr(brokers, "start", lambda *args, **options: HttpResponseRedirect("https://mitid.example/"))
    for sent, led_to in (({"invitation": "1"}, "invitation_accept"), ({}, "front_page")):
        session = client.session
        session["invitation"] = "a" * 64
        session.save()
        client.post(reverse("sign_in_start", args=["mitid-erhverv"]), sent)
        answer = broker(client, signed_in(cvr=membership.company.cvr))
        assert answer.headers["Location"] == reverse(led_to)
