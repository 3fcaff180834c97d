"""What a school sees of absence: the overview, a student's tab and Underretning, for every reader and on paper."""

from __future__ import annotations

import datetime
import os
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.accessibility import assert_accessible, assert_fits, assert_for_everyone
from tests.factories import (
    AbsenceNoticeFactory,
    AgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    days_from_today,
)
from tests.schools.conftest import absent

if TYPE_CHECKING:
    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2027-03-24")
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)


@pytest.fixture
def mentor(live_server) -> Membership:
    """Of a school with a student in each band, and a notice in each state."""
    mentor = MembershipFactory(school_staff=True, user__name="Mette Prøve")
    made = [
        ("Anna Testelev", [(390, 27, 18)] * 30, -5, 2),
        ("Bo Testelev", [(390, 100, 50)] * 25, -2, 0),
        ("Carl-Emil Testelev-Vestergaard", [(390, 30, 0)] * 8, -5, 1),
        ("Dorte Testelev", [(390, 0, 0)] * 20, 7, 0),
        ("Eva Testelev", [(390, 0, 0)] * 3, -9, 1),
        ("Finn Testelev", [], 0, 0),
    ]
    for place, (name, days, ends, told) in enumerate(made):
        student = StudentFactory(name=name, school=mentor.school)
        agreement = AgreementFactory(
            student=student, company__name="Fjordby Kommune, Social og Sundhed", starts_on=days_from_today(-19)
        )
        absent(student, days, last=-20)
        day = timezone.localdate() + datetime.timedelta(days=ends)
        period = SchoolPeriodFactory(
            student=student, name="Skoleperiode 2B", class_code="SSA2702", starts_on=day - datetime.timedelta(days=4),
            ends_on=day,
        )  # fmt: skip
        for sequence in range(1, told + 1):
            AbsenceNoticeFactory(
                period=period, agreement=agreement, sequence=sequence, told_lawful=30 * sequence,
                has_receiver=place != 4, through=day,
            )  # fmt: skip
    return mentor


def pictured(page, name):
    """For the eyes of whoever works at the pages."""
    if folder := os.environ.get("PICTURES"):
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def names(page):
    return [each.strip() for each in page.locator("#list tbody th a").all_inner_texts()]


