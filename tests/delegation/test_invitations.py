"""An invitation is taken once, in time, by whom it is for; and by nobody else."""

import datetime
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.accounts.models import Identity, User
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.audit.models import Event
from laereplads.delegation.codes import ALPHABET, hashed
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite, invite_student
from laereplads.notifications.models import OutgoingMail
from tests.delegation.people import born, broker, identity_of, signed_in
from tests.factories import (
    CompanyFactory,
    MembershipFactory,
    StudentFactory,
    UserFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.sessions import session_of

__all__ = ["broker"]
pytestmark = pytest.mark.django_db
ACCEPT = "invitation_accept"


def text_of(answer):
    return answer.content.decode()


def invited(company=None, **told):
    company = company or CompanyFactory()
    invite(company, **{"name": "Ny Medarbejder", "email": "ny@test.example", "by": None} | told)
    return OutgoingMail.objects.latest("created_at").link


def follow(client, link):
    answer = client.get(link)
    assert answer.headers["Location"] == reverse(ACCEPT)
    return client.get(reverse(ACCEPT))


def test_the_link_leads_to_a_membership_by_one_yes(client, broker):
    company = CompanyFactory(name="Fjordby Kommune")
    place = WorkplaceFactory(company=company)
    link = invited(company, is_user_administrator=True, workplace=place)
    page = text_of(follow(client, link))
    assert "Fjordby Kommune inviterer dig" in page
    assert place.name in page
    assert "Log ind med MitID Erhverv (test)" in page
    assert "Log ind med Unilogin" not in page.partition("<main")[2]
    answer = broker(client, signed_in(cvr=company.cvr, name="Et Andet Navn", organisation_name="Fjordby Kommune"))
    assert answer.headers["Location"] == reverse(ACCEPT)
    page = text_of(client.get(reverse(ACCEPT)))
    assert "Ny Medarbejder" in page
    assert not User.objects.exists()
    assert client.post(reverse(ACCEPT)).headers["Location"] == reverse("front_page")
    membership = Membership.objects.select_related("user").get()
    assert (membership.user.name, membership.user.email) == ("Ny Medarbejder", "ny@test.example")
    assert (membership.company, membership.workplace, membership.is_user_administrator) == (company, place, True)
    assert Identity.objects.get().user == membership.user
    assert client.get(reverse("user_list")).status_code == 200
    assert Event.objects.filter(action="invitation_taken", object_type="delegation.invitation").exists()


def test_it_is_used_once(client, broker):
    company = CompanyFactory()
    link = invited(company)
    follow(client, link)
    broker(client, signed_in(cvr=company.cvr))
    client.post(reverse(ACCEPT))
    client.logout()
    answer = client.get(link)
    assert answer.status_code == 422
    assert "Koden virker ikke" in text_of(answer)


@pytest.mark.parametrize(("days", "works"), [(13, True), (14, False)])
def test_it_works_for_14_days(client, broker, days, works):
    link = invited()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days, minutes=1)):
        assert client.get(link).status_code == (302 if works else 422)


def test_it_expires_while_somebody_signs_in(client, broker, frozen_clock):
    company = CompanyFactory()
    follow(client, invited(company))
    broker(client, signed_in(cvr=company.cvr))
    Invitation.objects.update(expires_at=timezone.now())
    assert client.post(reverse(ACCEPT)).headers["Location"] == reverse("invitation")
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"cvr": "99100028"}, "en anden organisation"),
        ({"cvr": ""}, "en anden organisation"),
        ({"scheme": Scheme.MITID}, "MitID Erhverv"),
        ({"scheme": Scheme.UNILOGIN, "uniid": "x"}, "MitID Erhverv"),
    ],
)
def test_somebody_elses_it_cannot_be(client, broker, claims, words):
    company = CompanyFactory()
    follow(client, invited(company))
    broker(client, signed_in(**{"cvr": company.cvr} | claims if "scheme" not in claims else claims))
    for send in (client.get, client.post):
        broker(client, signed_in(**{"cvr": company.cvr} | claims if "scheme" not in claims else claims))
        answer = send(reverse(ACCEPT))
        assert answer.status_code == 403
        assert words in text_of(answer)
    assert not Membership.objects.exists()


