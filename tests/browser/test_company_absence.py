"""Fraværsoversigt and Skoleophold by visible words: by mouse, keyboard, without JavaScript, on a phone, in print."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.accessibility import assert_accessible, assert_fits
from tests.factories import (
    AbsenceDayFactory,
    AbsenceDeliveryFactory,
    AbsenceNoticeFactory,
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    WorkplaceFactory,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2027-01-27")
PHONE, TABLET, LAPTOP = ({"width": width, "height": 800} for width in (320, 768, 1280))


def on(day, month=1, year=2027):
    return datetime.date(year, month, day)


@pytest.fixture
def employee(live_server) -> Membership:
    """Of a company with students at school now, lately and soon, at two workplaces, of long names."""
    company = CompanyFactory(name="Fjordby Kommune")
    places = [
        WorkplaceFactory(company=company, name="Plejecenter Solgården og Rehabiliteringscentret Vest"),
        WorkplaceFactory(company=company, name="Hjemmeplejen Nord"),
    ]
    for number, (name, starts_on, ends_on, days) in enumerate(
        [
            ("Christoffer-Emil Bang Rosenkrantz Nørgaard", on(11), on(19, 3), 12),
            ("Anna Testelev", on(4), on(12, 2), 0),
            ("Bo Testelev", on(1, 12, 2026), on(15), 5),
            ("Carla Testelev", on(1, 3), on(26, 3), 0),
        ]
    ):
        agreement = AgreementFactory(
            company=company,
            workplace=places[number % 2],
            student__name=name,
            starts_on=on(1, 8, 2026),
            ends_on=on(1, 5, 2028),
        )
        period = SchoolPeriodFactory(student=agreement.student, starts_on=starts_on, ends_on=ends_on)
        delivery = AbsenceDeliveryFactory(school=period.school)
        school_days = [day for day in (starts_on + datetime.timedelta(days=n) for n in range(40)) if day.weekday() < 5]
        for place, day in enumerate(school_days[:days]):
            away = {"lawful": 195 * (place % 3 == 0), "unlawful": 45 * (place % 4 == 0)}
            AbsenceDayFactory(period=period, delivery=delivery, day=day, **away)
        if name.startswith("Bo"):
            told = {"period": period, "agreement": agreement, "told_scheduled": 1950}
            AbsenceNoticeFactory(**told, told_lawful=390, through=on(14))
            AbsenceNoticeFactory(**told, told_lawful=195, sequence=2, through=on(15))
    return MembershipFactory(company_staff=True, company=company)


@pytest.fixture
def portal(page: Page, live_server, sign_in, employee) -> Page:
    """The employee stands on Forside."""
    sign_in(employee)
    page.goto(live_server.url)
    return page


def go_to(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def assert_good(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP], ids=["phone", "tablet", "laptop"])
def test_from_the_front_page_to_the_days_of_one(portal, size):
    portal.set_viewport_size(size)
    assert_good(portal)
    go_to(portal, "Fraværsoversigt")
    rows = portal.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Christoffer-Emil Bang Rosenkrantz Nørgaard")
    expect(rows.nth(1)).to_contain_text("Der er ikke leveret dage for dette skoleophold.")
    assert_good(portal)

    portal.get_by_role("link", name="Bo Testelev").click()
    expect(portal.get_by_text("Opgjort til og med den 14. januar 2027.")).to_be_visible()
    expect(portal.get_by_text("fraværet var 6 timer 30 min. og er nu 3 timer 15 min.")).to_be_visible()
    expect(portal.get_by_role("img", name="Søjlediagram over fraværet uge for uge")).to_be_visible()
    assert_good(portal)
    portal.get_by_role("link", name="Tilbage til Fraværsoversigt").click()
    expect(portal.get_by_role("heading", name="Fraværsoversigt", level=1)).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP], ids=["phone", "tablet", "laptop"])
def test_who_is_away_in_a_week(portal, size):
    portal.set_viewport_size(size)
    go_to(portal, "Skoleophold")
    expect(portal.locator("tbody tr")).to_have_count(3)
    assert_good(portal)

    if size is PHONE:
        portal.get_by_text("Filtrer", exact=True).click()
    for typed, heading in (
        ("uge 5", "2 lærlinge er på skole i uge 5, 2027"),
        ("20", "0 lærlinge er på skole i uge 20, 2027"),
    ):
        portal.get_by_label("Uge", exact=True).fill(typed)
        portal.get_by_role("button", name="Vis").click()
        expect(portal.get_by_role("heading", name=heading)).to_be_visible()
        assert_good(portal)
    portal.get_by_label("Uge", exact=True).fill("i morgen")
    portal.get_by_role("button", name="Vis").click()
    expect(portal.get_by_text("Skriv en uge, der findes, fx 2 eller 2 2027.")).to_be_visible()
    expect(portal.get_by_label("Uge", exact=True)).to_have_value("i morgen")
    assert_good(portal)


def test_filtering_counts_and_tells(portal):
    go_to(portal, "Fraværsoversigt")
    portal.get_by_text("Kun skoleophold i gang", exact=True).click()
    expect(portal.get_by_role("heading", name="2 skoleophold")).to_be_visible()
    expect(portal.get_by_role("status").filter(has_text="2 skoleophold")).to_have_count(1)
    portal.get_by_text("Kun med fravær", exact=True).click()
    expect(portal.get_by_role("heading", name="1 skoleophold")).to_be_visible()
    assert portal.url.endswith("/fravaer/?igang=on&fravaer=on")
    with portal.expect_download() as file:
        portal.get_by_role("link", name="Hent de viste i regneark (1)").click()
    assert file.value.suggested_filename == "fravaer-2027-01-27.xlsx"
    portal.get_by_label("Fritekstsøgning").fill("findes ikke")
    portal.get_by_role("button", name="Vis").click()
    expect(portal.get_by_text("Ingen skoleophold passer til det, du har valgt.")).to_be_visible()
    assert_good(portal)


def test_by_keyboard_alone(portal):
    portal.goto(portal.url + "fravaer/")
    portal.wait_for_load_state("load")
    for _ in range(30):
        portal.keyboard.press("Tab")
        if portal.evaluate("document.activeElement.textContent").startswith("Christoffer"):
            break
    portal.keyboard.press("Enter")
    expect(portal.get_by_role("heading", name="Christoffer-Emil Bang Rosenkrantz Nørgaard", level=1)).to_be_visible()


def test_without_javascript(browser, portal, live_server):
    context = browser.new_context(
        java_script_enabled=False, locale="da-DK", storage_state=portal.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/fravaer/")
    page.get_by_label("Kun med fravær").check()
    page.get_by_role("button", name="Vis").click()
    expect(page.get_by_role("heading", name="2 skoleophold")).to_be_visible()
    page.get_by_role("link", name="Bo Testelev").click()
    # Of a period that is over they are folded.
    page.get_by_text("Dag for dag: ").first.click()
    expect(page.get_by_role("table", name="Skoledage i ").first).to_be_visible()
    page.goto(f"{live_server.url}/skoleophold/")
    page.get_by_label("Uge", exact=True).fill("2")
    page.get_by_role("button", name="Vis").click()
    # The week that comes next with this number.
    expect(page.get_by_role("heading", name="0 lærlinge er på skole i uge 2, 2028")).to_be_visible()
    context.close()


def test_a_company_without_any_reads_why(page, live_server, sign_in, employee):
    sign_in(MembershipFactory(company_staff=True))
    for address, words in (
        ("/fravaer/", "som er slut inden for 30 dage."),
        ("/skoleophold/", "begynder inden for 6 måneder."),
    ):
        page.goto(live_server.url + address)
        expect(page.get_by_text(words).last).to_be_visible()
        assert_good(page)


def test_paper_says_whose_of_which_day_and_what_was_chosen(portal, live_server):
    portal.emulate_media(media="print")
    for address, words in (
        ("/fravaer/?igang=on", ["2 af 2, udskrevet 27.01.2027", "Filtre: Kun skoleophold i gang"]),
        ("/skoleophold/?uge=5", ["2 af 2, udskrevet 27.01.2027", "Filtre: Uge 5, 2027"]),
    ):
        portal.goto(live_server.url + address)
        for each in [*words, "Fjordby Kommune"]:
            expect(portal.get_by_text(each).first).to_be_visible()
        for hidden in (portal.get_by_role("navigation"), portal.get_by_role("button", name="Vis")):
            expect(hidden).to_have_count(0)
