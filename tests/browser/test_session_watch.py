"""The warning before a session ends, and what was typed when it has ended: with and without JavaScript, at 320 px."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from risk.models import RiskAssessment
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import AgreementFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "elleve små grise"
MINUTE = 60


@pytest.fixture
def membership():
    return MembershipFactory(company_staff=True, user__email="else@test.example", user__password=PASSWORD)


@pytest.fixture
def address(live_server, membership):
    agreement = AgreementFactory(company=membership.company, student__name="Bo Prøve")
    return live_server.url + reverse("companies:assessment_update", args=[agreement.public_id])


@pytest.fixture
def wait(page, frozen_clock):
    """Let time pass, in the browser and on the server alike."""

    def wait(minutes: float) -> None:
        frozen_clock.shift(minutes * MINUTE)
        page.clock.fast_forward(int(minutes * MINUTE * 1000))

    page.clock.install()
    return wait


def look(page: Page) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_fits(page)
        assert_accessible(page)


def log_in(page: Page) -> None:
    page.get_by_label("E-mailadresse").fill("else@test.example")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_one_button_keeps_the_session_and_what_was_typed(page, address, sign_in, membership, wait):
    sign_in(membership)
    page.goto(address)
    page.get_by_label("Høj").check()
    wait(27)
    expect(page.get_by_role("dialog")).to_be_hidden()

    wait(1.1)
    warning = page.get_by_role("dialog", name="Du bliver snart logget af")
    expect(warning).to_contain_text("Om to minutter bliver du logget af.")
    expect(page.locator("#session-heading")).to_be_focused()
    look(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(warning).to_be_hidden()
    expect(page.get_by_label("Høj")).to_be_focused()
    wait(27)
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_role("heading", name="Aktuel frafaldsrisiko for Bo Prøve")).to_be_hidden()
    assert RiskAssessment.objects.get().level == "high"


def test_another_window_that_is_used_puts_the_warning_off(page, address, sign_in, membership, wait):
    sign_in(membership)
    page.goto(address)
    wait(20)
    other = page.context.new_page()
    other.goto(address)
    other.close()
    wait(9)
    page.clock.run_for(10_000)

    expect(page.get_by_role("dialog")).to_be_hidden()


def test_after_the_end_the_page_is_covered_and_the_form_survives_the_login(page, address, sign_in, membership, wait):
    sign_in(membership)
    page.goto(address)
    page.get_by_label("Høj").check()
    wait(31)

    expect(page.get_by_role("dialog", name="Du er logget af")).to_be_visible()
    expect(page.get_by_text("Bo Prøve").first).to_be_hidden()
    look(page)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Bo Prøve").first).to_be_hidden()
    page.get_by_role("button", name="Log ind igen").press("Enter")

    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
    look(page)
    log_in(page)
    expect(page.get_by_role("heading", name="Gem det, du skrev")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Gem nu").press("Enter")
    expect(page.get_by_role("heading", name="Gem det, du skrev")).to_be_hidden()
    assert RiskAssessment.objects.get().level == "high"
    storage = page.evaluate("[localStorage.length, sessionStorage.length]")
    assert storage == [0, 0]


def test_before_eight_hours_are_over_one_is_told_to_save(page, address, sign_in, membership, wait):
    sign_in(membership)
    page.goto(address)
    for _ in range(19):
        wait(24.5)
        page.request.get(address)
    page.goto(address)
    wait(10)

    warning = page.get_by_role("dialog", name="Dit login slutter snart")
    expect(warning).to_contain_text("Gem det, du er i gang med")
    look(page)
    page.get_by_role("button", name="Luk").click()
    expect(warning).to_be_hidden()
    wait(5)
    expect(page.get_by_role("dialog", name="Du er logget af")).to_be_visible()


def test_without_javascript_nothing_typed_is_lost(browser, address, membership, frozen_clock):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    log_in(page)
    page.get_by_label("Høj").check()
    frozen_clock.shift(31 * MINUTE)
    page.get_by_role("button", name="Gem", exact=True).click()

    expect(page.get_by_text("Du blev logget af, før det blev gemt.")).to_be_visible()
    log_in(page)
    page.get_by_role("button", name="Gem nu").click()
    expect(page.get_by_role("heading", name="Gem det, du skrev")).to_be_hidden()
    assert RiskAssessment.objects.get().level == "high"
    context.close()


def test_the_administration_warns_too(page, live_server, sign_in, wait):
    sign_in(MembershipFactory(administrator=True))
    page.goto(live_server.url + reverse("admin:people_school_add"))
    page.get_by_label("Navn").fill("SOSU Ny")
    wait(28.5)

    expect(page.get_by_role("dialog", name="Du bliver snart logget af")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Forbliv logget ind").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_label("Navn")).to_have_value("SOSU Ny")
