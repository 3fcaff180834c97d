"""Choosing and using a second step in a browser: an app, a security key, recovery codes; by keyboard and at 320 px."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.accessibility import assert_accessible, assert_fits
from tests.factories import MembershipFactory
from tests.second_factor import code_of

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "elleve små grise"


@pytest.fixture
def administrator():
    return MembershipFactory(administrator=True, user__email="ida@test.example", user__password=PASSWORD)


def look(page: Page) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_fits(page)
        assert_accessible(page)


def log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mailadresse").fill("ida@test.example")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log af").click()
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


def confirm(page: Page) -> None:
    expect(page.get_by_role("heading", name="Bekræft, at det er dig")).to_be_visible()
    look(page)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_an_administrator_is_led_to_an_app_and_uses_it(page, live_server, administrator):
    log_in(page, live_server.url)
    expect(page.get_by_role("alert")).to_contain_text("Du er administrator.")
    look(page)
    page.get_by_role("link", name="Tilføj en app").press("Enter")
    confirm(page)
    expect(page.get_by_role("img", name="QR-kode")).to_be_visible()
    look(page)
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Kode").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    page.get_by_label("Kode").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nødkoder")).to_be_visible()
    look(page)
    recovery = page.locator(".secret").first.inner_text()
    page.get_by_role("link", name="Jeg har gemt dem").press("Enter")
    expect(page.get_by_text("Du bruger en app.")).to_be_visible()
    look(page)
    log_out(page)

    log_in(page, live_server.url + reverse("admin:index"))
    expect(page.get_by_role("heading", name="Log ind: andet trin")).to_be_visible()
    look(page)
    page.get_by_label("Kode").fill("forkert")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Koden er forkert.")).to_be_focused()
    page.get_by_label("Kode").fill(recovery)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hvad vil du vedligeholde?")).to_be_visible()


def with_a_key(page: Page) -> None:
    """Chromium's own made-up security key."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})


def test_a_security_key_is_added_used_and_removed(page, live_server, administrator):
    with_a_key(page)
    log_in(page, live_server.url)
    page.get_by_role("link", name="Tilføj en nøgle").click()
    confirm(page)
    expect(page.get_by_label("Hvad vil du kalde nøglen?")).to_be_visible()
    look(page)
    page.get_by_label("Hvad vil du kalde nøglen?").fill("Min blå nøgle")
    page.get_by_role("button", name="Tilføj en nøgle").press("Enter")
    expect(page.get_by_role("heading", name="Nødkoder")).to_be_visible()
    log_out(page)

    log_in(page, live_server.url)
    page.get_by_role("button", name="Brug sikkerhedsnøgle").press("Enter")
    expect(page.get_by_role("heading", name="Forside")).to_be_visible()

    page.get_by_role("link", name="Login i to trin").click()
    page.get_by_role("link", name="Fjern Min blå nøgle").click()
    page.get_by_role("link", name="Brug en sikkerhedsnøgle i stedet").or_(
        page.get_by_label("Adgangskode")
    ).first.wait_for()
    look(page)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fjern nøglen")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Fjern nøglen").click()
    expect(page.get_by_role("alert")).to_contain_text("Du er administrator.")


def test_a_key_that_is_not_there_is_said(page, live_server, administrator):
    log_in(page, live_server.url)
    page.get_by_role("link", name="Tilføj en nøgle").click()
    confirm(page)
    expect(page.get_by_role("heading", name="Tilføj en nøgle")).to_be_visible()
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('afbrudt')); }")
    page.get_by_role("button", name="Tilføj en nøgle").click()

    expect(page.get_by_role("alert")).to_contain_text("Nøglen blev ikke brugt. Prøv igen.")
    look(page)


def test_without_javascript_the_app_does(browser, live_server, administrator):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, live_server.url)
    page.get_by_role("link", name="Tilføj en app").click()
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Kode").fill(code_of(page.locator(".secret").inner_text()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nødkoder")).to_be_visible()
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    expect(page.get_by_text("En sikkerhedsnøgle kræver en ny browser, der må køre JavaScript.")).to_be_visible()
    expect(page.get_by_role("button", name="Tilføj en nøgle")).to_be_hidden()
    context.close()
