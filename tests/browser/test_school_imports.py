"""A school's own file in a browser: by the keyboard and without JavaScript, in every state, and while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from absence.files.kinds import KINDS as ABSENCE
from laereplads.imports.models import Upload
from schools import imports
from schools.models import FollowedStudent
from tests.absence.absence_files import days, period, periods
from tests.accessibility import assert_for_everyone
from tests.factories import MembershipFactory, StudentFactory
from tests.imports.school_kinds import KINDS, followed_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page
    from pytest_django.live_server_helper import LiveServer

    from laereplads.access.models import Membership

    type SignIn = Callable[[Membership], None]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today("2026-03-02")]
NO_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
BY = [pytest.param(True, id="keyboard"), pytest.param(False, id="no-javascript", marks=NO_JAVASCRIPT)]
LONG_NAME = "Anne-Margrethe Kjærgaard Mortensen-Vestergaard"
LOOK, READ_IN, DROP = "Se, hvad der vil ske", "Indlæs filen", "Fortryd, og slet filen"


@pytest.fixture(autouse=True)
def kinds(monkeypatch) -> None:
    monkeypatch.setattr(imports, "KINDS", KINDS)


@pytest.fixture
def own(live_server: LiveServer, sign_in: SignIn) -> Membership:
    own = MembershipFactory(school_staff=True, is_absence_officer=True, school__institution_number="280001")
    for number in range(3):
        StudentFactory(school=own.school, student_number=f"E{number}", name=LONG_NAME)
    sign_in(own)
    return own


class Files:
    """Indlæs filer, by the keyboard or by the mouse."""

    def __init__(self, page: Page, site: str, *, by_keyboard: bool = True) -> None:
        self.page = page
        self.by_keyboard = by_keyboard
        page.goto(site + reverse("schools:import_upload"))

    def press(self, control: Locator, key: str = "Enter") -> None:
        expect(control).to_be_visible()
        if not self.by_keyboard:
            control.click()
            return
        for _ in range(60):
            if control.evaluate("control => control === document.activeElement"):
                self.page.keyboard.press(key)
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{control} cannot be reached by keyboard")

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def choose(self, content: bytes) -> None:
        file = {"name": "fil.csv", "mimeType": "text/csv", "buffer": content}
        self.page.get_by_label("Fil", exact=True).set_input_files(file)

    def send(self, content: bytes) -> None:
        self.choose(content)
        self.button(LOOK)

    def looks_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        # Without JavaScript the page is the same.
        if self.by_keyboard:
            assert_for_everyone(self.page)

    def says(self, *words: str) -> None:
        for each in words:
            expect(self.page.get_by_role("main")).to_contain_text(each)


@pytest.fixture
def files(page: Page, live_server: LiveServer, own: Membership, request: pytest.FixtureRequest) -> Files:
    return Files(page, live_server.url, by_keyboard=getattr(request, "param", True))


@pytest.mark.parametrize("files", BY, indirect=True)
def test_a_file_is_sent_looked_at_and_read_in(files: Files):
    files.press(files.page.get_by_text("Fulgte elever", exact=True))
    files.looks_at("Indlæs filer")
    files.page.get_by_label("Filen er komplet fra").fill("1.1.2026")
    files.page.get_by_label("Filen er komplet til og med").fill("31.1.2026")
    files.send(followed_file(("280001", "E0"), ("280002", "E1"), ("280001", "X9" * 15)))
    files.says("Intet er gemt endnu.", "2 fejl skal rettes", "280002 er ikke jeres skole.", f"E0 {LONG_NAME}")
    files.looks_at("Tjek filen")

    files.button(READ_IN)
    files.says("Filen er indlæst. Elever: 1 nye, 0 ændrede, 0 fjernede.", "2 rækker er udeladt.")
    files.looks_at("Indlæs filer")
    assert FollowedStudent.objects.count() == 1

    files.send(followed_file(("280001", "E0")))
    files.says("Der er intet at indlæse.")
    files.looks_at("Tjek filen")
    files.press(files.page.get_by_role("link", name="Indlæs filer"))
    files.looks_at("Indlæs filer")


@pytest.mark.parametrize("files", BY, indirect=True)
def test_mistakes_are_told_and_nothing_is_saved(files: Files):
    files.button(LOOK)
    files.says("Der er noget, du skal rette", "Vælg en fil.", "Intet er gemt.")
    files.looks_at("Indlæs filer")

    files.send(b"institutionsnummer;navn\n280001;Bo\n")
    files.says("Filen er ikke indlæst: 2 fejl skal rettes", "Intet er gemt.", "Kolonnen mangler. Tilføj den.")
    files.looks_at("Indlæs filer")

    files.page.get_by_label("Filen er komplet fra").fill("1.1.2026")
    files.send(followed_file(("280001", "E0")))
    files.says("Skriv også den sidste dag, eller slet den første.")
    files.looks_at("Indlæs filer")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("files", BY, indirect=True)
def test_questions_are_answered_or_the_file_is_dropped(files: Files):
    files.send(b"tekst\nA\nB\n")
    files.says("Svar på 2 spørgsmål")
    files.looks_at("Tjek filen")
    files.button(READ_IN)
    files.says("Intet er gemt", "Svar på alle spørgsmål.", "Vælg et svar.")
    files.looks_at("Tjek filen")
    files.button(DROP)
    files.says("Filen er slettet. Intet er ændret.")
    assert not Upload.objects.exists()


def test_periods_and_days_are_read_in_by_what_their_headings_say(page: Page, live_server: LiveServer, own, monkeypatch):
    monkeypatch.setattr(imports, "KINDS", ABSENCE)
    files = Files(page, live_server.url)
    files.looks_at("Indlæs filer")
    files.send(periods(period("P1", student="E0", starts="02-02-2026", ends="27-02-2026")))
    files.says("Nyt skoleophold", "Skoleperiode 1A, 02.02.2026–27.02.2026")
    files.looks_at("Tjek filen")
    files.button(READ_IN)
    files.send(days("E0;P1;02-02-2026;390;0;45;", "E0;P1;01-02-2026;390;0;0;"))
    files.says("Dagen ligger uden for skoleopholdet Skoleperiode 1A (02.02.2026–27.02.2026).")
    files.looks_at("Tjek filen")
    files.button(READ_IN)
    files.says("Skoledage: 1 nye, 0 ændrede, 0 fjernede.", "1 række er udeladt.")


def test_while_a_file_is_read_the_page_says_so_and_sends_nothing_twice(files: Files):
    # As if it took long: the page stays.
    files.page.evaluate(
        "document.querySelector('[data-wait]').addEventListener('submit', sent => sent.preventDefault())"
    )
    button, spinner = files.page.get_by_role("button", name=LOOK), files.page.locator("[data-spinner]")
    expect(spinner).to_be_hidden()
    files.send(followed_file(("280001", "E0")))

    expect(files.page.locator("form [role=status]")).to_have_text("Læser filen. Det kan tage op til et minut …")
    expect(spinner).to_be_visible()
    expect(button).to_be_disabled()
    assert_for_everyone(files.page)

    # Back from the next page, as browsers keep it.
    files.page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    expect(button).to_be_enabled()
    expect(spinner).to_be_hidden()
    expect(files.page.locator("form [role=status]")).to_be_empty()
