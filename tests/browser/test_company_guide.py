"""The companies' guide, by visible words only: by mouse, by keyboard, without JavaScript, on a small screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from risk.models import Level
from risk.operations import record_assessment
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import AgreementFactory, CompanyFactory, MembershipFactory, WorkplaceFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page
    from pytest_django.live_server_helper import LiveServer

    from laereplads.access.models import Membership


class RiskOverview:
    """Frafaldsrisiko (SOSU) as an employee meets it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> None:
        self.page.get_by_role("link", name="Frafaldsrisiko (SOSU)").first.click()
        expect(self.page.get_by_role("heading", name="Frafaldsrisiko (SOSU)", level=1)).to_be_visible()
        # A key that is pressed before the scripts are there leads to the page that does without them.
        self.page.wait_for_load_state("load")

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("row").filter(has=self.edit_button(name))

    def edit_button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=f"Rediger {name}", exact=True)

    def edit(self, name: str) -> None:
        self.edit_button(name).click()
        expect(self.window(name)).to_be_visible()

    def window(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=f"Aktuel frafaldsrisiko for {name}")

    def no_window(self) -> None:
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def choose(self, level: str) -> None:
        # The whole label can be clicked, as people do: the radio itself is drawn by the design system.
        self.page.get_by_text(level, exact=True).last.click()
        expect(self.page.get_by_role("radio", name=level)).to_be_checked()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def said(self, words: str) -> None:
        """A screen reader is told."""
        expect(self.page.get_by_role("status").filter(has_text=words)).to_have_count(1)


@pytest.fixture
def employee(live_server: LiveServer) -> Membership:
    """Of a company with five students, none of them assessed."""
    company = CompanyFactory()
    workplace = WorkplaceFactory(company=company, name="Testcentret")
    for number in range(1, 6):
        AgreementFactory(company=company, workplace=workplace, student__name=f"Testelev {number}")
    return MembershipFactory(company_staff=True, company=company, user__name="Else Oplærer")


@pytest.fixture
def overview(
    page: Page, live_server: LiveServer, sign_in: Callable[[Membership], None], employee: Membership
) -> RiskOverview:
    """The employee is logged in and stands on Forside."""
    sign_in(employee)
    page.goto(live_server.url)
    return RiskOverview(page)


