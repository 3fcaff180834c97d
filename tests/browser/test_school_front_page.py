"""The school's front page for every reader: from who needs somebody to the list and the student, and on paper."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from schools.operations import follow_student
from tests.accessibility import assert_accessible, assert_fits, assert_for_everyone
from tests.browser.test_school_absence import NO_JAVASCRIPT, pictured
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.schools.conftest import assess

if TYPE_CHECKING:
    from laereplads.access.models import Membership

pytestmark = pytest.mark.today("2026-11-25")


@pytest.fixture
def mentor(live_server) -> Membership:
    """Of a school with a student in each list of the front page, one of them the mentor's own."""
    mentor = MembershipFactory(school_staff=True, user__name="Mette Prøve")
    company = CompanyFactory(name="Fjordby Kommune, Social og Sundhed")
    place = WorkplaceFactory(
        company=company, name="Plejecenter Solgården", phone="00 00 00 02", email="sted@fjordby.example"
    )
    levels = [
        ("Anna Testelev", ["low", "high"]),
        ("Bo Testelev", ["high", "medium"]),
        ("Carl-Emil Testelev-Vestergaard", ["high"]),
        ("Dorte Testelev", []),
    ]
    for name, assessed in levels:
        student = StudentFactory(
            name=name,
            school=mentor.school,
            phone="00 00 00 01",
            email="elev@skole.example",
            is_protected=name[0] == "B",
        )
        agreement = AgreementFactory(
            student=student,
            company=company,
            workplace=place,
            starts_on=days_from_today(-170),
            ends_on=days_from_today(200),
        )
        for starts, ends in ((-170, -101), (31, 60)):
            SchoolPeriodFactory(
                student=student, class_code="SSA2702", starts_on=days_from_today(starts), ends_on=days_from_today(ends)
            )
        for back, level in zip((60, 3), assessed, strict=False):
            at = timezone.now() - datetime.timedelta(days=back if len(assessed) > 1 else 90)
            assess(agreement, level, at)
    follow_student(mentor.school.students.get(name__startswith="Carl"), by=mentor)
    return mentor


@pytest.mark.parametrize("by", ["mouse", pytest.param("mouse without JavaScript", marks=NO_JAVASCRIPT)])
def test_a_mentor_goes_from_a_number_to_its_list(page, live_server, sign_in, mentor, by):
    sign_in(mentor)
    page.goto(live_server.url)
    for heading in ("Nye siden sidst", "Høj", "Dagen er passeret"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    pictured(page, "forside-mentor")
    if by == "mouse":
        assert_for_everyone(page)
    page.get_by_role("link", name="2 elever har høj frafaldsrisiko").click()
    expect(page.get_by_role("heading", name="2 elever", exact=True)).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="1 elev er ikke vurderet til den dag, der var foreslået eller aftalt").click()
    expect(page.get_by_role("heading", name="1 elev", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", level=3).first).to_have_text("Dorte Testelev")
    expect(page.get_by_role("link", name="Fjern filter: Vurdering dagen er passeret")).to_be_visible()


def test_with_the_keyboard_alone(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(live_server.url)
    wanted = page.get_by_role("link", name="Anna Testelev").first
    for _press in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Anna Testelev", level=1)).to_be_visible()


def test_changes_are_narrowed_to_those_that_rose(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(f"{live_server.url}/elever/")
    page.get_by_text("Ændret siden", exact=True).first.click()
    page.get_by_text("Steget", exact=True).click()
    expect(page.get_by_role("heading", name="1 elev", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Lav → Høj den"))).to_be_visible()
    expect(page.get_by_role("link", name="Fjern filter: Ændring steget")).to_be_visible()
    pictured(page, "elevoversigt-steget")
    assert_accessible(page)


def test_a_school_where_nothing_is_to_be_done(page, live_server, sign_in):
    sign_in(MembershipFactory(school_staff=True))
    page.goto(live_server.url)
    expect(page.get_by_text("Ingen elever har høj frafaldsrisiko lige nu.")).to_be_visible()
    assert_for_everyone(page)


@pytest.mark.parametrize("by", ["mouse", pytest.param("mouse without JavaScript", marks=NO_JAVASCRIPT)])
def test_a_leader_goes_from_a_number_to_its_students(page, live_server, sign_in, mentor, by):
    mentor.is_leader = True
    mentor.save()
    sign_in(mentor)
    page.goto(live_server.url)
    expect(page.get_by_text("4 elever kan vurderes i dag.")).to_be_visible()
    pictured(page, "forside-leder")
    if by == "mouse":
        assert_for_everyone(page)
    table = page.get_by_role("table", name="Hold")
    table.get_by_role("link", name="2", exact=True).first.click()
    expect(page.get_by_role("heading", name="2 elever", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Fjern filter: Hold ssa2702")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Elever lige nu").click()
    expect(page.get_by_role("heading", name="Nye siden sidst")).to_be_visible()


def test_on_paper_it_says_the_same(page, live_server, sign_in, mentor):
    sign_in(mentor)
    page.goto(live_server.url)
    page.emulate_media(media="print")
    assert_fits(page)
    expect(page.get_by_text("Dorte Testelev")).to_be_visible()
