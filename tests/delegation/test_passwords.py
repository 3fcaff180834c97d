"""In production one user has a password that counts, and acts as nothing but the administrator."""

import pytest
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse

from laereplads.accounts.models import User
from tests.factories import MembershipFactory, UserFactory
from tests.sessions import session_of

pytestmark = pytest.mark.django_db
PASSWORD = "elleve små grise"


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.PASSWORD_FOR_EVERYBODY = False


def tries(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student", "administrator"])
def test_the_right_password_of_anybody_else_opens_nothing(client, role):
    user = MembershipFactory(user=UserFactory(password=PASSWORD), **{role: True}).user
    answer = tries(client, user)
    assert answer.status_code == 422
    assert "forkert" in answer.text


def test_who_breaks_the_glass_comes_in_and_shows_a_second_factor(client):
    user = MembershipFactory(administrator=True, user=UserFactory(password=PASSWORD, is_break_glass=True)).user
    assert tries(client, user, "forkert kode her").status_code == 422
    assert tries(client, user).status_code == 302
    assert client.get(reverse("admin:index")).headers["Location"] == reverse("mfa_index")


def test_who_breaks_the_glass_reaches_no_membership_but_the_administrators(client):
    user = UserFactory(password=PASSWORD, is_break_glass=True)
    MembershipFactory(company_staff=True, user=user)
    tries(client, user)
    assert client.get(reverse("companies:assessment_list")).status_code == 403


def test_one_user_breaks_the_glass():
    UserFactory(is_break_glass=True)
    with pytest.raises(IntegrityError):
        UserFactory(is_break_glass=True)


def test_nobody_else_is_mailed_a_link_to_a_password(client):
    user = MembershipFactory(company_staff=True).user
    client.post(reverse("account_reset_password"), {"email": user.email})
    assert "/adgangskode/ny/" not in mail.outbox[0].body


def test_a_session_without_a_broker_reaches_nothing_once_passwords_are_for_one():
    """As after a change of settings: every request asks again."""
    site = session_of(MembershipFactory(company_staff=True))
    assert site.get(reverse("companies:assessment_list")).status_code == 403
    assert User.objects.count() == 1