@pytest.fixture
def without_javascript(browser: Browser, overview: RiskOverview, live_server: LiveServer) -> Iterator[RiskOverview]:
    context = browser.new_context(
        java_script_enabled=False, locale="da-DK", storage_state=overview.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(live_server.url)
    yield RiskOverview(page)
    context.close()


def agreement_of(name: str):
    from laereplads.people.models import Agreement

    return Agreement.objects.get(student__name=name)


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("width", [1280, 320])
def test_the_guide_by_mouse(overview, width):
    page = overview.page
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("main").get_by_role("link", name="Frafaldsrisiko (SOSU)").click()
    expect(page.get_by_text("0 af 5 lærlinge har en vurdering")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    overview.edit("Testelev 3")
    assert_accessible(page)
    assert_fits(page)
    overview.choose("Middel")
    overview.press("Gem")

    overview.no_window()
    expect(overview.edit_button("Testelev 3")).to_be_focused()
    overview.said("Gemt: Testelev 3, frafaldsrisiko Middel.")
    expect(page.get_by_text("1 af 5 lærlinge har en vurdering")).to_be_visible()
    expect(page.get_by_text("2. marts 2026")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Else Oplærer")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.today("2026-03-02")
def test_the_row_shows_the_level_the_date_and_the_employee_and_not_stated_removes_them(overview):
    overview.open()
    overview.edit("Testelev 3")
    overview.choose("Høj")
    overview.press("Gem")
    expect(overview.row("Testelev 3")).to_contain_text(re.compile(r"Høj\s*2\. marts 2026\s*Else Oplærer"))

    overview.edit("Testelev 3")
    overview.choose("Ikke angivet")
    overview.press("Gem")

    expect(overview.row("Testelev 3")).to_contain_text("Ikke registreret")
    overview.said("Vurderingen af Testelev 3 er fjernet.")


def test_five_students_in_a_row_by_keyboard_alone(overview):
    page = overview.page
    overview.open()
    overview.edit_button("Testelev 1").focus()
    page.keyboard.press("Enter")
    expect(overview.window("Testelev 1").get_by_role("radio", name="Høj")).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gem", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gem og næste")).to_be_focused()
    page.keyboard.press("Enter")

    for number, key in ((2, "m"), (3, "ArrowDown"), (4, "h")):
        expect(overview.window(f"Testelev {number}").get_by_role("radio", name="Høj")).to_be_focused()
        expect(page.get_by_text("Tastatur: tryk H, M, L eller I. Enter gemmer. N gemmer og går til")).to_be_visible()
        page.keyboard.press(key)
        page.keyboard.press("n")

    expect(overview.window("Testelev 5").get_by_role("radio", name="Høj")).to_be_focused()
    overview.said("Gemt: Testelev 4, frafaldsrisiko Høj. Nu: Testelev 5.")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    overview.no_window()
    expect(overview.edit_button("Testelev 5")).to_be_focused()
    expect(page.get_by_text("5 af 5 lærlinge har en vurdering")).to_be_visible()
    for number, level in enumerate(("Lav", "Middel", "Middel", "Høj", "Høj"), start=1):
        expect(overview.row(f"Testelev {number}")).to_contain_text(level)


def test_the_buttons_keep_their_places_and_enter_its_meaning(overview):
    """Also when "Gem og næste" led here: Enter saves and closes, as the page says."""
    page = overview.page
    overview.open()
    overview.edit("Testelev 1")
    for number in (1, 2):
        buttons = overview.window(f"Testelev {number}").get_by_role("button")
        expect(buttons).to_have_text(["Gem", "Gem og næste"])
        overview.choose("Lav")
        if number == 1:
            overview.press("Gem og næste")
    page.keyboard.press("Enter")

    overview.no_window()
    expect(overview.edit_button("Testelev 2")).to_be_focused()
    expect(page.get_by_text("2 af 5 lærlinge har en vurdering")).to_be_visible()


def test_escape_and_cancel_lead_back_to_the_button_and_save_nothing(overview):
    overview.open()
    for leave in (
        lambda: overview.page.keyboard.press("Escape"),
        lambda: overview.page.get_by_role("link", name="Annuller").click(),
    ):
        overview.edit("Testelev 2")
        overview.choose("Høj")
        leave()
        overview.no_window()
        expect(overview.edit_button("Testelev 2")).to_be_focused()
    expect(overview.page.get_by_text("0 af 5 lærlinge har en vurdering")).to_be_visible()


def test_what_was_said_of_one_student_does_not_stand_with_another(overview):
    overview.open()
    overview.edit("Testelev 1")
    overview.choose("Lav")
    overview.press("Gem og næste")
    overview.said("Gemt: Testelev 1, frafaldsrisiko Lav. Nu: Testelev 2.")
    overview.page.keyboard.press("Escape")
    overview.no_window()

    overview.edit("Testelev 4")
    expect(overview.window("Testelev 4")).not_to_contain_text("Testelev 1")


def test_going_on_beyond_the_page_leads_back_to_the_row_on_its_page(overview, employee):
    workplace = WorkplaceFactory(company=employee.company)
    for number in range(25):
        AgreementFactory(company=employee.company, workplace=workplace, student__name=f"Anna {number:02}")
    overview.open()
    overview.edit("Anna 24")
    overview.choose("Lav")
    overview.press("Gem og næste")
    expect(overview.window("Testelev 1")).to_be_visible()
    overview.choose("Lav")
    overview.press("Gem")

    expect(overview.edit_button("Testelev 1")).to_be_focused()
    expect(overview.page).to_have_url(re.compile(r"efter="))
    overview.said("Gemt: Testelev 1, frafaldsrisiko Lav.")


def test_a_missing_choice_is_explained(overview):
    overview.open()
    overview.edit("Testelev 1")
    overview.press("Gem")

    summary = overview.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Vælg en frafaldsrisiko.")
    assert_accessible(overview.page)
    summary.get_by_role("link", name="Vælg en frafaldsrisiko.").click()
    expect(overview.page.get_by_role("radio", name="Høj")).to_be_focused()


@pytest.mark.today("2026-03-02")
def test_what_a_colleague_recorded_meanwhile_is_shown(overview, employee):
    colleague = MembershipFactory(company_staff=True, company=employee.company, user__name="Kim Kollega")
    overview.open()
    overview.edit("Testelev 1")
    record_assessment(agreement_of("Testelev 1"), Level.HIGH, by=colleague)
    overview.choose("Lav")
    overview.press("Gem")

    told = overview.page.get_by_role("alert")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Kim Kollega registrerede Høj den 2. marts 2026")
    expect(overview.page.get_by_role("radio", name="Lav")).to_be_checked()
    assert_accessible(overview.page)
    overview.press("Gem")
    expect(overview.row("Testelev 1")).to_contain_text("Lav")


@pytest.mark.today("2026-03-02")
def test_earlier_assessments_can_be_unfolded(overview, employee):
    for level in (Level.HIGH, Level.MEDIUM, Level.LOW):
        record_assessment(agreement_of("Testelev 1"), level, by=employee)
    overview.open()
    overview.edit("Testelev 1")
    earlier = (
        overview.page.get_by_role("listitem").filter(has_text="Høj").filter(has_text="2. marts 2026, Else Oplærer")
    )
    expect(earlier).to_be_hidden()

    overview.page.get_by_text("Tidligere vurderinger (2)").click()

    expect(earlier).to_be_visible()
    assert_accessible(overview.page)


def test_filtering_counts_tells_and_can_be_undone_with_the_back_button(overview, employee):
    page = overview.page
    record_assessment(agreement_of("Testelev 4"), Level.HIGH, by=employee)
    overview.open()
    page.get_by_label("Ikke registreret", exact=True).check(force=True)
    expect(page.get_by_role("heading", name="4 lærlinge")).to_be_visible()
    overview.said("4 lærlinge")
    expect(page).to_have_url(re.compile(r"\?niveau=none$"))
    page.get_by_label("Lærlingens navn").fill("elev 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 lærling")).to_be_visible()
    assert_accessible(page)

    page.go_back()
    expect(page.get_by_role("heading", name="4 lærlinge")).to_be_visible()
    overview.edit("Testelev 1")
    overview.choose("Lav")
    overview.press("Gem")
    expect(overview.edit_button("Testelev 1")).to_be_focused()
    page.get_by_role("link", name="Nulstil filtre").click()
    expect(page.get_by_role("heading", name="5 lærlinge")).to_be_visible()


