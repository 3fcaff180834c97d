"""How long it takes to assess one of 200 students from the front page, by keyboard alone, and then the next.

`uv run pytest -s -n 0 -p no:randomly tests/time_on_task.py` prints it. No part of the suite: times differ.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from risk.models import RiskAssessment
from tests.companies.test_due import due_on
from tests.factories import CompanyFactory, EducationFactory, MembershipFactory, SchoolFactory, WorkplaceFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from laereplads.access.models import Membership

STUDENTS = 200
# The pace of somebody who knows the keyboard and reads what comes.
MILLISECONDS_A_KEY = 200
FIRST_AT_MOST, NEXT_AT_MOST = 10, 3


class Keyboard:
    """Presses keys at a person's pace, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0
        self.started = time.perf_counter()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.wait_for_timeout(MILLISECONDS_A_KEY)
            self.page.keyboard.press(key)
            self.presses += 1

    def told(self) -> tuple[int, float]:
        """The presses and the seconds since the last time."""
        now = time.perf_counter()
        told = self.presses, now - self.started
        self.presses, self.started = 0, now
        return told


@pytest.mark.today("2026-10-20")
def test_time_on_task(
    page: Page,
    live_server: LiveServer,
    sign_in: Callable[[Membership], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    company, school, education = CompanyFactory(), SchoolFactory(), EducationFactory()
    employee = MembershipFactory(company_staff=True, company=company)
    places = WorkplaceFactory.create_batch(8, company=company)
    for number in range(STUDENTS):
        # Some are due, some late, some come soon, and most later.
        due = ("2026-10-15", "2026-10-01", "2026-11-02", "2026-12-15", "2027-01-15")[number % 5]
        bound = {"student__school": school, "student__education": education, "workplace": places[number % 8]}
        due_on(employee, f"Elev {number:03}", due, **bound)
    sign_in(employee)
    page.goto(live_server.url)
    keyboard = Keyboard(page)

    # Past the menu, and down the first link.
    keyboard.press("Tab", "Enter", "Tab", "Enter")
    expect(page.get_by_role("heading", name="80 lærlinge")).to_be_visible()
    page.wait_for_load_state("load")
    # To the list, over the box of the first to its button.
    keyboard.press("Tab", "Tab", "Enter", "Tab", "Tab", "Enter")
    window = page.get_by_role("dialog")
    expect(window.get_by_role("radio", name="Høj")).to_be_focused()
    # The level by its letter, then the button.
    keyboard.press("l", "Tab", "Tab", "Enter")
    note = window.locator(".saved-note")
    expect(note).to_have_text("Gemt: Elev 000, frafaldsrisiko Lav.")
    first = keyboard.told()
    expect(window.get_by_role("radio", name="Høj")).to_be_focused()
    keyboard.press("m", "Tab", "Tab", "Enter")
    expect(note).to_have_text("Gemt: Elev 001, frafaldsrisiko Middel.")
    following = keyboard.told()
    # N is the button.
    keyboard.press("l", "n")
    expect(note).to_have_text("Gemt: Elev 005, frafaldsrisiko Lav.")
    by_letter = keyboard.told()

    assert RiskAssessment.objects.count() == 3
    told = (
        f"\n{STUDENTS} lærlinge, {MILLISECONDS_A_KEY} ms pr. tast\n"
        f"fra forsiden til den første vurdering er gemt: {in_words(first)}\n"
        f"den næste, med Tab og Enter: {in_words(following)}\n"
        f"den næste, med N: {in_words(by_letter)}\n"
    )
    with capsys.disabled():
        sys.stdout.write(told)
    assert first[1] <= FIRST_AT_MOST
    assert max(following[1], by_letter[1]) <= NEXT_AT_MOST


def in_words(taken: tuple[int, float]) -> str:
    presses, seconds = taken
    return f"{presses} tastetryk, {seconds:.1f} s"
