"""The demo's login page in a browser: one click, and one is somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import send_mail
from django.urls import reverse

from laereplads.access.models import Membership
from laereplads.access.personas import Persona
from laereplads.demo.personas import PERSONAS
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import MembershipFactory, UserFactory

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

KINDS = {"company_staff": "company_staff", "school_staff": "school_staff", "student": "of_student"}


def in_office(persona: Persona) -> list[Membership]:
    """The persona with her posts, at organisations of no importance."""
    user = UserFactory(email=persona.email, name=persona.name)
    if persona.app_secret:
        TOTP.activate(user, persona.app_secret)
    return [
        MembershipFactory(user=user, **{KINDS.get(post.role, post.role): True})
        for post in persona.posts
        if not post.has_ended
    ]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_to_choose_on_is_for_everyone(page: Page, live_server: LiveServer, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url + reverse("account_login"))

    assert_accessible(page)
    assert_fits(page)


def test_one_of_each_role_is_in_with_one_click(page: Page, live_server: LiveServer):
    first_of_role = {persona.role: persona for persona in reversed(PERSONAS)}
    for persona in first_of_role.values():
        in_office(persona)
        page.goto(live_server.url)
        button = page.get_by_role("button", name=persona.label)
        assert button.get_attribute("aria-describedby")
        button.click()
        if persona.app_secret:
            take_the_second_step(page)
        page.get_by_role("heading", name="Forside", level=1).wait_for()
        page.get_by_role("banner").get_by_text(persona.name).wait_for()
        page.get_by_role("button", name="Log af").click()
        page.get_by_role("heading", name="Log ind", level=1).wait_for()


def take_the_second_step(page: Page) -> None:
    """The page itself says what the persona's app would show."""
    page.get_by_role("heading", name="Log ind: andet trin").wait_for()
    assert_accessible(page)
    page.get_by_label("Kode").fill(page.locator("main strong").inner_text())
    page.get_by_role("button", name="Log ind", exact=True).click()


def test_who_has_two_memberships_chooses_first(page: Page, live_server: LiveServer):
    persona = next(persona for persona in PERSONAS if len(persona.posts) == 2)
    company, school = in_office(persona)
    page.goto(live_server.url)
    page.get_by_role("button", name=persona.label).click()

    page.get_by_role("heading", name="Skift rolle").wait_for()
    page.get_by_role("button", name=school.party_name).click()
    page.get_by_role("banner").get_by_text(school.party_name).wait_for()
    page.get_by_role("link", name="Skift rolle").click()
    page.get_by_role("button", name=company.party_name).click()
    page.get_by_role("banner").get_by_text(company.party_name).wait_for()


@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_is_for_everyone(page: Page, live_server: LiveServer, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url + reverse("demo:component_list"))

    assert_accessible(page)
    page.locator("summary").last.click()
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_mails_of_the_demo_are_read_and_run_by_everyone(
    page: Page, live_server: LiveServer, width: int, tmp_path: Path, settings: Any
):
    settings.DATA_DIR = tmp_path
    settings.MAILERS = {"default": {"BACKEND": "laereplads.demo.mail.EmailBackend"}}
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("link", name="Se de mails, portalen ville have sendt").click()
    page.get_by_text("Der er ingen mails endnu.").wait_for()
    assert_accessible(page)
    send_mail("Et emne", f"Hej\n\nBrug linket: {live_server.url}/cookies/", None, ["ny@test.example"])

    # With the keyboard alone: the button is the first thing to reach behind the crumbs.
    page.get_by_role("button", name="Kør det, der er på tide").press("Enter")
    page.get_by_role("heading", name="1 mail").wait_for()
    page.locator("summary", has_text="Læs mailen").press("Enter")
    link = page.get_by_role("link", name="/cookies/")
    link.wait_for()
    assert_accessible(page)
    assert_fits(page)
    link.press("Enter")
    page.get_by_role("heading", name="Cookies", level=1).wait_for()
