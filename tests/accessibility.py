"""axe-core in a page: `assert_accessible(page)` after every page and every opened state."""

import functools
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

# Of WCAG 2.2, and off unless it is asked for.
ASKED_FOR = {"target-size": {"enabled": True}}


@functools.cache
def axe() -> str:
    return (settings.NODE_MODULES / "axe-core" / "axe.min.js").read_text()


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds by WCAG 2.2 AA and its best practices. Run through the debugger, so that CSP stays in force."""
    page.evaluate(axe())
    found: list[dict[str, Any]] = page.evaluate("async rules => (await axe.run({rules})).violations", ASKED_FOR)
    return found


def assert_accessible(page: Page, *, but_for: str = "") -> None:
    """That axe finds nothing, but by the rule `but_for`."""
    problems = [
        f"{violation['id']}: {node['html']} ({violation['help']})"
        for violation in violations(page)
        if violation["id"] != but_for
        for node in violation["nodes"]
    ]
    assert problems == [], "\n".join(problems)


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"The page is {width} px wider than the screen."


def assert_for_everyone(page: Page) -> None:
    """For readers of all kinds, on a phone, a tablet and a laptop."""
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert_fits(page)
