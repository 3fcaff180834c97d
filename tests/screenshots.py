"""Takes the README's pictures of the running demo, so that they can be made anew when a page changes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from playwright.sync_api import Browser, Error, sync_playwright

from tests.program import run, set_up

set_up("tests.screenshots")

from laereplads.demo.management.commands.demo import ADDRESS, PORT
from laereplads.demo.personas import PERSONAS
from tests.chromium import NoChromium, launch_arguments

FOLDER = settings.BASE_DIR / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 1100}
# File, persona, page and query: the main page of each of the four users.
PICTURES = (
    ("virksomhed", "Birgit Holm", "companies:assessment_list", ""),
    ("skole", "Jens Kjær", "schools:student_list", "?sortering=risk"),
    ("elev", "Emma Sørensen", "students:own_agreement", ""),
    ("administrator", "Ida Præst", "admin:index", ""),
)


class Command(BaseCommand):
    help = "Tager billederne i docs/screenshots af den demo, der kører."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=PORT, help=f"Demoens port ({PORT}).")

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(exist_ok=True)
        site = f"http://{ADDRESS}:{options['port']}"
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(**launch_arguments(playwright))
                for file, name, page, query in PICTURES:
                    take(browser, file, name, site, reverse(page) + query)
                    self.stdout.write(f"docs/screenshots/{file}.png")
        except NoChromium as problem:
            raise CommandError(problem) from problem
        except Error as problem:
            message = f"Billederne kunne ikke tages. Kører demoen på {site}? ({problem.message.splitlines()[0]})"
            raise CommandError(message) from problem


def take(browser: Browser, file: str, name: str, site: str, address: str) -> None:
    """Log in as the persona in a browser session of their own, and take a picture of the page."""
    label = next(persona.label for persona in PERSONAS if persona.name == name)
    page = browser.new_page(viewport=SIZE, locale="da-DK", timezone_id="Europe/Copenhagen")  # type: ignore[arg-type]  # a plain dict
    page.goto(site + reverse("account_login"))
    page.get_by_role("button", name=label).click()
    code = page.get_by_label("Kode")
    page.get_by_role("heading", name="Forside").or_(code).wait_for()
    if code.is_visible():
        # The demo's own page says what the persona's app would show.
        code.fill(page.locator("main strong").inner_text())
        code.press("Enter")
        page.get_by_role("heading", name="Forside").wait_for()
    page.goto(site + address)
    page.screenshot(path=FOLDER / f"{file}.png")
    page.context.close()


if __name__ == "__main__":
    run(Command(), "tests.screenshots")
