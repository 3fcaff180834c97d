"""What pages weigh on the wire, as Chromium counts it behind the real proxy: headers, fonts and all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.serving.chromium import Scale, newcomer, session_of, trusting_chromium
from tests.serving.people import EMPLOYEE, MENTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Playwright

    from tests.serving.machine import Proxy

FIRST_VISIT, LATER_PAGE, FILTER_CHANGE = 150_000, 15_000, 8_000


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, proxy: Proxy) -> Iterator[Browser]:
    with trusting_chromium(playwright, proxy) as browser:
        yield browser


@pytest.fixture(scope="module")
def sessions(proxy: Proxy) -> dict[str, str]:
    return {email: session_of(email, proxy) for email in (MENTOR, EMPLOYEE)}


@pytest.fixture
def visit(chromium: Browser, proxy: Proxy, sessions: dict[str, str]) -> Iterator[Callable[[str], Scale]]:
    contexts = []

    def visit(email: str) -> Scale:
        contexts.append(newcomer(chromium, proxy, sessions[email]))
        return Scale(contexts[-1].new_page())

    yield visit
    for context in contexts:
        context.close()


def test_the_overview_is_light_at_first_afterwards_and_filtered(visit):
    scale = visit(MENTOR)
    scale.page.goto("/elever/")
    first = scale.weigh()
    scale.page.goto("/elever/?sortering=risk")
    later = scale.weigh()
    scale.page.get_by_text("Frafaldsrisiko (SOSU)", exact=True).first.click()
    scale.page.get_by_text(re.compile(r"^Høj \(\d+\)$")).click()
    expect(scale.page.get_by_role("link", name=re.compile("^Fjern filter:"))).to_be_visible()
    filtered = scale.weigh()

    assert 20_000 < first <= FIRST_VISIT
    assert 1_000 < later <= LATER_PAGE
    assert 500 < filtered <= FILTER_CHANGE


@pytest.mark.parametrize(("email", "path"), [(EMPLOYEE, "/frafaldsrisiko/"), (EMPLOYEE, "/laerlinge/"), (MENTOR, "/")])
def test_other_pages_are_light(visit, email, path):
    scale = visit(email)
    scale.page.goto(path)
    assert 20_000 < scale.weigh() <= FIRST_VISIT
    scale.page.goto(path)
    assert 1_000 < scale.weigh() <= LATER_PAGE


def test_static_files_are_packed_tightly_and_kept_for_good(browser_without_a_screen):
    page = browser_without_a_screen.get("/log-ind/").text
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg|woff2))"', page)

    assert {path.rpartition(".")[2] for path in files} == {"css", "js", "svg", "woff2"}
    for path in files:
        answer = browser_without_a_screen.get(path, **{"Accept-Encoding": "gzip, br"})
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert answer.headers["Content-Encoding"] == (None if path.endswith("woff2") else "br")
        assert answer.headers["Vary"] is None or "Cookie" not in answer.headers["Vary"]


def test_the_length_of_a_packed_page_is_never_the_same_twice(browser_without_a_screen):
    """BREACH reads a secret off the length of packed pages that repeat the guess."""
    lengths = {len(browser_without_a_screen.get("/tilgaengelighed/").sent) for _ in range(8)}

    assert len(lengths) > 1