def test_opened_again_it_is_still_only_one(client, broker):
    company = CompanyFactory()
    first = invited(company)
    second = invited(company, is_user_administrator=True)
    assert client.get(first).status_code == 422
    assert Invitation.objects.count() == 1
    assert client.get(second).status_code == 302


def test_who_has_access_is_not_invited():
    held = MembershipFactory(company_staff=True)
    with pytest.raises(ValidationError):
        invite(held.company, name="X", email=held.user.email.upper(), by=None)


def test_one_user_with_two_organisations_ties_both_to_themselves(broker):
    user = MembershipFactory(company_staff=True).user
    other = CompanyFactory()
    client = session_of(user.memberships.get())
    page = text_of(follow(client, invited(other, email=user.email)))
    assert f"Du er logget ind som {user.name}" in page
    broker(client, signed_in(cvr=other.cvr, subject="second"))
    assert client.post(reverse(ACCEPT)).status_code == 302
    assert set(user.memberships.values_list("company", flat=True)) == {other.pk, user.memberships.first().company_id}
    assert User.objects.count() == 1


def test_a_taken_address_asks_to_log_in_first(client, broker):
    UserFactory(email="ny@test.example")
    company = CompanyFactory()
    follow(client, invited(company))
    broker(client, signed_in(cvr=company.cvr))
    answer = client.post(reverse(ACCEPT))
    assert answer.status_code == 403
    assert "Du har allerede en bruger" in text_of(answer)
    assert not Membership.objects.exists()


def test_an_identity_is_not_taken_from_its_user(broker):
    company = CompanyFactory()
    identity_of(UserFactory(), cvr=company.cvr)
    client = session_of(MembershipFactory(company_staff=True))
    follow(client, invited(company))
    broker(client, signed_in(cvr=company.cvr))
    client.post(reverse(ACCEPT))
    assert Membership.objects.get(company=company).user == Identity.objects.get().user


def test_an_identity_that_says_another_employer_takes_no_invitation_of_it(client, broker):
    membership = MembershipFactory(company_staff=True)
    identity_of(membership.user, cvr=membership.company.cvr)
    other = CompanyFactory()
    follow(client, invited(other))
    broker(client, signed_in(cvr=other.cvr))
    answer = client.post(reverse(ACCEPT))
    assert answer.status_code == 403
    assert "en anden organisation" in text_of(answer)
    assert not Membership.objects.filter(company=other).exists()


def code_for(student):
    by = MembershipFactory(school_staff=True, school=student.school, is_user_administrator=True)
    return invite_student(student, by=by)[1]


def test_a_student_comes_in_by_the_letters_code_however_it_is_typed(client, broker):
    student = StudentFactory()
    code = code_for(student)
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}", code)
    answer = client.post(reverse("invitation"), {"code": f" {code.lower().replace('-', ' ')} "})
    assert answer.headers["Location"] == reverse(ACCEPT)
    broker(client, signed_in(Scheme.MITID, birth_date=student.birth_date))
    assert student.name in text_of(client.get(reverse(ACCEPT)))
    assert client.post(reverse(ACCEPT)).status_code == 302
    membership = Membership.objects.get(student=student)
    assert (membership.user.name, membership.user.email) == (student.name, None)
    assert student.name in text_of(client.get(reverse("students:own_page")))


@pytest.mark.parametrize("birth_date", [None, 1, -1, 365])
def test_a_code_is_nobodys_who_was_born_on_another_day(client, broker, birth_date):
    student = StudentFactory()
    client.post(reverse("invitation"), {"code": code_for(student)})
    broker(client, signed_in(Scheme.MITID, birth_date=birth_date and born(student, birth_date)))
    for send in (client.post, client.get):
        answer = send(reverse(ACCEPT))
        if send == client.post:
            assert answer.status_code == 403
            assert "fødselsdag" in text_of(answer)
            assert student.name not in text_of(answer)
    assert not Membership.objects.filter(student=student).exists()


