"""What is logged of logins and refusals: enough to see an attack, and nothing that says who somebody is."""

import logging

import pytest
from django.conf import settings
from django.urls import reverse

from tests.core.test_login import LOGOUT, PASSWORD, log_in
from tests.factories import MembershipFactory
from tests.second_factor import app_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return MembershipFactory(company_staff=True, user__email="kendt@test.example", user__password=PASSWORD).user


@pytest.fixture
def lines(caplog):
    """The log's lines so far, as functions of no argument; each level from INFO on."""
    logger = logging.getLogger("laereplads.security")
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.INFO, "laereplads.security"):
        yield lambda: [record.getMessage() for record in caplog.records if record.name == logger.name]
    logger.removeHandler(caplog.handler)


def test_coming_and_going_is_logged_by_number(client, user, lines):
    log_in(client)
    client.post(LOGOUT)

    assert lines() == [f"logged in: user {user.pk}", f"logged out: user {user.pk}"]


def test_wrong_passwords_and_waiting_are_logged_without_the_address(client, user, lines):
    for _attempt in range(6):
        log_in(client, password="forkert forkert")

    assert lines() == ["login failed"] * 5 + ["login held back: too many tries"]


def test_an_unknown_address_is_logged_like_a_known_one(client, user, lines):
    log_in(client, email="ukendt@test.example")

    assert lines() == ["login failed"]


def test_wrong_codes_and_waiting_are_logged_by_number(client, user, lines):
    show = app_of(user)
    log_in(client)
    for _attempt in range(6):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": show()})

    failed, held_back = f"second step failed: user {user.pk}", f"second step held back: too many tries, user {user.pk}"
    assert lines() == [failed] * 5 + [held_back] * 2


def test_a_refusal_names_the_page_and_no_address(client, user, lines):
    log_in(client)

    client.get(reverse("schools:student_list"), {"navn": "Emma"})

    assert lines()[1:] == [f"refused: user {user.pk}, page schools:student_list"]


def test_who_is_not_logged_in_is_led_to_the_login_and_not_logged(client, lines):
    client.get(reverse("schools:student_list"))

    assert lines() == []


def test_the_lines_are_written_where_the_portal_runs():
    assert settings.LOGGING["loggers"]["laereplads.security"]["level"] == "INFO"