@pytest.mark.today("2026-03-02")
def test_the_guide_without_javascript(without_javascript):
    overview, page = without_javascript, without_javascript.page
    overview.open()
    page.get_by_label("Lærlingens navn").fill("elev 3")
    page.get_by_role("button", name="Vis").click()
    expect(page.get_by_role("heading", name="1 lærling")).to_be_visible()
    overview.edit_button("Testelev 3").click()

    expect(page.get_by_role("heading", name="Aktuel frafaldsrisiko for Testelev 3")).to_be_visible()
    overview.press("Gem")
    expect(page.get_by_role("alert")).to_contain_text("Vælg en frafaldsrisiko.")
    overview.choose("Lav")
    overview.press("Gem")

    expect(page.get_by_text("Vurderingen er gemt.")).to_be_visible()
    expect(page.get_by_role("heading", name="1 lærling")).to_be_visible()
    expect(overview.row("Testelev 3")).to_contain_text(re.compile(r"Lav\s*2\. marts 2026\s*Else Oplærer"))


def test_going_on_to_the_next_without_javascript(without_javascript):
    overview, page = without_javascript, without_javascript.page
    overview.open()
    overview.edit_button("Testelev 1").click()
    for number in range(1, 5):
        expect(page.get_by_role("heading", name=f"Aktuel frafaldsrisiko for Testelev {number}")).to_be_visible()
        overview.choose("Middel")
        overview.press("Gem og næste")
    page.set_viewport_size({"width": 320, "height": 640})
    overview.choose("Middel")
    overview.press("Gem")

    # The row that was saved stands far down, and what is said of it comes along.
    expect(overview.row("Testelev 5")).to_be_in_viewport()
    expect(page.get_by_text("Vurderingen er gemt.")).to_be_in_viewport()
    expect(page.get_by_text("5 af 5 lærlinge har en vurdering")).to_be_visible()


