"""A student looks up their school periods and their absence: by keyboard, in English, without JavaScript, in print."""

import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import assert_accessible, assert_fits
from tests.browser.test_student_guide import OwnPages
from tests.factories import (
    AbsenceDayFactory,
    AbsenceNoticeFactory,
    AgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    days_from_today,
)

pytestmark = pytest.mark.today("2027-02-01")
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
PERIODS, ABSENCE = "/minside/uddannelsesforloeb/skoleophold/", "/minside/uddannelsesforloeb/fravaer/"


@pytest.fixture
def nobody_yet(transactional_db):
    return MembershipFactory(of_student=True, student__name="Ida Prøvesen", student__school__name="SOSU Prøve")


@pytest.fixture
def student(nobody_yet):
    """At school now, told of once before, and with periods to come, one of them cancelled."""
    own = nobody_yet.student
    agreement = AgreementFactory(student=own, company__name="Prøvekøbing Kommune", starts_on=days_from_today(-300))
    over = SchoolPeriodFactory(
        student=own, name="Skoleperiode 1A", starts_on=days_from_today(-150), ends_on=days_from_today(-120)
    )
    running = SchoolPeriodFactory(
        student=own, name="Skoleperiode 1B", starts_on=datetime.date(2027, 1, 11), ends_on=datetime.date(2027, 3, 19)
    )
    for number, cancelled_on in enumerate((None, days_from_today(-1))):
        starts_on = days_from_today(100 + 50 * number)
        SchoolPeriodFactory(
            student=own,
            name="Skoleperiode 2A",
            starts_on=starts_on,
            ends_on=starts_on + datetime.timedelta(days=30),
            cancelled_on=cancelled_on,
        )
    for day in (11, 12, 13, 14, 15, 18, 19, 29):
        AbsenceDayFactory(period=running, day=datetime.date(2027, 1, day), lawful=30 * (day % 3), unlawful=day % 2 * 90)
    AbsenceDayFactory(period=over, day=over.ends_on, lawful=390)
    AbsenceNoticeFactory(period=over, agreement=agreement, told_lawful=360, through=over.ends_on)
    AbsenceNoticeFactory(period=over, agreement=agreement, sequence=2, told_lawful=390)
    return nobody_yet


def look(page: Page) -> None:
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert_fits(page)


def test_from_the_next_school_period_to_the_single_day_by_keyboard(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + "/minside/uddannelsesforloeb/")
    own = OwnPages(page)

    own.tab_to("Skoleophold")
    own.expect_heading("Skoleophold")
    expect(page.get_by_text("Du er på skoleophold til og med den 19. marts 2027.")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Skoleperiode 1B"))
    expect(row).to_contain_text("uge 2–11")
    look(page)

    own.tab_to("Se dit fravær i skoleopholdene")
    own.expect_heading("Fravær")
    seen = page.get_by_role("region", name="Det ser skolen")
    expect(seen).to_contain_text("seneste 20 skoledage")
    expect(seen).to_contain_text("Arbejdsgiveren ser ikke dette.")
    days = page.get_by_role("table", name="Skoledage i Skoleperiode 1B")
    expect(days).to_be_hidden()
    page.get_by_text("Skoleperiode 1B: se alle 8 skoledage").press("Enter")
    expect(days.get_by_role("row").last).to_contain_text("Fredag 29. januar 2027")
    expect(page.get_by_role("region", name="Besked til din arbejdsgiver")).to_contain_text("Rettet den 1. februar 2027")
    look(page)


@pytest.mark.parametrize("address", [PERIODS, ABSENCE])
def test_before_anything_is_known(page, live_server, sign_in, nobody_yet, address):
    sign_in(nobody_yet)
    page.goto(live_server.url + address)
    expect(page.get_by_role("table")).to_have_count(0)
    look(page)


def test_only_a_period_to_come(page, live_server, sign_in, nobody_yet):
    SchoolPeriodFactory(student=nobody_yet.student, starts_on=days_from_today(7), ends_on=days_from_today(60))
    sign_in(nobody_yet)
    page.goto(live_server.url + PERIODS)
    expect(page.get_by_text("Dit næste skoleophold begynder den 8. februar 2027, om 1 uge.")).to_be_visible()
    look(page)
    page.goto(live_server.url + ABSENCE)
    expect(page.get_by_text("Skolen har ikke leveret fravær endnu.")).to_be_visible()
    look(page)


@NO_JAVASCRIPT
def test_without_javascript_and_in_english(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + ABSENCE)
    page.get_by_role("button", name="English").click()
    OwnPages(page).expect_heading("Absence")
    expect(page.get_by_role("region", name="What the school sees")).to_contain_text("in the latest 20 school days")
    page.get_by_text("Skoleperiode 1B: see all 8 school days").click()
    expect(page.get_by_role("table", name="School days in Skoleperiode 1B")).to_contain_text("Friday 29 January 2027")
    page.get_by_role("link", name="School periods").click()
    expect(page.get_by_text("You are at school until 19 March 2027, inclusive.")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("weeks 2–11")


def test_in_english(page, live_server, sign_in, student):
    sign_in(student)
    for address in (PERIODS, ABSENCE):
        page.goto(live_server.url + address)
        if page.get_by_role("button", name="English").count():
            page.get_by_role("button", name="English").click()
        look(page)


def test_on_paper_stands_what_is_on_the_screen_without_the_ways_to_other_pages(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + ABSENCE)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Mit uddannelsesforløb")).to_be_hidden()
    expect(page.get_by_role("table", name="Dit fravær i hvert skoleophold, det nyeste først")).to_be_visible()
    expect(page.get_by_role("table", name="Fravær uge for uge")).to_be_visible()
