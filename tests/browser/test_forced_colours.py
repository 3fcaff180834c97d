"""With the reader's own colours (Windows' contrast themes) levels, focus, buttons and what is chosen stay visible."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from risk.operations import record_assessment
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Locator, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.today("2026-09-18")

LEVELS = ("high", "medium", "low", None)
# As WCAG 1.4.11 asks of what one must see to use a page.
CONTRAST = 3
# Of each picture the lightness of every pixel, as WCAG counts it.
LIGHTNESS = """async ({picture}) => {
  const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data;
  const linear = value => value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const found = [];
  for (let at = 0; at < data.length; at += 4)
    found.push(0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]));
  return found;
}"""
MARGIN = 8


class Eye:
    """Looks at pictures of parts of a page."""

    def __init__(self, page: Page, desk: Page) -> None:
        self.page = page
        # A page without a policy, where pictures are read.
        self.desk = desk

    def lightness(self, picture: bytes) -> list[float]:
        found: list[float] = self.desk.evaluate(LIGHTNESS, {"picture": base64.b64encode(picture).decode()})
        return found

    def around(self, box: dict[str, float]) -> list[float]:
        """What is seen of a box and a little around it."""
        clip: Any = {
            "x": max(0, box["x"] - MARGIN),
            "y": max(0, box["y"] - MARGIN),
            "width": box["width"] + 2 * MARGIN,
            "height": box["height"] + 2 * MARGIN,
        }
        return self.lightness(self.page.screenshot(clip=clip, animations="disabled"))

    def differences(self, box: dict[str, float], change: str, of: Any = None) -> int:
        """How many pixels of a box change visibly when something is done to the page."""
        before = self.around(box)
        self.page.evaluate(change, of)
        return sum(contrast(*pair) >= CONTRAST for pair in zip(before, self.around(box), strict=True))


def contrast(one: float, other: float) -> float:
    lighter, darker = max(one, other), min(one, other)
    return (lighter + 0.05) / (darker + 0.05)


def box_of(element: Locator) -> dict[str, float]:
    element.scroll_into_view_if_needed()
    box: Any = element.bounding_box()
    return dict(box)


@pytest.fixture
def eye(page: Page, context: BrowserContext) -> Iterator[Eye]:
    """White on black, as most of those themes are."""
    page.emulate_media(forced_colors="active", color_scheme="dark")
    desk = context.new_page()
    yield Eye(page, desk)
    desk.close()


@pytest.fixture
def visit(eye: Eye, live_server: LiveServer, sign_in: Any, memberships: dict[str, Any]) -> Callable[[str, str], None]:
    """Open a page as one of them, or as nobody."""

    def visit(who: str, address: str) -> None:
        if who:
            sign_in(memberships[who])
        eye.page.goto(live_server.url + address)

    return visit


@pytest.fixture
def memberships(live_server) -> dict[str, Any]:
    """Who sees levels: a school, a company, and a student."""
    company, school = CompanyFactory(), SchoolFactory()
    employee = MembershipFactory(company_staff=True, company=company)

    students = [StudentFactory(school=school, name=f"Anna {level}") for level in LEVELS]
    for student, level in zip(students, LEVELS, strict=True):
        record_assessment(AgreementFactory(student=student, company=company), level, by=employee)
    return {
        "employee": employee,
        "mentor": MembershipFactory(school_staff=True, school=school),
        "student": MembershipFactory(of_student=True, student=students[0]),
    }


LISTS = [("mentor", "/elever/"), ("employee", "/frafaldsrisiko/")]

PAGES = [*LISTS, ("employee", "/afslag/"), ("student", "/min-side/"), ("", "/log-ind/")]


@pytest.mark.parametrize(("who", "address"), LISTS)
def test_each_level_has_a_shape_of_its_own(eye, visit, who, address):
    visit(who, address)

    shapes: dict[str, bytes] = {}
    for level in eye.page.locator(".level:visible").all():
        picture = level.locator(".level-shape").screenshot(animations="disabled")
        seen = eye.lightness(picture)
        assert contrast(max(seen), min(seen)) >= CONTRAST, level.inner_text()
        shapes.setdefault(level.inner_text().strip(), picture)
    assert len(shapes) >= len(LEVELS) - 1
    for one, other in itertools.combinations(shapes, 2):
        assert shapes[one] != shapes[other], (one, other)


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_whatever_has_the_focus_shows_it(eye, visit, who, address):
    visit(who, address)

    seen = 0
    for _ in range(40):
        eye.page.keyboard.press("Tab")
        box = eye.page.evaluate("""() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          element.scrollIntoView({block: "center"});
          // What DKFDS draws of a tick box is its label's.
          const hidden = element.matches(".form-checkbox, .form-radio");
          const {x, y, width, height} = (hidden ? element.labels[0] : element).getBoundingClientRect();
          return {x, y, width, height, html: element.outerHTML.slice(0, 120)};
        }""")
        if box is None:
            break
        html = box.pop("html")
        # A line of one pixel around a tick box is more than this.
        assert eye.differences(box, "() => document.activeElement.blur()") >= 40, html
        seen += 1
    assert seen > 5


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_buttons_have_an_edge(eye, visit, who, address):
    visit(who, address)
    # Those that look like words or a star have no edge elsewhere either.
    for button in eye.page.locator(".button:visible:not(.button-unstyled)").all():
        width, style, colour = button.evaluate("""element => {
          const {borderTopWidth, borderTopStyle, borderTopColor} = getComputedStyle(element);
          return [parseFloat(borderTopWidth), borderTopStyle, borderTopColor];
        }""")
        canvas = eye.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert width >= 1, button.inner_text()
        assert style != "none", button.inner_text()
        assert colour != canvas, button.inner_text()
    for icon in eye.page.locator("button:visible .icon-svg:visible").all()[:5]:
        seen = eye.lightness(icon.screenshot(animations="disabled"))
        assert contrast(max(seen), min(seen)) >= CONTRAST, icon.evaluate("icon => icon.parentElement.outerHTML")


@pytest.mark.parametrize(("who", "address"), LISTS)
def test_what_is_chosen_looks_chosen(eye, visit, who, address):
    visit(who, address)
    if address == "/frafaldsrisiko/":
        eye.page.get_by_role("button", name="Rediger").first.click()
        eye.page.get_by_role("dialog").wait_for()
    within = eye.page.locator("dialog[open]" if address == "/frafaldsrisiko/" else "main")
    boxes = within.locator("input[type=checkbox], input[type=radio]").all()
    assert boxes
    for box in boxes[:12]:
        name = box.get_attribute("id")
        label = within.locator(f'label[for="{name}"]')
        if label.is_visible():
            flip = "name => { const box = document.getElementById(name); box.checked = !box.checked; }"
            assert eye.differences(box_of(label), flip, name) >= 20, label.inner_text()


@pytest.mark.parametrize(("who", "address"), LISTS)
def test_the_page_that_is_open_is_marked_in_the_menu(eye, visit, who, address):
    visit(who, address)
    current = eye.page.locator(".main-navigation a[aria-current]")
    assert (
        eye.differences(
            box_of(current),
            """() => document.querySelector(".main-navigation a[aria-current]")
      .removeAttribute("aria-current")""",
        )
        >= 40
    )
