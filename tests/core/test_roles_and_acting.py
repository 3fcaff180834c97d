"""Whom a session acts for: exactly one membership, read anew for every request."""

import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from laereplads.access.models import Membership
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db

CHOOSE = reverse("choose_membership")


@pytest.fixture
def user():
    return UserFactory(name="Lone Testsen")


@pytest.fixture
def two_roles(user):
    company = CompanyFactory(name="Prøvekøbing Kommune")
    school = SchoolFactory(name="SOSU Prøve")
    return (
        MembershipFactory(company_staff=True, user=user, company=company),
        MembershipFactory(school_staff=True, user=user, school=school),
    )


class ClientOf(Client):
    """Somebody's browser, logged in when it first asks for something: a new membership would end the session."""

    def __init__(self, user):
        super().__init__()
        self.user = user

    def request(self, **request):
        if not self.cookies:
            self.force_login(self.user)
        return super().request(**request)


@pytest.fixture
def client(user):
    return ClientOf(user)


def choose(client, membership):
    return client.post(CHOOSE, {"membership": getattr(membership, "public_id", membership)})


def header(response):
    return response.content.decode().partition("<main")[0]


def test_one_membership_is_acted_as_at_once(client, user):
    MembershipFactory(company_staff=True, user=user, company__name="Prøvekøbing Kommune")

    response = client.get("/")

    assert "Lone Testsen, Prøvekøbing Kommune" in header(response)
    assert "Skift rolle" not in header(response)


@pytest.mark.parametrize(
    "page", ["front_page", "companies:assessment_list", "schools:student_list", "students:own_page"]
)
def test_who_has_several_chooses_first(client, two_roles, page):
    assert client.get(reverse(page)).headers["Location"] == CHOOSE
    assert "Lone Testsen" in header(client.get(CHOOSE))


def test_the_choice_decides_what_one_may_do(client, two_roles):
    company, school = two_roles

    assert choose(client, company).headers["Location"] == "/"
    assert "Lone Testsen, Prøvekøbing Kommune" in header(client.get("/"))
    assert client.get(reverse("companies:assessment_list")).status_code == 200
    assert client.get(reverse("schools:student_list")).status_code == 403

    choose(client, school)
    assert "Lone Testsen, SOSU Prøve" in header(client.get("/"))
    assert client.get(reverse("companies:assessment_list")).status_code == 403
    assert client.get(reverse("schools:student_list")).status_code == 200


def test_the_refusal_offers_another_role(client, two_roles):
    choose(client, two_roles[0])

    refusal = client.get(reverse("schools:student_list")).content.decode()

    assert "Medarbejder i en virksomhed (Prøvekøbing Kommune)" in refusal
    assert "Du har flere roller" in refusal


def test_the_session_key_is_new_after_each_choice(client, two_roles):
    keys = set()
    for membership in two_roles:
        choose(client, membership)
        keys.add(client.session.session_key)

    assert len(keys) == 2
    assert choose(client, two_roles[0]).cookies[settings.SESSION_COOKIE_NAME]["httponly"]


def test_the_old_session_key_is_worth_nothing(client, two_roles):
    choose(client, two_roles[0])
    old = client.cookies[settings.SESSION_COOKIE_NAME].value
    choose(client, two_roles[1])

    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = old
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize("chosen", ["somebody else's", "ended", "not begun", "none at all", "nonsense", ""])
def test_only_own_memberships_that_hold_today_can_be_chosen(client, user, two_roles, chosen):
    membership = {
        "somebody else's": lambda: MembershipFactory(company_staff=True),
        "ended": lambda: MembershipFactory(company_staff=True, user=user, ends_on=days_from_today(-1)),
        "not begun": lambda: MembershipFactory(company_staff=True, user=user, starts_on=days_from_today(1)),
        "none at all": uuid.uuid4,
    }.get(chosen, lambda: chosen)()

    assert choose(client, membership).status_code == 404
    assert client.get("/").headers["Location"] == CHOOSE


def test_an_ended_membership_takes_effect_at_the_next_request(client, two_roles):
    company, _school = two_roles
    choose(client, company)
    assert client.get(reverse("companies:assessment_list")).status_code == 200

    company.ends_on = days_from_today(-1)
    company.save()

    assert client.get(reverse("companies:assessment_list")).headers["Location"].startswith(reverse("account_login"))
    client.force_login(client.user)
    assert client.get(reverse("companies:assessment_list")).status_code == 403
    assert "Lone Testsen, SOSU Prøve" in header(client.get("/"))


def test_nobody_is_active_whose_user_is_closed(user, two_roles):
    MembershipFactory(company_staff=True, user__is_active=False)

    assert set(Membership.objects.active()) == set(two_roles)


def test_a_membership_holds_on_its_last_day(client, user):
    MembershipFactory(company_staff=True, user=user, ends_on=days_from_today(0))
    assert client.get("/").status_code == 200


def test_who_has_no_membership_is_told_what_to_do(client):
    for page in ("/", CHOOSE, reverse("students:own_page")):
        response = client.get(page)
        assert response.status_code == 403
        assert "Du har ingen rolle i portalen" in response.content.decode()
        assert "spørg din leder eller din skole" in response.content.decode()


def test_a_closed_user_is_out_at_the_next_request(client, user, two_roles):
    choose(client, two_roles[0])
    user.is_active = False
    user.save()

    assert client.get("/").headers["Location"].startswith(reverse("account_login"))


def test_the_page_says_which_role_is_chosen_now(client, two_roles):
    choose(client, two_roles[1])

    page = client.get(CHOOSE).content.decode()

    assert page.count("(valgt nu)") == 1
    assert "SOSU Prøve" in page.partition('aria-current="true"')[2].partition("(valgt nu)")[0]


def test_a_role_is_read_or_chosen_and_nothing_else(client, two_roles):
    assert client.head(CHOOSE).status_code == 200
    assert {getattr(client, method)(CHOOSE).status_code for method in ("put", "patch", "delete", "options")} == {405}


def test_front_page_groups_what_the_role_may_do(client, user):
    MembershipFactory(company_staff=True, user=user)

    page = client.get("/").content.decode()

    for words in ("Lærlinge", "Lærlingeoversigt", "Frafaldsrisiko (SOSU)", "Uddannelsesaftaler"):
        assert words in page
    assert "Elevoversigt" not in page