@pytest.mark.parametrize(
    "answer",
    [lambda route: route.abort(), lambda route: route.fulfill(status=503, body="<h1>Portalen svarer ikke</h1>")],
    ids=["no answer", "503"],
)
def test_when_the_portal_does_not_answer_one_is_told_and_can_save_again(overview, live_server, answer):
    # A page of its own: a lost connection is an error in the console, as it should be.
    overview = RiskOverview(overview.page.context.new_page())
    overview.page.goto(live_server.url)
    overview.open()
    overview.edit("Testelev 1")
    overview.choose("Lav")
    overview.page.route("**/frafaldsrisiko/*/", answer)
    overview.press("Gem")
    expect(overview.window("Testelev 1").get_by_role("alert")).to_contain_text("Portalen svarer ikke lige nu.")
    overview.page.unroute("**/frafaldsrisiko/*/")
    overview.press("Gem")

    overview.no_window()
    expect(overview.row("Testelev 1")).to_contain_text("Lav")


def test_a_session_that_ended_leads_to_the_login_page(overview):
    overview.open()
    overview.page.context.clear_cookies()
    overview.edit_button("Testelev 1").click()

    expect(overview.page).to_have_url(re.compile(r"/log-ind/\?next=/frafaldsrisiko/"))


def test_a_student_who_is_out_of_view_by_now_gets_a_page_that_says_so(overview):
    overview.open()
    agreement = agreement_of("Testelev 1")
    agreement.starts_on = agreement.starts_on.replace(year=2024)
    agreement.ended_early_on = agreement.starts_on.replace(year=2025)
    agreement.save()
    overview.edit_button("Testelev 1").click()

    overview.no_window()
    expect(overview.page.get_by_role("heading", level=1)).to_contain_text("findes ikke")


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("width", [1280, 320])
def test_the_overview_of_all_students(overview, employee, width):
    page = overview.page
    page.set_viewport_size({"width": width, "height": 800})
    AgreementFactory(company=employee.company, student__name="Karla Kommende", not_begun=True)
    page.get_by_role("main").get_by_role("link", name="Lærlingeoversigt").click()
    expect(page.get_by_role("heading", name="6 lærlinge")).to_be_visible()
    expect(page.get_by_text("Begynder 12. marts 2026")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    if width == 320:
        page.get_by_text("Filtrer", exact=True).click()
    page.get_by_label("Uddannelsesaftaler").select_option("Slutter inden for tre måneder")

    expect(page.get_by_role("heading", name="0 lærlinge")).to_be_visible()
    overview.said("0 lærlinge")
    assert_accessible(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_whoever_is_limited_to_a_workplace_reads_which(page, live_server, sign_in, employee, width):
    empty = WorkplaceFactory(company=employee.company, name="Aktivitetscentret ved Østre Engblommevej")
    for place in (employee.company.workplaces.get(name="Testcentret"), empty):
        membership = MembershipFactory(company_staff=True, company=employee.company, workplace=place)
        sign_in(membership)
        page.set_viewport_size({"width": width, "height": 800})
        for link in ("Frafaldsrisiko (SOSU)", "Lærlingeoversigt"):
            page.goto(live_server.url)
            page.get_by_role("main").get_by_role("link", name=link).first.click()
            expect(page.get_by_role("heading", name=link, level=1)).to_be_visible()
            expect(page.get_by_role("banner").get_by_text(f"(kun {place.name})")).to_be_visible()
            expect(page.get_by_role("main").get_by_text(f"Kun {place.name}.")).to_be_visible()
            assert_accessible(page)
            assert_fits(page)
    expect(page.get_by_role("heading", name=f"Ingen lærlinge på {empty.name} lige nu")).to_be_visible()
