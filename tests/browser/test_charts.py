"""Charts, on the page of all components: for every width and reader, in the reader's own colours, on paper."""

from __future__ import annotations

import base64
import itertools

import pytest
from django.urls import reverse

from tests.accessibility import assert_accessible, assert_fits, assert_for_everyone
from tests.browser.test_forced_colours import CONTRAST, LIGHTNESS, contrast
from tests.browser.test_sizes import TEXT_SPACING

WIDTHS = (320, 576, 768, 992, 1280)


@pytest.fixture
def components(page, live_server):
    page.goto(live_server.url + reverse("demo:component_list"))
    return page


def test_charts_are_for_everyone(components):
    assert_for_everyone(components)
    assert components.get_by_role("img", name="Det samme står i tabellen, der følger.").count() == 5


def test_text_is_as_large_as_elsewhere_and_nothing_is_wider_than_the_screen(components):
    size = "text => parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM?.().a ?? 1)"
    words = ".chart-text:visible, .timeline-text, .chart-label, .chart-number, .chart-legend li"
    for spacing in (None, TEXT_SPACING):
        if spacing:
            components.evaluate(spacing)
        for width in WIDTHS:
            components.set_viewport_size({"width": width, "height": 800})
            assert_fits(components)
            assert min(components.locator(words).evaluate_all(f"all => all.map({size})")) >= 14


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_below_forty_columns_never_touch(components, width):
    """Also with letters far apart; and those that follow one another are not cut off."""
    components.set_viewport_size({"width": width, "height": 800})
    components.evaluate(TEXT_SPACING)
    for drawing in components.locator(".chart-below").all():
        texts = drawing.locator("text:visible").evaluate_all(
            "all => all.map(text => { const {left, right} = text.getBoundingClientRect(); return [left, right]; })"
        )
        assert len(texts) >= 2
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(texts))
        assert texts[-1][1] <= width


@pytest.mark.parametrize("media", [{"forced_colors": "active", "color_scheme": "dark"}, {"media": "print"}])
def test_series_are_told_apart_without_colour(components, context, media):
    """By the pattern alone, in lightness."""
    components.emulate_media(**media)
    desk = context.new_page()
    figure = components.get_by_role("img", name="Søjlediagram over frafaldsrisikoen på uddannelserne")
    seen = []
    for swatch in figure.locator(".chart-swatch").all():
        picture = swatch.screenshot(animations="disabled")
        seen.append(desk.evaluate(LIGHTNESS, {"picture": base64.b64encode(picture).decode()}))
    assert len(seen) == 4
    for one, other in itertools.combinations(seen, 2):
        different = sum(contrast(*pair) >= CONTRAST for pair in zip(one, other, strict=False))
        assert different >= 20
    desk.close()


def test_bars_stay_visible_on_a_phone(components):
    """Each of 40 columns, slim as it is, and also what is hardly more than nought."""
    components.set_viewport_size({"width": 320, "height": 800})
    for part in components.locator(".chart-plot rect, .chart-bar rect").all():
        box = part.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 2


def test_a_table_of_many_columns_says_on_a_phone_what_each_number_is(components):
    components.set_viewport_size({"width": 320, "height": 800})
    cell = components.get_by_role("table", name="Fravær uge for uge").first.locator("td[data-title]").first
    assert "Lovligt" in cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert_accessible(components)