@pytest.mark.parametrize("by", ["mouse", pytest.param("mouse without JavaScript", marks=NO_JAVASCRIPT)])
def test_those_with_most_absence_are_found(page, live_server, sign_in, mentor, by):
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/")
    expect(page.get_by_text("Fravær: 11,5 % (ulovligt 4,6 %) seneste 20 skoledage")).to_be_visible()
    expect(page.get_by_text("Fravær: For få skoledage")).to_be_visible()
    expect(page.get_by_text("Fravær: Ingen oplysninger")).to_be_visible()
    pictured(page, "elevoversigt")
    page.get_by_text("Fravær", exact=True).first.click()
    page.get_by_text("15 % og derover", exact=True).click()
    if by != "mouse":
        page.get_by_role("button", name="Vis elever").click()
    expect(page.get_by_role("heading", name="1 elev", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Fjern filter: Fravær 15 % og derover")).to_be_visible()
    if by == "mouse":
        assert page.url.endswith("/elever/?fravaer=15")
        assert_accessible(page)
    page.goto(f"{live_server.url}/elever/")
    page.get_by_role("navigation", name="Sortering").get_by_role("link", name="Fravær").click()
    expect(page.get_by_role("heading", level=3).first).to_have_text("Bo Testelev")


def test_the_students_tab_is_for_everyone(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/?sortering=absence")
    page.get_by_role("link", name="Anna Testelev").click()
    page.get_by_role("link", name="Fravær", exact=True).click()
    expect(page.get_by_role("heading", name="Fravær", level=2)).to_be_visible()
    for heading in ("Skoleophold", "Fravær i hver uge", "Fravær på hver ugedag", "Underretning af virksomheden"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="Det samme står i tabellen, der følger.")).to_have_count(2)
    expect(page.get_by_text("Rettet den 24. marts 2027: fraværet var 30 min. og er nu 1 time.")).to_be_visible()
    pictured(page, "fravaer")
    assert_for_everyone(page)


@pytest.mark.parametrize("delivers", [True, False])
def test_a_tab_without_days_is_for_everyone(page, live_server, sign_in, mentor, delivers):
    if not delivers:
        mentor = MembershipFactory(school_staff=True)
        StudentFactory(name="Finn Testelev", school=mentor.school)
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/")
    page.get_by_role("link", name="Finn Testelev").click()
    page.get_by_role("link", name="Fravær", exact=True).click()
    words = "Der er ikke leveret dage for dette skoleophold." if delivers else "Skolen har ikke leveret fravær endnu."
    expect(page.get_by_text(words)).to_be_visible()
    pictured(page, f"fravaer-tom-{delivers}")
    assert_for_everyone(page)


def test_the_front_page_leads_to_what_was_missed(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(live_server.url)
    pictured(page, "forside")
    assert_for_everyone(page)
    page.get_by_role("link", name="1 underretning mangler data").click()
    expect(page.get_by_role("heading", name="1 underretning", exact=True)).to_be_visible()
    expect(page.get_by_text("Virksomheden skulle være underrettet senest den 22. marts 2027")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Mangler data (1)")).to_be_checked()
    assert names(page) == ["Bo Testelev"]
    assert_for_everyone(page)


@pytest.mark.parametrize("by", ["mouse", pytest.param("mouse without JavaScript", marks=NO_JAVASCRIPT)])
def test_notices_are_narrowed_by_their_state(page, live_server, sign_in, mentor, by):
    sign_in(mentor)
    page.goto(live_server.url)
    page.get_by_role("link", name="Underretning", exact=True).first.click()
    expect(page.get_by_role("heading", name="6 underretninger", exact=True)).to_be_visible()
    assert names(page)[:3] == ["Bo Testelev", "Finn Testelev", "Dorte Testelev"]
    pictured(page, "underretning")
    if by == "mouse":
        assert_for_everyone(page)
    page.get_by_text(re.compile(r"^Rettet efter underretning \(1\)$")).click()
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_role("heading", name="1 underretning", exact=True)).to_be_visible()
    assert names(page) == ["Anna Testelev"]
    page.get_by_role("link", name="Nulstil filtre").click()
    expect(page.get_by_role("heading", name="6 underretninger", exact=True)).to_be_visible()


def test_notices_with_the_keyboard_alone(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(f"{live_server.url}/underretning/")
    for wanted, key in (
        (page.get_by_role("checkbox", name="Mangler data (1)"), "Space"),
        (page.get_by_role("button", name="Vis", exact=True), "Enter"),
    ):
        for _press in range(40):
            page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                break
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="1 underretning", exact=True)).to_be_visible()
    assert names(page) == ["Bo Testelev"]


@pytest.mark.parametrize("query", ["", "?tilstand=told"])
def test_no_notices_are_for_everyone(page, live_server, sign_in, query):
    sign_in(MembershipFactory(school_staff=True))
    page.goto(f"{live_server.url}/underretning/{query}")
    words = "Ingen underretninger passer til det" if query else "Skolen har ikke leveret fravær endnu."
    expect(page.get_by_text(words)).to_be_visible()
    assert_for_everyone(page)


def test_a_print_says_what_was_chosen_and_of_which_day_it_is(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(f"{live_server.url}/underretning/?tilstand=missing&tilstand=told")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    expect(page.get_by_text("2 af 2, udskrevet 24.03.2027")).to_be_visible()
    expect(page.get_by_text("Tilstand mangler data eller underrettet")).to_be_visible()
    expect(page.get_by_role("button", name="Vis", exact=True)).to_be_hidden()
    assert_fits(page)
    pictured(page, "print")
