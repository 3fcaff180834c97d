"""A token against forgery is worth something in the session that it was made for, and in no other."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from laereplads.accounts import csrf
from laereplads.accounts.models import Session
from tests.core.test_login import PASSWORD
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("account_change_password")
WRONG = {"oldpassword": "forkert", "password1": "x", "password2": "x"}


class Browser(Client):
    """Sends the token of the page that it has seen last, and is asked for it."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=True)
        self.token = ""

    def see(self, page=PAGE):
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text).group(1)
        return self

    def send(self, page=PAGE, **fields):
        return self.post(page, {**WRONG, **fields, "csrfmiddlewaretoken": self.token})


def browser_of(email):
    MembershipFactory(company_staff=True, user__email=email, user__password=PASSWORD)
    browser = Browser().see(reverse("account_login"))
    assert browser.send(reverse("account_login"), login=email, password=PASSWORD).status_code == 302
    return browser


@pytest.fixture
def kim():
    return browser_of("kim@test.example")


@pytest.fixture
def else_():
    return browser_of("else@test.example")


def test_the_own_form_is_taken_again_and_again(kim):
    for _time in range(3):
        assert kim.see().send().status_code == 422
    assert kim.send().status_code == 422


def test_cookie_and_token_of_another_session_are_refused(kim, else_):
    """Planted in her browser, both: they fit each other, and not her session."""
    kim.see()
    else_.see()
    else_.cookies[settings.CSRF_COOKIE_NAME] = kim.cookies[settings.CSRF_COOKIE_NAME].value
    else_.token = kim.token

    assert else_.send().status_code == 403
    assert else_.see().send().status_code == 422


def test_cookie_and_token_of_a_stranger_are_refused(kim):
    stranger = Browser().see(reverse("account_login"))
    kim.cookies[settings.CSRF_COOKIE_NAME] = stranger.cookies[settings.CSRF_COOKIE_NAME].value
    kim.token = stranger.token

    assert kim.send().status_code == 403


def test_those_of_an_earlier_session_of_the_same_user_are_refused(kim):
    kim.see()
    before = kim.cookies[settings.CSRF_COOKIE_NAME].value, kim.token
    kim.send(reverse("account_logout"))
    kim.see(reverse("account_login")).send(reverse("account_login"), login="kim@test.example", password=PASSWORD)
    kim.cookies[settings.CSRF_COOKIE_NAME], kim.token = before

    assert kim.send().status_code == 403


def test_a_session_without_a_token_is_given_one(kim):
    """As one that was opened by an earlier version."""
    session = kim.session
    del session[csrf.SESSION_KEY]
    session.save()

    assert kim.send().status_code == 403
    assert kim.see().send().status_code == 422


def test_a_page_writes_no_session_for_the_token(kim):
    kim.see()
    before = list(Session.objects.values())
    kim.see()

    assert list(Session.objects.values()) == before


def test_whoever_is_not_logged_in_has_no_session(client):
    answer = client.get(reverse("account_login"))

    assert set(answer.cookies) == {settings.CSRF_COOKIE_NAME}
    assert not Session.objects.exists()
