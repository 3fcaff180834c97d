"""The school's official guide, step by step by visible words: mouse, keyboard alone, no JavaScript, a small screen."""

from __future__ import annotations

import datetime
import io
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from laereplads.web.spreadsheets import AT_ONCE
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory
from tests.other_session import LOCK, other_session
from tests.schools.conftest import assess

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2026-03-02")
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
SMALL = {"width": 320, "height": 700}


@pytest.fixture
def mentor(live_server) -> Membership:
    """Somebody at a school with five students: one at high, two at middle, one at low risk, one not registered."""
    mentor = MembershipFactory(school_staff=True)
    levels = {
        "Testelev 1": ("high", "2026-02-20T10:00:00+01:00"),
        "Testelev 2": ("medium", "2026-02-10T10:00:00+01:00"),
        "Testelev 3": ("medium", "2021-12-20T10:00:00+01:00"),
        "Testelev 4": ("low", "2021-12-01T10:00:00+01:00"),
        "Testelev 5": ("", ""),
    }
    for name, (level, recorded_at) in levels.items():
        student = StudentFactory(name=name, school=mentor.school, birth_date=datetime.date(1999, 9, 9))
        agreement = AgreementFactory(
            student=student, company__name="TEST KOMMUNE", starts_on=datetime.date(2021, 2, 20), ends_on="2026-05-28"
        )
        if level:
            assess(agreement, level, recorded_at)
    return mentor


