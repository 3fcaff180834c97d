"""A form is saved for the role it was filled in with, or not at all: every form that a role sends."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse

from laereplads.access.models import Membership
from laereplads.access.operations import SESSION_KEY
from laereplads.access.permissions import ANY_USER, PUBLIC
from laereplads.web.navigation import FILLED_IN_FOR
from rejections.models import Rejection
from risk.models import RiskAssessment
from tests.conventions.test_forms_are_saved_once import FORMS, everything
from tests.factories import MembershipFactory, StudentFactory, days_from_today

pytestmark = pytest.mark.django_db

# Forms that are the same whomever one acts for.
OF_NO_ROLE = ("account_", "choose_", "demo:", "invitation")
# A file is not typed: nobody but its owner's browser can send it again.
OF_FILES = ("schools:import_upload",)
OF_A_ROLE = [name for name in FORMS if not name.startswith((*OF_NO_ROLE, *OF_FILES))]
OTHERS = {
    "a company": {"company_staff": True},
    "a school": {"school_staff": True},
    "a student": {"of_student": True},
}


class Tabs:
    """A browser in which one page was filled in, and another role was chosen in a second tab."""

    def __init__(self, name: str, other: str | None) -> None:
        browser, page, self.address, self.form = FORMS[name]()
        acting = browser.session[SESSION_KEY]
        self.membership = Membership.objects.get(public_id=acting)
        content = browser.get(page).content.decode()
        self.form |= hidden_fields(content)
        self.client, self.session = browser, dict(browser.session)
        if other:
            other_role = OTHERS[other]
            self.other = MembershipFactory(user=self.membership.user, **other_role)
            self.act_as(self.other)

    def act_as(self, membership: Membership) -> None:
        """A new membership ends the sessions of its user, so the session is made anew, as it was."""
        store = type(self.client.session)()
        store.update({**self.session, SESSION_KEY: str(membership.public_id)})
        store.create()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key

    def send(self, **more: str):
        return self.client.post(self.address, {**self.form, **more})


def hidden_fields(content: str) -> dict[str, str]:
    names = ("csrfmiddlewaretoken", FILLED_IN_FOR)
    return {name: re.search(rf'name="{name}" value="([\w-]+)"', content).group(1) for name in names}


def button_in(response) -> dict[str, str]:
    """What the button of the answer sends, with the fields that stand with it."""
    form = re.search(
        r'<form method="post" action="[^"]+">\s+<input type="hidden" name="csrf.*?</form>',
        response.content.decode(),
        re.DOTALL,
    ).group()
    inputs = re.findall(r'<(?:input type="hidden"|button[^>]*?) name="([^"]+)" value="([^"]*)"', form)
    return {html.unescape(name): html.unescape(value) for name, value in inputs}


def test_each_form_that_a_role_sends_is_tried():
    views = {name: resolve(urlsplit(FORMS[name]()[2]).path).func for name in FORMS}
    permissions = {name: getattr(view, "required_permission", PUBLIC) for name, view in views.items()}
    assert {name for name, needed in permissions.items() if needed not in {PUBLIC, ANY_USER}} == {
        *OF_A_ROLE,
        *OF_FILES,
    }


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", OF_A_ROLE)
def test_a_form_of_another_role_saves_nothing_and_keeps_what_was_typed(name, other):
    tabs = Tabs(name, other)
    before = everything()

    refused = tabs.send()

    assert refused.status_code == 409
    assert everything() == before
    sent_again = button_in(refused)
    typed = {name: value for name, value in tabs.form.items() if name not in {"csrfmiddlewaretoken", FILLED_IN_FOR}}
    assert typed.items() <= sent_again.items()
    assert tabs.membership.party_name in refused.content.decode()
    assert refused.headers["HX-Retarget"] == "body"


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", OF_A_ROLE)
def test_the_button_switches_back_and_saves(name, other):
    tabs = Tabs(name, other)
    before = everything()
    button = button_in(tabs.send())

    saved = tabs.client.post(tabs.address, button)

    assert saved.status_code == 302, saved.content.decode()
    assert everything() != before
    assert tabs.client.session[SESSION_KEY] == str(tabs.membership.public_id)
    assert not Rejection.objects.exclude(registered_by=tabs.membership).exists()
    assert not RiskAssessment.objects.exclude(recorded_by=tabs.membership).exists()


@pytest.mark.parametrize("whose", ["another user's", "ended", "nonsense"])
@pytest.mark.parametrize("name", OF_A_ROLE)
def test_only_a_role_of_ones_own_is_switched_to(name, whose):
    tabs = Tabs(name, "a company")
    user = tabs.membership.user
    named = {
        "another user's": lambda: MembershipFactory(company_staff=True).public_id,
        "ended": lambda: MembershipFactory(company_staff=True, user=user, ends_on=days_from_today(-1)).public_id,
        "nonsense": lambda: "'; --",
    }[whose]()
    tabs.act_as(tabs.other)
    before = everything()

    refused = tabs.send(skift_rolle=str(named))

    assert refused.status_code == 409
    assert 'name="skift_rolle"' not in refused.content.decode()
    assert everything() == before
    assert tabs.client.session[SESSION_KEY] == str(tabs.other.public_id)


@pytest.mark.parametrize("name", OF_A_ROLE)
def test_a_role_is_asked_for_where_none_is_chosen_and_nothing_is_lost(name):
    """As after a new login: the form that waited for it says whom it is for."""
    tabs = Tabs(name, "a school")
    tabs.session.pop(SESSION_KEY)
    tabs.act_as(StudentFactory())  # a public id that is no membership's
    button = button_in(tabs.send())

    assert tabs.client.post(tabs.address, button).status_code == 302
    assert tabs.client.session[SESSION_KEY] == str(tabs.membership.public_id)


@pytest.mark.parametrize("name", OF_A_ROLE)
def test_the_page_acts_as_it_says(name):
    tabs = Tabs(name, None)

    assert tabs.form[FILLED_IN_FOR] == str(tabs.membership.public_id)
    assert tabs.send().status_code == 302


def test_who_acts_for_nobody_is_given_no_role():
    assert FILLED_IN_FOR not in Client().get(reverse("account_login")).content.decode()
