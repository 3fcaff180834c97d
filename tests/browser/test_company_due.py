"""Who should be assessed now: from the front page by keyboard, many at once, a pause; by mouse, without JavaScript."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from risk.models import AssessmentPause, Level, RiskAssessment
from risk.operations import record_assessment
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import CompanyFactory, MembershipFactory, WorkplaceFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2026-10-20")


@pytest.fixture
def employee(live_server: LiveServer) -> Membership:
    """Of a company with two students who are due, one whose day has passed and one who comes soon."""
    from tests.companies.test_due import due_on

    company = CompanyFactory()
    found = MembershipFactory(company_staff=True, company=company, user__name="Else Oplærer")
    workplace = WorkplaceFactory(company=company, name="Testcentret")
    for name, due in (
        ("Anna Elev", "2026-10-15"),
        ("Birk Elev", "2026-10-15"),
        ("Cilla Elev", "2026-10-01"),
        ("Dan Elev", "2026-11-02"),
    ):
        due_on(found, name, due, workplace=workplace)
    return found


@pytest.fixture
def front_page(
    page: Page, live_server: LiveServer, sign_in: Callable[[Membership], None], employee: Membership
) -> Page:
    sign_in(employee)
    page.goto(live_server.url)
    return page


@pytest.fixture
def without_javascript(browser: Browser, front_page: Page, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(
        java_script_enabled=False, locale="da-DK", storage_state=front_page.context.storage_state()
    )
    page = context.new_page()
    page.goto(live_server.url)
    yield page
    context.close()


def levels():
    found = RiskAssessment.objects.order_by("id").values_list("agreement__student__name", "level")
    return [f"{name}: {level}" for name, level in found]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_by_keyboard_from_the_front_page_through_all_who_are_due(front_page):
    page = front_page
    # Past the menu, to the first link.
    press(page, "Tab", "Enter", "Tab")
    expect(page.get_by_role("link", name="3 lærlinge bør vurderes nu")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("link", name="Bør vurderes nu (3)")).to_have_attribute("aria-current", "page")
    page.wait_for_load_state("load")
    # Past the menu and the filters, to the list, over the box of the first.
    press(page, "Tab", "Tab", "Enter", "Tab", "Tab")
    expect(page.get_by_role("button", name="Rediger Anna Elev")).to_be_focused()
    press(page, "Enter")
    for name, level in (("Anna Elev", "Lav"), ("Birk Elev", "Lav")):
        window = page.get_by_role("dialog", name=f"Aktuel frafaldsrisiko for {name}")
        expect(window.get_by_role("radio", name="Høj")).to_be_focused()
        expect(window.get_by_text("Foreslået vurdering: 15. oktober 2026 (midt i 1. oplæring)")).to_be_visible()
        press(page, level[0].lower(), "Tab", "Tab")
        expect(page.get_by_role("button", name="Gem og næste")).to_be_focused()
        press(page, "Enter")
    expect(page.get_by_role("dialog", name="Cilla Elev").get_by_role("radio", name="Høj")).to_be_focused()
    press(page, "m", "Enter")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="I er færdige. Der er ikke flere på listen.")).to_have_count(1)
    expect(page.get_by_role("link", name="Bør vurderes nu (0)")).to_be_visible()
    assert levels() == ["Anna Elev: low", "Birk Elev: low", "Cilla Elev: medium"]


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_all_of_it_by_mouse(front_page, width):
    page = front_page
    page.set_viewport_size({"width": width, "height": 900})
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="3 lærlinge bør vurderes nu").click()
    expect(page.get_by_role("heading", name="3 lærlinge")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Cilla Elev")).to_contain_text("Dagen er passeret")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Kommer snart (1)").click()
    expect(page.get_by_role("row").filter(has_text="Dan Elev")).to_contain_text("Kommer snart")
    page.get_by_role("link", name="Bør vurderes nu (3)").click()

    page.get_by_role("link", name="Vælg alle på siden").click()
    expect(page.get_by_role("checkbox", name="Vælg Anna Elev")).to_be_checked()
    assert_accessible(page)
    page.get_by_role("checkbox", name="Vælg Cilla Elev").uncheck()
    page.get_by_role("button", name="Sæt til Lav").click()
    expect(page.get_by_role("heading", name="2 lærlinge får vurderingen Lav")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Sæt 2 lærlinge til Lav").click()
    expect(page.get_by_text("2 lærlinge er vurderet til Lav.")).to_be_visible()
    expect(page.get_by_role("heading", name="1 lærling")).to_be_visible()
    assert levels() == ["Anna Elev: low", "Birk Elev: low"]
    assert_accessible(page)


def test_who_is_left_out_is_named(front_page, employee):
    page = front_page
    page.get_by_role("link", name="3 lærlinge bør vurderes nu").click()
    page.get_by_role("link", name="Vælg alle på siden").click()
    page.get_by_role("button", name="Sæt til Lav").click()
    expect(page.get_by_role("heading", name="3 lærlinge får vurderingen Lav")).to_be_visible()
    colleague = MembershipFactory(company_staff=True, company=employee.company)
    from laereplads.people.models import Agreement

    record_assessment(Agreement.objects.get(student__name="Birk Elev"), Level.HIGH, by=colleague)
    with page.expect_response(lambda response: response.status == 409):
        page.get_by_role("button", name="Sæt 3 lærlinge til Lav").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("1 lærling er ikke ændret")
    expect(alert).to_contain_text("Birk Elev: Har frafaldsrisiko Høj. Vurder eleven alene.")
    expect(alert).to_be_focused()
    expect(page.get_by_text("2 lærlinge er vurderet til Lav.")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_pause_in_the_window(front_page, width):
    page = front_page
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("link", name="3 lærlinge bør vurderes nu").click()
    page.get_by_role("button", name="Rediger Anna Elev").click()
    window = page.get_by_role("dialog")
    window.get_by_text("Ikke relevant nu", exact=True).click()
    window.get_by_label("Ikke relevant nu til og med").fill("31.12.2030")
    assert_accessible(page)
    assert_fits(page)
    window.get_by_role("button", name="Gem dagen").click()
    expect(page.get_by_role("alert")).to_contain_text("Vælg en dag fra i dag til og med 18. april 2027.")
    assert_accessible(page)
    page.get_by_label("Ikke relevant nu til og med").fill("1.12.2026")
    page.get_by_role("button", name="Gem dagen").click()

    expect(page.get_by_role("heading", name="2 lærlinge")).to_be_visible()
    page.get_by_role("link", name="Alle", exact=True).click()
    row = page.get_by_role("row").filter(has_text="Anna Elev")
    expect(row).to_contain_text("Ikke relevant nu til og med 1. december 2026")
    assert_accessible(page)
    page.get_by_role("button", name="Rediger Anna Elev").click()
    page.get_by_role("dialog").get_by_role("button", name="Ophæv").click()
    expect(page.get_by_text("Pausen er ophævet.")).to_be_visible()
    assert not AssessmentPause.objects.exists()


def test_all_of_it_without_javascript(without_javascript):
    page = without_javascript
    page.get_by_role("link", name="3 lærlinge bør vurderes nu").click()
    page.get_by_role("checkbox", name="Vælg Birk Elev").press("Space")
    page.get_by_role("button", name="Sæt til Lav").press("Enter")
    page.get_by_role("button", name="Sæt 1 lærling til Lav").press("Enter")
    expect(page.get_by_text("1 lærling er vurderet til Lav.")).to_be_visible()

    page.get_by_role("button", name="Rediger Anna Elev").click()
    page.get_by_text("Lav", exact=True).last.click()
    page.get_by_role("button", name="Gem og næste").click()
    expect(page.get_by_role("heading", name="Aktuel frafaldsrisiko for Cilla Elev")).to_be_visible()
    page.get_by_text("Ikke relevant nu", exact=True).click()
    page.get_by_label("Ikke relevant nu til og med").fill("1.12.2026")
    page.get_by_role("button", name="Gem dagen").click()
    expect(page.get_by_text("Ikke relevant nu til og med 1. december 2026.")).to_be_visible()
    expect(page.get_by_text("Ingen lærlinge bør vurderes nu.")).to_be_visible()
    assert levels() == ["Birk Elev: low", "Anna Elev: low"]
    assert AssessmentPause.objects.get().until == datetime.date(2026, 12, 1)


def test_on_paper_there_is_the_part_and_no_buttons(front_page):
    page = front_page
    page.get_by_role("link", name="3 lærlinge bør vurderes nu").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("Bør vurderes nu", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"3 af 3, udskrevet 20\.10\.2026"))).to_be_visible()
    expect(page.get_by_role("button", name="Sæt til Lav")).not_to_be_visible()
    expect(page.get_by_role("checkbox", name="Vælg Anna Elev")).not_to_be_visible()
