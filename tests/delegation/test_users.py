"""Brugere: an organisation's own administrators see, invite, change and end, and nobody else's users."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.audit.models import Event
from laereplads.delegation.models import AccessRequest, Invitation
from laereplads.delegation.operations import invite
from laereplads.notifications.models import OutgoingMail
from tests.delegation.people import broker, identity_of, signed_in
from tests.factories import (
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.sessions import session_of

__all__ = ["broker"]
pytestmark = pytest.mark.django_db


def text_of(answer):
    return answer.content.decode()


@pytest.fixture
def own():
    return MembershipFactory(company_staff=True, is_user_administrator=True, company__name="Fjordby Kommune")


@pytest.fixture
def site(own):
    return session_of(own)


def kinds():
    return list(OutgoingMail.objects.order_by("created_at").values_list("kind", flat=True))


def test_who_looks_after_no_users_finds_no_way_to_them():
    site = session_of(MembershipFactory(company_staff=True))
    assert site.get(reverse("user_list")).status_code == 403
    assert reverse("user_list") not in text_of(site.get(reverse("front_page")))


def test_a_page_that_forgets_its_permission_acts_as_no_administrator_of_users(monkeypatch):
    monkeypatch.setattr(Membership, "grants", lambda membership, permission: True)
    site = session_of(MembershipFactory(company_staff=True))
    site.raise_request_exception = False
    assert site.get(reverse("user_list")).status_code == 500


def test_two_schools_of_one_legal_unit_both_let_in_who_asked_both(client, broker):
    schools = [SchoolFactory(cvr="25313763") for _ in range(2)]
    owns = [MembershipFactory(school_staff=True, school=school, is_user_administrator=True) for school in schools]
    broker(client, signed_in(cvr="25313763", name="Ny Kollega"))
    for school in schools:
        told = {"email": "ny@test.example", "organisation": f"school-{school.pk}"}
        assert client.post(reverse("access_request"), told).status_code == 202
    for own in owns:
        request = AccessRequest.objects.get(school=own.school)
        address = reverse("request_detail", args=[request.public_id])
        assert session_of(own).post(address, {"yes": "1"}).status_code == 302
    assert len(Membership.objects.filter(user__email="ny@test.example")) == 2


def test_the_list_names_colleagues_and_nobody_elses(site, own):
    colleague = MembershipFactory(company_staff=True, company=own.company, user__name="Karin Kollega")
    identity_of(colleague.user, cvr=own.company.cvr, last_signed_in_at=timezone.now())
    identity_of(colleague.user, cvr="99100028", subject="elsewhere", last_signed_in_at=None)
    foreign = MembershipFactory(company_staff=True, user__name="Fremmed Person")
    former = MembershipFactory(
        company_staff=True, company=own.company, ends_on=days_from_today(-1), user__name="Tidligere"
    )
    page = text_of(site.get(reverse("user_list")))
    assert "2 har adgang" in page
    assert "Karin Kollega" in page
    assert f"{timezone.localdate():%d.%m.%Y}" in page
    assert foreign.user.name not in page
    assert former.user.name not in page
    assert reverse("user_list") in text_of(site.get(reverse("front_page")))


def test_many_are_invited_at_once_and_wrong_lines_are_left_out(site, own):
    MembershipFactory(company_staff=True, company=own.company, user__email="har@test.example")
    right = "Navn;E-mail\nKarin Vester; KARIN@test.example\n\nPer Dam <per@test.example>\tx\n"
    people = f"{right}uden adresse\nHar Adgang, har@test.example"
    sent = {"people": people, "is_user_administrator": "on"}
    page = text_of(site.post(reverse("user_invite"), sent))
    assert "2 personer bliver inviteret" in page
    assert "2 linjer bliver sprunget over" in page
    assert "uden adresse" in page
    assert "Har allerede adgang" in page
    assert not Invitation.objects.exists()
    answer = site.post(reverse("user_invite"), sent | {"yes": "1"})
    assert answer.headers["Location"] == reverse("user_list")
    assert set(Invitation.objects.values_list("email", flat=True)) == {"karin@test.example", "per@test.example"}
    assert all(Invitation.objects.values_list("is_user_administrator", flat=True))
    assert kinds() == ["invitation"] * 2
    page = text_of(site.get(reverse("user_list")))
    assert "2 personer er inviteret" in page
    assert "per@test.example" in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"people": ""}, "Skriv mindst ét navn"),
        ({"people": "Uden adresse\nEn Til"}, "bliver sprunget over"),
        ({"people": "Ida 010203-1234; ida@test.example"}, "CPR-nummer"),
        ({"people": "\n".join(f"N{n}; n{n}@test.example" for n in range(501))}, "højst 500"),
    ],
)
def test_what_cannot_be_invited_is_said(site, sent, words):
    answer = site.post(reverse("user_invite"), sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "0203-1234" not in text_of(answer).partition("<textarea")[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "Gem den som CSV"),
        (b"\xff\xfeN\x00", "Gem den som UTF-8"),
        (b"\n;\n", "Filen er tom"),
        (b"x" * 1_000_001, "Filen er for stor"),
    ],
)
def test_a_file_that_is_no_list_is_said_to_be_none(site, content, words):
    answer = site.post(reverse("user_invite"), {"people": "", "file": SimpleUploadedFile("brugere.csv", content)})
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_who_cannot_be_invited_is_said_and_nobody_else_is(own):
    """By who looks after a workplace, to which an open invitation to all of the company does not show."""
    place = WorkplaceFactory(company=own.company)
    invite(own.company, name="Karin", email="karin@test.example", by=own)
    leader = MembershipFactory(company_staff=True, company=own.company, workplace=place, is_user_administrator=True)
    people = "Ny; ny@test.example\nKarin; karin@test.example"
    answer = session_of(leader).post(reverse("user_invite"), {"people": people, "yes": "1"})
    assert answer.status_code == 422
    assert "karin@test.example: " in text_of(answer)
    assert people.splitlines()[0] in text_of(answer)
    assert Invitation.objects.count() == 1


def test_an_invitation_is_sent_again_and_taken_back(site, own):
    invitation = invite(own.company, name="Karin", email="karin@test.example", by=own)
    before = invitation.secret_hash
    site.post(reverse("invitation_again", args=[invitation.public_id]))
    invitation.refresh_from_db()
    assert invitation.secret_hash != before
    site.post(reverse("invitation_withdraw", args=[invitation.public_id]))
    assert not Invitation.objects.open().exists()
    foreign = invite(CompanyFactory(), name="Fremmed", email="fremmed@test.example", by=None)
    for name in ("invitation_again", "invitation_withdraw"):
        assert site.post(reverse(name, args=[foreign.public_id])).status_code == 404


def test_rights_are_changed_and_told_to_whom_they_concern(site, own):
    place = WorkplaceFactory(company=own.company)
    colleague = MembershipFactory(company_staff=True, company=own.company)
    address = reverse("user_detail", args=[colleague.public_id])
    answer = site.post(address, {"is_user_administrator": "on", "workplace": place.p_number})
    assert answer.headers["Location"] == reverse("user_list")
    colleague.refresh_from_db()
    assert (colleague.is_user_administrator, colleague.workplace) == (True, place)
    assert kinds() == ["rights_changed"]
    event = Event.objects.get(action="membership_changed")
    assert event.changes["is_user_administrator"] == [False, True]
    assert event.acting_membership == own.pk


def test_access_ends_on_a_day_and_is_told(site, own):
    colleague = MembershipFactory(company_staff=True, company=own.company)
    address = reverse("user_detail", args=[colleague.public_id])
    for wrong, words in (
        ("", "Skriv den sidste dag"),
        ("i går", "dd.mm.åååå"),
        ("01.01.2020", "i dag eller en senere dag"),
    ):
        answer = site.post(address, {"ends_on": wrong})
        assert answer.status_code == 422
        assert words in text_of(answer)
    day = days_from_today(3)
    assert site.post(address, {"ends_on": f"{day:%d.%m.%Y}"}).status_code == 302
    colleague.refresh_from_db()
    assert colleague.ends_on == day
    assert kinds() == ["access_ends"]


def test_nobody_changes_or_ends_their_own(site, own):
    address = reverse("user_detail", args=[own.public_id])
    assert "Det er dig selv" in text_of(site.get(address))
    for sent in ({"ends_on": f"{timezone.localdate():%d.%m.%Y}"}, {"workplace": ""}):
        assert site.post(address, sent).status_code == 422
    own.refresh_from_db()
    assert own.ends_on is None
    assert own.is_user_administrator


def test_a_foreign_user_is_no_page(site):
    foreign = MembershipFactory(company_staff=True)
    assert site.get(reverse("user_detail", args=[foreign.public_id])).status_code == 404


def test_who_looks_after_a_workplace_sees_and_gives_no_more(own):
    place, other = WorkplaceFactory.create_batch(2, company=own.company)
    leader = MembershipFactory(company_staff=True, company=own.company, workplace=place, is_user_administrator=True)
    here = MembershipFactory(company_staff=True, company=own.company, workplace=place, user__name="Her Arbejder")
    elsewhere = MembershipFactory(company_staff=True, company=own.company, workplace=other, user__name="Andet Sted")
    everywhere = MembershipFactory(company_staff=True, company=own.company, user__name="Alle Steder")
    site = session_of(leader)
    page = text_of(site.get(reverse("user_list")))
    assert here.user.name in page
    assert elsewhere.user.name not in page
    assert everywhere.user.name not in page
    assert site.get(reverse("user_detail", args=[elsewhere.public_id])).status_code == 404
    sent = {"people": "Ny; ny@test.example", "workplace": other.p_number, "yes": "1"}
    assert site.post(reverse("user_invite"), sent).status_code == 302
    assert Invitation.objects.get().workplace == place


def asking(client, broker, company, **claims):
    answer = broker(client, signed_in(cvr=company.cvr, name="Ny Kollega", **claims))
    assert answer.headers["Location"] == reverse("access_request")
    return client.post(reverse("access_request"), {"email": "Ny@Test.example"})


def test_who_is_unknown_asks_once_and_is_not_logged_in(client, broker, own):
    answer = asking(client, broker, own.company)
    assert answer.status_code == 202
    assert "Anmodningen er sendt" in text_of(answer)
    answer = asking(client, broker, own.company)
    assert answer.status_code == 202
    assert "De har ikke svaret endnu" in text_of(answer)
    assert AccessRequest.objects.count() == 1
    assert kinds() == ["access_asked_for"]
    assert client.get(reverse("front_page")).status_code == 302


def test_a_request_is_granted_and_the_same_login_comes_in(client, broker, site, own):
    asking(client, broker, own.company)
    request = AccessRequest.objects.get()
    assert "Ny Kollega" in text_of(site.get(reverse("user_list")))
    address = reverse("request_detail", args=[request.public_id])
    assert own.company.cvr in text_of(site.get(address))
    assert site.post(address, {"yes": "1"}).headers["Location"] == reverse("user_list")
    assert kinds() == ["access_asked_for", "access_granted"]
    assert broker(client, signed_in(cvr=own.company.cvr)).headers["Location"] == reverse("front_page")
    membership = Membership.objects.get(user__email="ny@test.example")
    assert (membership.user.name, membership.company) == ("Ny Kollega", own.company)
    answer = site.post(address, {"yes": "1"})
    assert answer.status_code == 409
    assert "allerede svaret" in text_of(answer)


def test_a_request_is_refused_and_may_be_asked_anew(client, broker, site, own):
    asking(client, broker, own.company)
    site.post(reverse("request_detail", args=[AccessRequest.objects.get().public_id]), {"no": "1"})
    assert kinds()[-1] == "access_refused"
    assert not Membership.objects.exclude(pk=own.pk).exists()
    asking(client, broker, own.company)
    assert AccessRequest.objects.open().count() == 1


def test_a_request_to_another_organisation_is_nobodys_business(client, broker, site):
    asking(client, broker, CompanyFactory())
    request = AccessRequest.objects.get()
    assert kinds() == ["nobody_looks_after_users"]
    for send in (site.get, site.post):
        assert send(reverse("request_detail", args=[request.public_id])).status_code == 404


@pytest.mark.parametrize("email", ["", "ingen adresse", "010203-1234@test.example"])
def test_a_request_says_where_the_answer_goes(client, broker, own, email):
    broker(client, signed_in(cvr=own.company.cvr))
    answer = client.post(reverse("access_request"), {"email": email})
    assert answer.status_code == 422
    assert not AccessRequest.objects.exists()


def test_an_address_that_is_anothers_is_said_to_the_one_who_answers(client, broker, site, own):
    MembershipFactory(company_staff=True, user__email="ny@test.example")
    asking(client, broker, own.company)
    answer = site.post(reverse("request_detail", args=[AccessRequest.objects.get().public_id]), {"yes": "1"})
    assert answer.status_code == 409
    assert "bruges af en anden" in text_of(answer)


def test_nobody_asks_without_a_sign_in_or_long_after_it(client, broker, own, frozen_clock):
    assert client.post(reverse("access_request"), {"email": "x@test.example"}).status_code == 302
    broker(client, signed_in(cvr=own.company.cvr))
    frozen_clock.shift(datetime.timedelta(minutes=16))
    assert client.post(reverse("access_request"), {"email": "x@test.example"}).status_code == 302
    assert not AccessRequest.objects.exists()


def test_a_school_prints_letters_for_its_students_without_access():
    own = MembershipFactory(school_staff=True, is_user_administrator=True)
    students = StudentFactory.create_batch(3, school=own.school)
    MembershipFactory(of_student=True, student=students[0])
    foreign = StudentFactory(name="Fremmed Elev")
    site = session_of(own)
    page = text_of(site.get(reverse("student_codes")))
    assert "2 elever uden adgang" in page
    assert students[0].name not in page
    answer = site.post(reverse("student_letters"), {"elev": [str(students[1].public_id), str(foreign.public_id)]})
    page = text_of(answer)
    assert students[1].name in page
    assert foreign.name not in page
    assert page.count('<div lang="en"') == page.count("Log in with your own MitID.") == 1
    assert Invitation.objects.get().student == students[1]
    answer = site.post(reverse("student_letters"), {"alle": "1"})
    assert Invitation.objects.count() == 2
    assert site.post(reverse("student_letters"), {}).status_code == 302


def test_companies_write_no_letters_to_students(site):
    assert site.get(reverse("student_codes")).status_code == 404
    assert site.post(reverse("student_letters"), {"alle": "1"}).status_code == 404
