"""Grupper and Gemte filtre by visible words: with the mouse, without JavaScript, on a small screen, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from schools.models import StudentGroup, StudentGroupMember
from tests.accessibility import assert_accessible, assert_fits
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory, StudentGroupFactory
from tests.schools.conftest import assess

if TYPE_CHECKING:
    from collections.abc import Callable

    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2026-03-02")
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
SMALL = {"width": 320, "height": 700}


@pytest.fixture
def mentor(live_server) -> Membership:
    """Somebody at a school with two students at high risk and one at low."""
    mentor = MembershipFactory(school_staff=True)
    for name, level in (("Testelev 1", "high"), ("Testelev 2", "high"), ("Testelev 3", "low")):
        agreement = AgreementFactory(student=StudentFactory(name=name, school=mentor.school))
        assess(agreement, level, "2026-02-20T10:00:00+01:00")
    return mentor


def at_nothing(_page: Page) -> None:
    """Where axe cannot run: it needs the page's JavaScript."""


def expect_students(page: Page, *names: str) -> None:
    expect(page.locator(".student-name")).to_have_text(list(names))


def go_the_whole_way(page: Page, address: str, look: Callable[[Page], None]) -> None:
    """From no group to one with two students, and to one of them taken out of it."""
    page.goto(address)
    page.get_by_role("link", name="Grupper", exact=True).click()
    expect(page.get_by_role("heading", name="Skolen har ingen grupper endnu")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Opret gruppe").click()
    expect(page.get_by_role("alert").get_by_role("link", name="Skriv et navn.")).to_be_visible()
    look(page)
    page.get_by_label("Gruppens navn").fill("Studietur")
    page.get_by_role("button", name="Opret gruppe").click()
    expect(page.get_by_text("Gruppen “Studietur” er oprettet.")).to_be_visible()
    look(page)

    page.goto(f"{address}/elever/?niveau=high")
    expect_students(page, "Testelev 1", "Testelev 2")
    page.get_by_role("link", name="Føj de 2 elever til en gruppe").click()
    expect(page.get_by_text("Du er ved at føje 2 elever til en gruppe.")).to_be_visible()
    expect(page.get_by_text("Frafaldsrisiko høj")).to_be_visible()
    look(page)
    page.get_by_label("Gruppe", exact=True).select_option("Studietur")
    page.get_by_role("button", name="Føj 2 elever til gruppen").click()
    expect(page.get_by_text("2 elever er føjet til gruppen “Studietur”.")).to_be_visible()
    expect_students(page, "Testelev 1", "Testelev 2")
    look(page)

    page.get_by_role("link", name="Testelev 1").click()
    page.get_by_role("link", name="Profil", exact=True).click()
    expect(page.get_by_role("checkbox", name="Studietur")).to_be_checked()
    look(page)
    page.get_by_text("Studietur", exact=True).click()
    page.get_by_role("button", name="Gem grupper").click()
    expect(page.get_by_text("Elevens grupper er gemt.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Studietur")).not_to_be_checked()

    page.goto(f"{address}/grupper/")
    page.get_by_role("link", name="1 elev i gruppen Studietur").click()
    expect_students(page, "Testelev 2")
    page.get_by_role("link", name="Fjern den ene elev fra “Studietur”").click()
    look(page)
    page.get_by_role("button", name="Fjern 1 elev fra gruppen").click()
    expect(page.get_by_role("heading", name="Ingen elever passer til alle filtrene")).to_be_visible()

    page.goto(f"{address}/grupper/")
    page.get_by_role("link", name="Ret gruppen Studietur").click()
    look(page)
    page.get_by_role("link", name="Slet gruppen").click()
    expect(page.get_by_role("heading", name="Vil du slette gruppen “Studietur”?")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Ja, slet gruppen").click()
    expect(page.get_by_role("heading", name="Skolen har ingen grupper endnu")).to_be_visible()
    assert not StudentGroup.objects.exists()


def test_a_group_from_beginning_to_end(page, live_server, sign_in, mentor):
    sign_in(mentor)
    go_the_whole_way(page, live_server.url, assert_accessible)


@NO_JAVASCRIPT
def test_a_group_from_beginning_to_end_without_javascript(page, live_server, sign_in, mentor):
    sign_in(mentor)
    go_the_whole_way(page, live_server.url, at_nothing)


def test_the_list_is_narrowed_to_a_group_with_the_keyboard(page, live_server, sign_in, mentor):
    group = StudentGroupFactory(school=mentor.school, name="Studietur")
    StudentGroupMember.objects.create(group=group, student=mentor.school.students.get(name="Testelev 3"))
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/")
    page.get_by_text("Gruppe", exact=True).first.click()
    page.get_by_label("Gruppe", exact=True).focus()
    page.keyboard.type("Stu")

    expect_students(page, "Testelev 3")
    expect(page.get_by_role("link", name="Fjern filter: Gruppe “Studietur”")).to_be_visible()
    assert page.url.endswith(f"/elever/?gruppe={group.public_id}")
    assert_accessible(page)


def save_and_delete_a_filter(page: Page, address: str, look: Callable[[Page], None]) -> None:
    page.goto(f"{address}/elever/?niveau=high&navn=testelev")
    page.get_by_role("link", name="Gem filteret").click()
    expect(
        page.get_by_text("Fritekstsøgningen bliver ikke gemt, fordi den kan handle om en bestemt elev.")
    ).to_be_visible()
    look(page)
    page.get_by_role("button", name="Gem filteret").click()
    expect(page.get_by_role("alert").get_by_role("link", name="Skriv et navn.")).to_be_visible()
    page.get_by_label("Filterets navn").fill("De høje")
    page.get_by_text("Giv mig besked, når en ny elev passer").click()
    page.get_by_role("button", name="Gem filteret").click()
    expect(page.get_by_text("Filteret “De høje” er gemt.")).to_be_visible()
    look(page)

    page.goto(f"{address}/elever/")
    expect_students(page, "Testelev 1", "Testelev 2", "Testelev 3")
    page.get_by_role("link", name="De høje").click()
    expect_students(page, "Testelev 1", "Testelev 2")
    expect(page.get_by_role("link", name="De høje")).to_have_attribute("aria-current", "true")

    page.get_by_role("link", name="Ret gemte filtre").click()
    expect(page.get_by_text("Du får besked, når en ny elev passer.")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Ret eller slet De høje").click()
    expect(page.get_by_role("checkbox", name="Giv mig besked, når en ny elev passer")).to_be_checked()
    look(page)
    page.get_by_role("button", name="Slet filteret").click()
    expect(page.get_by_role("heading", name="Du har ingen gemte filtre endnu")).to_be_visible()
    look(page)


def test_a_filter_from_beginning_to_end(page, live_server, sign_in, mentor):
    sign_in(mentor)
    save_and_delete_a_filter(page, live_server.url, assert_accessible)


@NO_JAVASCRIPT
def test_a_filter_from_beginning_to_end_without_javascript(page, live_server, sign_in, mentor):
    sign_in(mentor)
    save_and_delete_a_filter(page, live_server.url, at_nothing)


def test_all_pages_fit_a_small_screen(page, live_server, sign_in, mentor):
    group = StudentGroupFactory(
        school=mentor.school, name="Gruppe med et temmelig langt navn på omtrent tres tegn i alt"
    )
    sign_in(mentor)
    page.set_viewport_size(SMALL)
    of_group = f"/grupper/{group.public_id}"
    for path in (
        *("/grupper/", "/grupper/foej/", f"{of_group}/", f"{of_group}/slet/", f"{of_group}/fjern/"),
        *("/elever/filtre/", "/elever/filtre/gem/?niveau=high", f"/elever/?gruppe={group.public_id}"),
    ):
        page.goto(live_server.url + path)
        assert_fits(page)
        assert_accessible(page)


def test_paper_has_the_groups_and_no_forms(page, live_server, sign_in, mentor):
    StudentGroupFactory(school=mentor.school, name="Studietur")
    sign_in(mentor)
    page.goto(f"{live_server.url}/grupper/")
    page.emulate_media(media="print")

    expect(page.get_by_role("rowheader", name="Studietur")).to_be_visible()
    expect(page.get_by_role("button", name="Opret gruppe")).to_be_hidden()
    page.goto(f"{live_server.url}/elever/")
    expect(page.get_by_role("link", name="Føj de 3 elever til en gruppe")).to_be_hidden()
