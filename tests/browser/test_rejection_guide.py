"""The guide to **Registrer afslag**, by visible words only: by mouse, by keyboard, without JavaScript, at 320 px."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from playwright.sync_api import expect

from rejections.models import Rejection
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import (
    EducationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
    days_from_today,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2026-03-02")

NAME, CONTACT = "Kim Markør", "Prøvevej 1, 9999 Prøveby"


class RejectionPages:
    """Registrer afslag as an employee meets it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.education = page.get_by_role("main").get_by_label("Uddannelse", exact=True)
        applicant = page.get_by_role("group", name="Ansøger", exact=True)
        self.name = applicant.get_by_label("Navn", exact=True)
        self.contact = applicant.get_by_label("Adresse, e-mail eller mobilnummer", exact=True)
        self.primary_reason = page.get_by_label("Primær begrundelse for afslag")
        self.second_reason = page.get_by_label("Sekundær begrundelse (valgfri)")
        self.given_on = page.get_by_label("Afslag givet den")

    def open(self) -> None:
        self.page.get_by_role("main").get_by_role("link", name="Registrer afslag").click()
        expect(self.page.get_by_role("heading", name="Registrer afslag", level=1)).to_be_visible()

    def fill(self, name: str = NAME, contact: str = CONTACT) -> None:
        self.education.select_option(label="Social- og sundhedshjælper")
        self.name.fill(name)
        self.contact.fill(contact)
        self.primary_reason.select_option(label="Ingen ledige lærepladser")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def is_right(self) -> None:
        assert_accessible(self.page)
        assert_fits(self.page)

    def is_empty_for_the_next(self) -> None:
        expect(self.education).to_have_value("")
        expect(self.name).to_have_value("")
        expect(self.contact).to_have_value("")
        expect(self.primary_reason).to_have_value("")
        expect(self.second_reason).to_have_value("")
        expect(self.given_on).to_have_value("02.03.2026")
        expect(self.page.get_by_text("Markør")).to_have_count(0)


@pytest.fixture
def employee(live_server: LiveServer) -> Membership:
    EducationFactory()
    EducationFactory(helper=True)
    RejectionReasonFactory(help_text="Alle pladser var besat")
    RejectionReasonFactory(motivation=True)
    return MembershipFactory(company_staff=True, user__name="Else Oplærer")


@pytest.fixture
def rejections(
    page: Page, live_server: LiveServer, sign_in: Callable[[Membership], None], employee: Membership
) -> RejectionPages:
    """The employee is logged in and stands on Forside."""
    sign_in(employee)
    page.goto(live_server.url)
    return RejectionPages(page)


@pytest.fixture
def without_javascript(
    browser: Browser, rejections: RejectionPages, live_server: LiveServer
) -> Iterator[RejectionPages]:
    context = browser.new_context(
        java_script_enabled=False, locale="da-DK", storage_state=rejections.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(live_server.url)
    yield RejectionPages(page)
    context.close()


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_the_guide_by_mouse(rejections, width):
    page = rejections.page
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_role("heading", name="Søg nye lærlinge")).to_be_visible()
    expect(page.get_by_text("I har ikke registreret afslag endnu.")).to_be_visible()
    rejections.open()
    expect(page.get_by_text("Oplysningerne bruges kun til statistik og forskning.")).to_be_visible()
    expect(page.get_by_text("Portalen sender ikke besked til ansøgeren")).to_be_visible()
    expect(rejections.education.get_by_role("option").first).to_have_text("Vælg uddannelse")
    expect(rejections.given_on).to_have_value("02.03.2026")
    rejections.is_right()
    save = page.get_by_role("button", name="Gem", exact=True)
    expect(save).to_have_accessible_description("Et afslag, der er gemt, kan ikke ændres.")
    if width == 1280:
        assert save.evaluate("button => button.getBoundingClientRect().bottom") <= 760
    page.get_by_text("Hvad dækker begrundelserne?").click()
    expect(page.get_by_text("Alle pladser var besat")).to_be_visible()
    rejections.is_right()

    rejections.fill()
    rejections.second_reason.select_option(label="Motivation og kendskab til faget")
    rejections.press("Gem")

    saved = "Afslaget er gemt: Social- og sundhedshjælper, Ingen ledige lærepladser, givet den 2. marts 2026."
    expect(page.get_by_text(saved)).to_be_in_viewport()
    expect(rejections.education).to_be_focused()
    expect(rejections.education).to_have_accessible_description(saved)
    rejections.is_empty_for_the_next()
    rejections.is_right()

    with page.expect_download() as download:
        page.get_by_role("link", name="Hent alle afslag i regneark (1)").click()
    content = Path(download.value.path()).read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 2
    assert "Markør".encode() not in content

    page.get_by_role("link", name="Registrerede afslag").click()
    expect(page.get_by_role("heading", name="1 afslag")).to_be_visible()
    expect(page.get_by_text("Motivation og kendskab til faget").last).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Rediger|Slet|Fortryd"))).to_have_count(0)
    expect(page.get_by_text("Markør")).to_have_count(0)
    rejections.is_right()


