"""The official guide for students, step by step, by visible words only."""

import pytest
from playwright.sync_api import Page, expect

from risk.models import Level
from risk.operations import record_assessment
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import AgreementFactory, MembershipFactory, SchoolFactory, StudentFactory, days_from_today

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today("2026-03-02")]


@pytest.fixture
def student():
    school = SchoolFactory(name="SOSU Prøve", phone="12 34 56 78", email="vejleder@sosu.example")
    membership = MembershipFactory(of_student=True, student=StudentFactory(name="Ida Prøvesen", school=school))
    agreement = AgreementFactory(student=membership.student, workplace__name="Plejecentret Prøven")
    AgreementFactory(student=membership.student, starts_on=days_from_today(-600), ends_on=days_from_today(-300))
    employee = MembershipFactory(company_staff=True, company=agreement.company, user__name="Kirsten Vurdersen")
    for level in (Level.HIGH, None, Level.MEDIUM):
        record_assessment(agreement, level, by=employee)
    return membership


class OwnPages:
    """Min side as a student meets it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def look(self) -> None:
        assert_accessible(self.page)
        assert_fits(self.page)

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def tab_to(self, name: str) -> None:
        """Reach the link by the keyboard alone, as one who counts on the focus being seen."""
        link = self.page.get_by_role("link", name=name, exact=True).first
        for _ in range(40):
            self.page.keyboard.press("Tab")
            if link.evaluate("link => link === document.activeElement"):
                self.page.keyboard.press("Enter")
                return
        pytest.fail(f"{name} cannot be reached by keyboard")

    def expect_heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def follow_the_guide(own: OwnPages, go) -> None:
    go("Min side")
    own.expect_heading("Min side")
    own.look()
    go("Vis uddannelsesforløb")
    own.expect_heading("Mit uddannelsesforløb")
    expect(own.page.get_by_role("link", name="Uddannelsesaftale", exact=True)).to_have_attribute("aria-current", "page")
    risk = own.page.get_by_role("region", name="Aktuel frafaldsrisiko")
    expect(risk).to_contain_text("Middel")
    expect(risk).to_contain_text("Registreret 2. marts 2026 af Kirsten Vurdersen")
    agreement = own.page.get_by_role("region", name="Nuværende uddannelsesaftale")
    for term in ("Uddannelse", "Aftaletype", "Aftaleperiode", "Virksomhed", "Arbejdssted", "Skole"):
        expect(agreement.get_by_role("term").filter(has_text=term).first).to_be_visible()
    own.look()
    go("Skoleophold")
    own.expect_heading("Skoleophold")
    own.look()
    go("Fravær")
    own.expect_heading("Fravær")
    expect(own.page.get_by_role("link", name="12 34 56 78")).to_be_visible()
    own.look()


@pytest.mark.parametrize("width", [1280, 320])
def test_by_mouse(page, live_server, sign_in, student, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(student)
    page.goto(live_server.url)
    own = OwnPages(page)
    own.look()

    # The front page leads there too; the guide goes by the menu bar.
    page.get_by_role("navigation", name="Hovedmenu").get_by_role("link", name="Min side").click()
    follow_the_guide(own, own.follow)


def test_by_keyboard_alone(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url)
    own = OwnPages(page)

    follow_the_guide(own, own.tab_to)


def test_the_first_stop_leads_past_the_menu(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + "/minside/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Vis uddannelsesforløb")).to_be_focused()


def test_history_and_other_agreements_unfold(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url + "/minside/uddannelsesforloeb/")
    expect(page.get_by_role("table", name="Tidligere vurderinger")).to_be_hidden()

    page.get_by_text("Se 1 tidligere vurdering").press("Enter")
    page.get_by_text("Se 1 anden aftale").click()

    table = page.get_by_role("table", name="Tidligere vurderinger")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("Vurderingen blev fjernet")
    expect(table).not_to_contain_text("Høj")
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        OwnPages(page).look()


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_the_guide_and_the_language(self, page, live_server, sign_in, student):
        sign_in(student)
        page.goto(live_server.url)
        page.get_by_role("navigation", name="Hovedmenu").get_by_role("link", name="Min side").click()
        page.get_by_role("link", name="Vis uddannelsesforløb").click()
        expect(page.get_by_role("region", name="Aktuel frafaldsrisiko")).to_contain_text("Kirsten Vurdersen")
        page.get_by_text("Se 1 tidligere vurdering").click()
        expect(page.get_by_role("table", name="Tidligere vurderinger")).to_be_visible()
        page.get_by_role("link", name="Fravær").click()

        page.get_by_role("button", name="English").click()

        expect(page.get_by_role("heading", name="Absence", exact=True)).to_be_visible()


def test_in_english(page, live_server, sign_in, student):
    sign_in(student)
    page.goto(live_server.url)
    own = OwnPages(page)
    page.get_by_role("button", name="English").click()

    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="My page").click()
    own.expect_heading("My page")
    own.look()
    own.follow("Show training")
    own.expect_heading("My training")
    risk = page.get_by_role("region", name="Current dropout risk")
    expect(risk).to_contain_text("Medium")
    expect(risk).to_contain_text("Registered on 2 March 2026 by Kirsten Vurdersen")
    expect(page.get_by_role("region", name="Current training agreement")).to_contain_text("Ordinary agreement")
    own.look()
    own.follow("School periods")
    own.look()

    page.get_by_role("button", name="Dansk").click()
    own.expect_heading("Skoleophold")