class StudentOverview:
    """The school's overview as a person meets it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def group(self, name: str) -> Locator:
        """What is clicked on to fold a filter out: its name and the + before it."""
        return self.page.get_by_text(name, exact=True).first

    def box(self, name: str) -> Locator:
        return self.page.get_by_role("checkbox", name=re.compile(rf"^{name}( \(\d+\))?$"))

    def tick(self, name: str) -> None:
        self.page.get_by_text(re.compile(rf"^{name} \(\d+\)$")).click()

    def expect_students(self, *names: str) -> None:
        hits = f"{len(names)} elev" if len(names) == 1 else f"{len(names)} elever"
        expect(self.page.get_by_role("heading", name=hits, exact=True)).to_be_visible()
        expect(self.page.get_by_role("heading", level=3)).to_have_text(list(names))

    def chip(self, words: str) -> Locator:
        return self.page.get_by_role("link", name=f"Fjern filter: {words}", exact=True)

    def star(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=f"Følg {name}", exact=True)


def test_the_guide_with_the_mouse(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)

    page.goto(live_server.url)
    page.get_by_role("link", name="Elevoversigt").first.click()
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3", "Testelev 4", "Testelev 5")
    assert_accessible(page)

    expect(page.get_by_text("Senest registreret")).to_be_hidden()
    expect(page.get_by_role("searchbox", name="Fritekstsøgning")).to_be_visible()
    expect(
        page.get_by_text("Eller begyndelsen af elevnummer, e-mail eller telefon med mindst et tal eller et @.")
    ).to_be_visible()
    for name in ("Relation til skolen", "Frafaldsrisiko (SOSU)", "Grundforløb"):
        overview.group(name).click()
    for name in ("Igangværende aftale", "Elevtype", "Uddannelse", "Uddannelsesstatus", "Profilens synlighed"):
        overview.group(name).click()
    assert_accessible(page)

    for words in ("Høj (1)", "Middel (2)", "Lav (1)", "Ikke registreret (1)"):
        expect(page.get_by_role("checkbox", name=words, exact=True)).to_be_visible()
    overview.tick("Høj")
    overview.expect_students("Testelev 1")
    overview.tick("Middel")
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3")
    expect(overview.chip("Frafaldsrisiko høj eller middel")).to_be_visible()
    assert page.url.endswith("/elever/?niveau=high&niveau=medium")
    assert_accessible(page)

    page.get_by_label("Senest registreret").fill("20.12.2021")
    overview.expect_students("Testelev 3")
    expect(page.get_by_text("Igangværende ordinær aftale afsluttes om 12 uger (28.05.2026)")).to_be_visible()
    expect(page.get_by_text("Frafaldsrisiko: Middel")).to_be_visible()
    expect(page.get_by_text("Registreret 20.12.2021", exact=True)).to_be_visible()

    overview.chip("Senest registreret 20.12.2021").click()
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3")
    expect(page.get_by_label("Senest registreret")).to_have_value("")
    expect(overview.box("Høj")).to_be_checked()
    expect(page.get_by_role("heading", name="3 elever")).to_be_focused()

    page.get_by_role("link", name="Testelev 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Testelev 3")
    expect(page.get_by_text("Registreret 20. december 2021")).to_be_visible()
    expect(page.get_by_text("TEST KOMMUNE startede for mere end 5 år siden (20.02.2021)")).to_be_visible()
    expect(page.get_by_text("09.09.1999 (26 år)")).to_be_visible()
    assert_accessible(page)
    for tab in ("Profil", "Søgelog", "Aktivitetslog", "Uddannelsesforløb"):
        page.get_by_role("link", name=tab, exact=True).click()
        expect(page.get_by_role("heading", name=tab, level=2)).to_be_visible()
        assert_accessible(page)

    page.get_by_role("link", name="Tilbage til elevoversigten").click()
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3")
    page.get_by_role("link", name="Nulstil alle filtre").click()
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3", "Testelev 4", "Testelev 5")
    assert page.url.endswith("/elever/")


@pytest.mark.parametrize("by", ["mouse", pytest.param("mouse without JavaScript", marks=NO_JAVASCRIPT)])
def test_the_filtered_list_as_a_spreadsheet(page, live_server, sign_in, mentor, by):
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/?niveau=medium")
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent 2 elever som regneark", exact=True).click()
    assert download.value.suggested_filename == "elever-2026-03-02.xlsx"
    rows = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active.iter_rows(values_only=True)
    assert [row[0] for row in rows][-2:] == ["Testelev 2", "Testelev 3"]

    expect(page.get_by_role("heading", name="2 elever", exact=True)).to_be_visible()
    page.goto(f"{live_server.url}/elever/?navn=findes+ikke")
    expect(page.get_by_role("link", name="som regneark")).to_have_count(0)


def test_who_must_wait_for_a_spreadsheet_is_told(page, live_server, sign_in, mentor):
    sign_in(mentor)
    with other_session() as others:
        for place in range(AT_ONCE):
            others.execute(LOCK, [f"spreadsheet:{place}"])
        page.goto(f"{live_server.url}/elever/?niveau=medium")
        page.get_by_role("link", name="Hent 2 elever som regneark", exact=True).click()
        expect(page.get_by_role("heading", name="Vent lidt med regnearket")).to_be_visible()
        assert_accessible(page)
    with page.expect_download():
        page.get_by_role("link", name="Prøv igen", exact=True).click()


def test_ones_own_students(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.goto(f"{live_server.url}/elever/?mine=on")
    expect(page.get_by_role("heading", name="Du følger ingen elever endnu")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Vis alle elever").click()
    expect(overview.star("Testelev 4")).to_have_attribute("aria-pressed", "false")
    overview.star("Testelev 4").click()
    expect(overview.star("Testelev 4")).to_have_attribute("aria-pressed", "true")
    expect(overview.star("Testelev 4")).to_be_focused()

    page.get_by_role("link", name="Testelev 2").click()
    overview.star("Testelev 2").click()
    expect(overview.star("Testelev 2")).to_have_attribute("aria-pressed", "true")
    assert_accessible(page)

    page.get_by_role("link", name="Tilbage til elevoversigten").click()
    page.get_by_text("Mine elever", exact=True).click()
    overview.expect_students("Testelev 2", "Testelev 4")


def test_back_reload_and_a_copied_link_give_the_same_page(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.goto(f"{live_server.url}/elever/")
    overview.group("Frafaldsrisiko (SOSU)").click()
    overview.tick("Høj")
    overview.expect_students("Testelev 1")
    overview.tick("Lav")
    overview.expect_students("Testelev 1", "Testelev 4")
    copied = page.url

    page.go_back()
    overview.expect_students("Testelev 1")
    expect(overview.box("Høj")).to_be_checked()
    expect(overview.box("Lav")).not_to_be_checked()
    expect(overview.chip("Frafaldsrisiko høj")).to_be_visible()

    page.go_forward()
    overview.expect_students("Testelev 1", "Testelev 4")
    expect(overview.box("Lav")).to_be_checked()

    page.reload()
    overview.expect_students("Testelev 1", "Testelev 4")
    expect(overview.box("Lav")).to_be_checked()
    page.get_by_role("link", name="Testelev 4").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Testelev 4")
    page.go_back()
    overview.expect_students("Testelev 1", "Testelev 4")
    expect(overview.box("Høj")).to_be_checked()

    page.goto("about:blank")
    page.goto(copied)
    overview.expect_students("Testelev 1", "Testelev 4")
    expect(overview.box("Lav")).to_be_checked()


def test_searching_keeps_the_focus_and_is_announced_once(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.goto(f"{live_server.url}/elever/")
    field = page.get_by_role("searchbox", name="Fritekstsøgning")
    field.click()
    page.keyboard.type("elev 4")

    overview.expect_students("Testelev 4")
    expect(page.get_by_role("status")).to_have_text("1 elev")
    expect(field).to_be_focused()
    page.keyboard.type("x")
    expect(page.get_by_role("heading", name="Ingen elever passer til alle filtrene")).to_be_visible()
    expect(field).to_have_value("elev 4x")
    assert_accessible(page)

    page.get_by_role("link", name="Vis alle elever").click()
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3", "Testelev 4", "Testelev 5")
    expect(field).to_have_value("")


def test_sorting(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.goto(f"{live_server.url}/elever/")

    page.get_by_role("link", name="Højeste risiko").click()
    overview.expect_students("Testelev 1", "Testelev 3", "Testelev 2", "Testelev 4", "Testelev 5")
    expect(page.get_by_role("link", name="Højeste risiko")).to_be_focused()
    page.get_by_role("link", name="Længst siden vurdering").click()
    overview.expect_students("Testelev 4", "Testelev 3", "Testelev 2", "Testelev 1", "Testelev 5")
    # The filters keep the order that was chosen after they were drawn.
    overview.group("Frafaldsrisiko (SOSU)").click()
    overview.tick("Middel")
    overview.expect_students("Testelev 3", "Testelev 2")


def test_many_students_come_in_pages(page, live_server, sign_in, mentor):
    for number in range(60):
        StudentFactory(name=f"Elev {number:02}", school=mentor.school)
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/?aftale=nej")

    page.get_by_role("link", name="Næste").click()
    expect(page.get_by_text("26–50 af 60")).to_be_visible()
    expect(page.get_by_role("heading", name="60 elever")).to_be_focused()
    page.get_by_role("link", name="Sidste").click()
    expect(page.get_by_text("51–60 af 60")).to_be_visible()
    assert page.url.endswith("?aftale=nej&side=sidste")
    assert_accessible(page)
    page.get_by_role("link", name="Første").click()
    expect(page.get_by_text("1–25 af 60")).to_be_visible()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(80):
        if target.count() and target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reached {target}.")


def test_the_guide_with_the_keyboard_alone(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.goto(live_server.url)

    tab_to(page, page.get_by_role("link", name="Elevoversigt").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Elevoversigt", level=1)).to_be_visible()
    tab_to(page, overview.group("Frafaldsrisiko (SOSU)"))
    page.keyboard.press("Enter")
    tab_to(page, overview.box("Høj"))
    page.keyboard.press("Space")
    overview.expect_students("Testelev 1")
    expect(overview.box("Høj")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3")

    tab_to(page, overview.chip("Frafaldsrisiko høj eller middel"))
    page.keyboard.press("Enter")
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3", "Testelev 4", "Testelev 5")
    tab_to(page, overview.star("Testelev 3"))
    page.keyboard.press("Space")
    expect(overview.star("Testelev 3")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Testelev 3")
    tab_to(page, page.get_by_role("link", name="Aktivitetslog"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Aktivitetslog")).to_be_visible()


@NO_JAVASCRIPT
def test_the_guide_without_javascript(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.goto(live_server.url)
    page.get_by_role("link", name="Elevoversigt").first.click()

    overview.group("Frafaldsrisiko (SOSU)").click()
    overview.tick("Høj")
    overview.tick("Middel")
    page.get_by_label("Senest registreret").fill("20.12.2021")
    page.get_by_role("button", name="Vis elever").click()
    overview.expect_students("Testelev 3")
    expect(overview.box("Høj")).to_be_checked()

    overview.star("Testelev 3").click()
    overview.expect_students("Testelev 3")
    expect(overview.star("Testelev 3")).to_have_attribute("aria-pressed", "true")

    overview.chip("Senest registreret 20.12.2021").click()
    overview.expect_students("Testelev 1", "Testelev 2", "Testelev 3")
    page.get_by_role("link", name="Højeste risiko").click()
    overview.expect_students("Testelev 1", "Testelev 3", "Testelev 2")
    page.get_by_role("link", name="Testelev 3").click()
    expect(page.get_by_text("Registreret 20. december 2021")).to_be_visible()
    page.get_by_role("link", name="Profil", exact=True).click()
    expect(page.get_by_role("heading", name="Profil", level=2)).to_be_visible()
    page.get_by_role("link", name="Tilbage til elevoversigten").click()
    overview.expect_students("Testelev 1", "Testelev 3", "Testelev 2")


def test_the_guide_on_a_small_screen(page, live_server, sign_in, mentor):
    sign_in(mentor)
    overview = StudentOverview(page)
    page.set_viewport_size(SMALL)
    page.goto(f"{live_server.url}/elever/")
    assert_fits(page)

    overview.group("Frafaldsrisiko (SOSU)").click()
    overview.tick("Middel")
    overview.expect_students("Testelev 2", "Testelev 3")
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("link", name="Gå til listen").click()
    expect(page.get_by_role("heading", name="2 elever")).to_be_in_viewport()

    page.get_by_role("link", name="Testelev 3").click()
    for tab in ("Profil", "Søgelog", "Aktivitetslog", "Uddannelsesforløb"):
        page.get_by_role("link", name=tab, exact=True).click()
        expect(page.get_by_role("heading", name=tab, level=2)).to_be_visible()
        assert_fits(page)
        assert_accessible(page)
