"""Nobody locks others out: not by guessing at their account, and not from an address that they share."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from laereplads.accounts import limits
from tests.core.test_login import PASSWORD, log_in
from tests.factories import MembershipFactory
from tests.second_factor import app_of

pytestmark = pytest.mark.django_db

ELSEWHERE, SCHOOL, HOME = "203.0.113.1", "203.0.113.2", "203.0.113.3"
ELSE, KIM = "else@test.example", "kim@test.example"
FORGOTTEN = reverse("account_reset_password")
COOKIE = settings.KNOWN_BROWSER_COOKIE_NAME


def staff(email):
    return MembershipFactory(company_staff=True, user__email=email, user__password=PASSWORD)


@pytest.fixture
def else_():
    return staff(ELSE)


def known_browser(address, email=ELSE):
    """A browser with which the user has logged in before, logged out again."""
    browser = Client(REMOTE_ADDR=address)
    assert is_in(log_in(browser, email=email))
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    return browser


def is_in(answer):
    return answer.status_code == 302


def guess(address, email=ELSE, times=5):
    for _try in range(times):
        log_in(Client(REMOTE_ADDR=address), email=email, password="forkert forkert")


def test_wrong_passwords_from_elsewhere_close_no_known_browser(else_, frozen_clock):
    own = known_browser(HOME)
    for _minute in range(18):
        guess(ELSEWHERE)
        frozen_clock.shift(60)

    assert not is_in(log_in(Client(REMOTE_ADDR="203.0.113.9"), email=ELSE))
    assert is_in(log_in(own, email=ELSE))


def test_a_known_browser_has_a_budget_of_its_own(else_, frozen_clock):
    own = known_browser(HOME)
    for _try in range(5):
        log_in(own, email=ELSE, password="forkert forkert")

    assert not is_in(log_in(own, email=ELSE))
    assert is_in(log_in(Client(REMOTE_ADDR=ELSEWHERE), email=ELSE))
    frozen_clock.shift(301)
    assert is_in(log_in(own, email=ELSE))


def test_a_browser_is_known_to_whoever_has_logged_in_with_it_and_nobody_else(else_):
    staff(KIM)
    shared = known_browser(HOME)
    guess(ELSEWHERE, KIM)
    assert not is_in(log_in(shared, email=KIM))
    cache.clear()
    assert is_in(log_in(shared, email=KIM))
    del shared.cookies[settings.SESSION_COOKIE_NAME]
    for email in (ELSE, KIM):
        guess(ELSEWHERE, email)
        assert is_in(log_in(shared, email=email))
        del shared.cookies[settings.SESSION_COOKIE_NAME]


@pytest.mark.parametrize("cookie", ["", "x", "æ", "gAAAAA", "x" * 5000])
def test_a_cookie_that_nobody_sealed_knows_nobody(else_, cookie):
    guess(ELSEWHERE)
    forger = Client(REMOTE_ADDR=HOME)
    forger.cookies[COOKIE] = cookie

    assert not is_in(log_in(forger, email=ELSE))


def test_the_cookie_ends_after_half_a_year_and_names_nobody(else_, frozen_clock):
    own = known_browser(HOME)
    cookie = own.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 24 * 60 * 60)
    assert ELSE not in cookie.value
    frozen_clock.shift(181 * 24 * 60 * 60)
    guess(ELSEWHERE)

    assert not is_in(log_in(own, email=ELSE))


def test_who_only_tried_is_given_no_cookie(else_):
    browser = Client()
    log_in(browser, email=ELSE, password="forkert forkert")

    assert COOKIE not in browser.cookies


def test_a_new_password_opens(else_):
    guess(ELSEWHERE)
    browser = Client(REMOTE_ADDR=HOME)
    assert not is_in(log_in(browser, email=ELSE))

    browser.post(FORGOTTEN, {"email": ELSE})
    link = re.search(r"http://testserver(/adgangskode/\S+)", mail.outbox[-1].body).group(1)
    address = browser.get(link, follow=True).redirect_chain[-1][0]
    assert is_in(browser.post(address, {"password1": "tolv store elge", "password2": "tolv store elge"}))

    assert is_in(log_in(browser, email=ELSE, password="tolv store elge"))


def test_those_behind_a_schools_address_are_not_locked_out_by_one_of_them(else_, frozen_clock):
    """Measured: 40 users, of whom 20 are known there; a neighbour guesses at others as fast as the limits allow."""
    names = [f"nr{number}@test.example" for number in range(40)]
    for name in names:
        staff(name)
    known = [known_browser(SCHOOL, name) for name in names[:20]]
    frozen_clock.shift(61)

    for number in range(40):
        guess(SCHOOL, f"gaettet{number}@test.example", times=1)

    assert [is_in(log_in(browser, email=name)) for browser, name in zip(known, names, strict=False)] == [True] * 20
    # The others wait a minute, as does the neighbour.
    assert not is_in(log_in(Client(REMOTE_ADDR=SCHOOL), email=names[-1]))
    frozen_clock.shift(61)
    assert is_in(log_in(Client(REMOTE_ADDR=SCHOOL), email=names[-1]))


@pytest.mark.parametrize(("behind", "allowed"), [(0, 10), (7, 17)])
def test_what_an_address_may_try_rises_with_the_users_behind_it(behind, allowed, frozen_clock):
    for number in range(behind):
        staff(f"nr{number}@test.example")
        known_browser(SCHOOL, f"nr{number}@test.example")
    frozen_clock.shift(61)
    tries = [
        log_in(Client(REMOTE_ADDR=SCHOOL), email=f"x{number}@test.example", password="forkert") for number in range(25)
    ]

    waiting = ["Du har prøvet for mange gange." in answer.text for answer in tries]
    assert waiting == [False] * allowed + [True] * (25 - allowed)


def test_a_user_counts_once_behind_an_address_and_for_a_month(else_, rf, frozen_clock):
    request = rf.get("/", REMOTE_ADDR=SCHOOL)
    for _time in range(3):
        known_browser(SCHOOL)
    assert (limits.users_behind(request), limits.users_behind(rf.get("/", REMOTE_ADDR=HOME))) == (1, 0)
    frozen_clock.shift(31 * 24 * 60 * 60)
    assert limits.users_behind(request) == 0


def test_the_second_step_is_not_locked_by_others_at_the_address():
    membership = MembershipFactory(administrator=True, user__email=ELSE, user__password=PASSWORD)
    show, own = app_of(membership.user), Client(REMOTE_ADDR=SCHOOL)
    assert log_in(own, email=ELSE).headers["Location"] == reverse("mfa_authenticate")
    for number in range(15):
        guess(SCHOOL, f"gaettet{number}@test.example", times=1)

    assert is_in(own.post(reverse("mfa_authenticate"), {"code": show()}))
    assert COOKIE in own.cookies


def test_mails_from_one_address_are_few_whoever_they_go_to(frozen_clock):
    ask = Client(REMOTE_ADDR=ELSEWHERE).post
    sent = [ask(FORGOTTEN, {"email": f"nr{number}@test.example"}).status_code for number in range(12)]

    assert sent == [302] * 5 + [429] * 7
    assert len(mail.outbox) == 5
    assert Client(REMOTE_ADDR=HOME).post(FORGOTTEN, {"email": ELSE}).status_code == 302
    frozen_clock.shift(601)
    assert Client(REMOTE_ADDR=ELSEWHERE).post(FORGOTTEN, {"email": ELSE}).status_code == 302


def test_one_mailbox_gets_few_mails_wherever_they_are_asked_for():
    browsers = [Client(REMOTE_ADDR=f"203.0.113.{number}") for number in range(12)]
    answers = [browser.post(FORGOTTEN, {"email": ELSE}).status_code for browser in browsers]

    assert answers == [302] * 5 + [429] * 7
