"""The Chromium that takes the screenshots and runs the tests."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# The first has no window to draw, and is the quickest.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
HOW_TO_GET_ONE = "Der er ingen Chromium. Kør »apt-get install chromium« eller »uv run playwright install chromium«."


class NoChromium(Exception):
    def __str__(self) -> str:
        return HOW_TO_GET_ONE


def launch_arguments(playwright: Playwright) -> dict[str, Any]:
    """How to start this machine's Chromium, or Playwright's own where there is none. Raises NoChromium."""
    arguments: dict[str, Any] = {"args": ARGUMENTS}
    installed = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if installed:
        return {**arguments, "executable_path": installed}
    if Path(playwright.chromium.executable_path).exists():
        return arguments
    raise NoChromium