def test_mitid_first_and_the_code_afterwards(client, broker):
    student = StudentFactory()
    code = code_for(student)
    answer = broker(client, signed_in(Scheme.MITID, birth_date=student.birth_date))
    assert answer.headers["Location"] == reverse("invitation")
    assert "Nu mangler vi kun koden" in text_of(client.get(reverse("invitation")))
    client.post(reverse("invitation"), {"code": code})
    assert client.post(reverse(ACCEPT)).status_code == 302
    assert Membership.objects.filter(student=student).exists()


def test_only_the_last_letter_works(client):
    student = StudentFactory()
    first, second = code_for(student), code_for(student)
    assert client.post(reverse("invitation"), {"code": first}).status_code == 422
    assert client.post(reverse("invitation"), {"code": second}).status_code == 302


def test_codes_are_not_guessed(client):
    answers = [client.post(reverse("invitation"), {"code": "BCDF-GHJK-MNPQ"}).status_code for _ in range(70)]
    assert answers[0] == 422
    assert answers[-1] == 429


@pytest.mark.parametrize("typed", ["", "x" * 51, "' or 1=1 --", "ÆØÅ", "\x00"])
def test_what_is_no_code_is_said_to_be_none(client, typed):
    answer = client.post(reverse("invitation"), {"code": typed})
    assert answer.status_code == 422
    assert "error-summary-heading" in text_of(answer)


def test_the_secret_is_nowhere_in_the_database():
    student = StudentFactory()
    code = code_for(student)
    assert Invitation.objects.get().secret_hash == hashed(code)
    assert code not in str(list(Event.objects.values()))


def test_no_administrator_takes_one(broker):
    held = MembershipFactory(administrator=True)
    company = CompanyFactory()
    client = session_of(held)
    follow(client, invited(company))
    broker(client, signed_in(cvr=company.cvr))
    answer = client.post(reverse(ACCEPT))
    assert answer.status_code == 403
    assert "administrerer portalen" in text_of(answer)
    assert not Identity.objects.exists()


def test_who_has_access_takes_no_second_one(broker):
    held = MembershipFactory(company_staff=True)
    client = session_of(held)
    follow(client, invited(held.company))
    broker(client, signed_in(cvr=held.company.cvr))
    answer = client.post(reverse(ACCEPT))
    assert answer.status_code == 403
    assert "Du har allerede adgang" in text_of(answer)


def test_nobody_takes_their_own(broker):
    held = MembershipFactory(company_staff=True, is_user_administrator=True, ends_on=days_from_today(5))
    client = session_of(held)
    follow(client, invited(held.company, by=held))
    broker(client, signed_in(cvr=held.company.cvr))
    answer = client.post(reverse(ACCEPT))
    assert answer.status_code == 403
    assert "Du har selv sendt" in text_of(answer)


@pytest.mark.parametrize("is_active", [True, False])
def test_a_student_who_came_in_by_unilogin_stays_one_user(client, broker, is_active):
    student = StudentFactory()
    code = code_for(student)
    held = MembershipFactory(of_student=True, student=student, user__is_active=is_active)
    client.post(reverse("invitation"), {"code": code})
    broker(client, signed_in(Scheme.MITID, birth_date=student.birth_date))
    # Who is closed stays so.
    assert client.post(reverse(ACCEPT)).status_code == (302 if is_active else 403)
    assert Membership.objects.get(student=student) == held
    assert Identity.objects.get().user == held.user
    assert client.get(reverse("students:own_page")).status_code == (200 if is_active else 302)


def test_an_invitation_is_no_membership_of_two():
    link = invited()
    assert link
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(accepted_at=timezone.now())


def test_no_invitation_gives_what_is_no_right():
    with pytest.raises(TypeError, match="no rights of a membership: is_superuser"):
        invite(CompanyFactory(), name="Åse Ærø", email="aase@test.example", is_superuser=True, by=None)
    assert not Invitation.objects.exists()