def test_by_keyboard_alone_in_less_than_30_seconds(rejections):
    page = rejections.page
    rejections.open()
    rejections.education.focus()
    started = time.monotonic()
    for typed in ("Social- og sundhedsh", NAME, CONTACT, "Ingen l"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    # Past the second reason and the explanations, to the date, which is today.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(rejections.given_on).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Afslaget er gemt")).to_be_visible()
    assert time.monotonic() - started < 30

    expect(rejections.education).to_be_focused()
    page.keyboard.type("Social- og sundhedsh")
    for typed in ("Ida Markør", "20 30 40 50", "Motivation"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    for _field in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Afslaget er gemt: Social- og sundhedshjælper, Motivation og kendskab")).to_be_visible()
    assert Rejection.objects.count() == 2


def test_the_guide_without_javascript(without_javascript):
    page = without_javascript.page
    page.set_viewport_size({"width": 320, "height": 800})
    without_javascript.open()
    without_javascript.fill("Kim Markør", "Prøveby")
    without_javascript.press("Gem")
    expect(page.get_by_role("alert").get_by_text("Skriv ansøgerens adresse, e-mail eller mobilnummer.")).to_be_visible()
    expect(without_javascript.name).to_have_value("Kim Markør")

    without_javascript.fill()
    without_javascript.press("Gem")
    expect(page.get_by_text("Afslaget er gemt")).to_be_visible()
    expect(without_javascript.education).to_be_focused()
    without_javascript.is_empty_for_the_next()

    without_javascript.fill()
    without_javascript.press("Gem")
    expect(page.get_by_role("heading", name="Har du allerede registreret dette afslag?")).to_be_visible()
    without_javascript.press("Gem alligevel")
    expect(page.get_by_text("Afslaget er gemt")).to_be_visible()
    assert Rejection.objects.count() == 2


def test_what_is_missing_is_said_first_and_leads_to_its_field(rejections):
    page = rejections.page
    rejections.open()
    rejections.name.fill("Kim Markør")
    rejections.contact.fill("Prøveby")
    rejections.press("Gem")

    summary = page.get_by_role("alert", name="Der er noget, du skal rette")
    expect(summary).to_be_focused()
    rejections.is_right()
    words = "Skriv ansøgerens adresse, e-mail eller mobilnummer."
    summary.get_by_role("link", name=words).click()
    expect(rejections.contact).to_be_focused()
    expect(rejections.contact).to_have_accessible_description(re.compile(words))
    expect(rejections.contact).to_have_value("Prøveby")
    expect(rejections.name).to_have_value("Kim Markør")


@pytest.mark.parametrize("answer", ["Gem alligevel", "Gem ikke, og ryd felterne"])
def test_the_same_applicant_again_is_asked_about(rejections, answer):
    page = rejections.page
    rejections.open()
    for _time in range(2):
        rejections.fill()
        rejections.press("Gem")
    question = page.get_by_role("alert", name="Har du allerede registreret dette afslag?")
    expect(question).to_be_focused()
    rejections.is_right()

    if answer == "Gem alligevel":
        rejections.press(answer)
        expect(page.get_by_text("Afslaget er gemt")).to_be_visible()
    else:
        page.get_by_role("link", name=answer).click()
    rejections.is_empty_for_the_next()
    assert Rejection.objects.count() == (2 if answer == "Gem alligevel" else 1)


def test_a_double_click_and_going_back_to_resend_give_one_rejection(rejections):
    page = rejections.page
    rejections.open()
    rejections.fill()
    page.get_by_role("button", name="Gem", exact=True).dblclick()
    expect(page.get_by_text("Afslaget er gemt")).to_be_visible()
    assert Rejection.objects.count() == 1

    page.go_back()
    rejections.press("Gem")
    expect(page.get_by_text(re.compile("Afslaget er gemt|Der er noget, du skal rette"))).to_be_visible()
    assert Rejection.objects.count() == 1


def test_a_late_rejection_is_taken_and_told(rejections):
    rejections.open()
    rejections.fill()
    rejections.given_on.fill(f"{days_from_today(-15):%d.%m.%Y}")
    rejections.press("Gem")
    expect(rejections.page.get_by_text("Afslaget er registreret for sent.")).to_be_visible()
    expect(rejections.page.get_by_text("I 2026: 0 af 1 afslag er registreret inden for 14 dage (0 %)")).to_be_visible()
    rejections.is_right()


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_the_list_is_filtered_and_paged(rejections, employee, width):
    page = rejections.page
    page.set_viewport_size({"width": width, "height": 800})
    RejectionFactory.create_batch(30, registered_by=employee, second_reason=RejectionReasonFactory(motivation=True))
    RejectionFactory(
        registered_by=employee, education__helper=True, primary_reason=RejectionReasonFactory(motivation=True)
    )
    page.get_by_role("link", name="Registrerede afslag").click()
    expect(page.get_by_role("heading", name="31 afslag")).to_be_visible()
    expect(page.get_by_role("img", name="Søjlediagram over de primære begrundelser")).to_be_visible()
    rejections.is_right()

    page.get_by_role("link", name="Næste").click()
    expect(page).to_have_title(re.compile("26–31 af 31"))
    if width == 320:
        page.get_by_text("Filtrer", exact=True).click()
    page.get_by_role("search").get_by_label("Uddannelse").select_option(label="Social- og sundhedshjælper")
    rejections.press("Vis")
    expect(page.get_by_role("heading", name="1 afslag", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Hent de viste afslag i regneark (1)")).to_be_visible()
    rejections.is_right()

    page.get_by_role("link", name="Nulstil filtre").click()
    expect(page.get_by_role("heading", name="31 afslag")).to_be_visible()
