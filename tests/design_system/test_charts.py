"""Where the bars and marks of charts stand, and what is written of them."""

from __future__ import annotations

import datetime
import itertools
import re
from typing import Any

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from laereplads.design_system.charts import FULL, MOST_SERIES, SHORTEST, Bars, Group, Step, Timeline

MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOSTILE = '"><script>alert(1)</script>&'


def chart(*values: tuple[int, ...] | None, **more: Any) -> Bars:
    """Of weeks, in tenths of a percent."""
    count = max((len(each) for each in values if each is not None), default=1)
    said: dict[str, Any] = {
        "id": "weeks",
        "name": "Søjlediagram over fravær",
        "caption": "Fravær",
        "heading": "Uge",
        "series": ["Lovligt", "Ulovligt", "Ukendt", "Andet"][:count],
        "groups": [Group(f"uge {number}", each) for number, each in enumerate(values, 1)],
        "unit": "%",
        "decimals": 1,
        "whole": 1000,
        "nothing": "Ingen dage",
    }
    return Bars(**said | more)


def drawn(macro: str, of: Bars | Timeline) -> str:
    source = f'{{% from "design_system/charts.html" import {macro} %}}{{{{ {macro}(chart) }}}}'
    return engines["jinja2"].from_string(source).render({"chart": of})


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


@st.composite
def weeks(draw):
    series = draw(st.integers(1, MOST_SERIES))
    whole = draw(st.integers(1, 10**6))
    part = st.lists(st.integers(0, whole), min_size=series, max_size=series)
    fitting = part.map(lambda values: tuple(values) if sum(values) <= whole else tuple(v // series for v in values))
    values = draw(st.lists(st.none() | fitting, min_size=1, max_size=45))
    return chart(*values, whole=draw(st.sampled_from([whole, None])))


@MANY
@given(weeks())
def test_nothing_is_drawn_outside_and_parts_never_exceed_the_whole(weeks):
    for part in [*weeks.columns, *(part for row in weeks.rows for part in row.parts)]:
        assert part.x >= 0
        assert part.y >= 0
        assert part.x + part.width <= FULL
        assert part.y + part.height <= FULL
    for group, row in zip(weeks.groups, weeks.rows, strict=True):
        assert sum(part.width for part in row.parts) <= FULL
        # One behind the other, and all that is more than nought is seen.
        assert [part.series for part in row.parts] == [n for n, value in enumerate(group.values or (), 1) if value]
        assert all(part.width >= SHORTEST for part in row.parts)
        assert all(one.x + one.width == other.x for one, other in itertools.pairwise(row.parts))


@MANY
@given(weeks())
def test_columns_stand_side_by_side_and_are_as_high_as_lying_bars_are_long(weeks):
    lying = [part for row in weeks.rows for part in row.parts]
    for standing, other in zip(weeks.columns, lying, strict=True):
        assert standing.height == other.width
        assert standing.y + standing.height == FULL - other.x
    of_groups = iter(weeks.columns)
    edges = [[next(of_groups) for _ in row.parts] for row in weeks.rows]
    stacks = [stack for stack in edges if stack]
    assert all(len({(part.x, part.width) for part in stack}) == 1 for stack in stacks)
    assert all(one[0].x + one[0].width <= other[0].x for one, other in itertools.pairwise(stacks))


@MANY
@given(weeks())
def test_labels_have_the_room_of_the_columns_until_the_next_one(weeks):
    for labels, most in ((weeks.few_labels, 4), (weeks.many_labels, 6)):
        assert len(labels) <= most
        assert labels[0].text == "uge 1"
        begins = [float(label.x.removesuffix("%")) for label in labels if label.anchor == "start"]
        gaps = [after - before for before, after in itertools.pairwise([*begins, 100])]
        assert not begins or min(gaps) >= 100 / most - 0.01


@pytest.mark.parametrize(
    ("count", "few", "many"),
    [
        (1, ["uge 1"], ["uge 1"]),
        (4, ["uge 1", "uge 2", "uge 3", "uge 4"], ["uge 1", "uge 2", "uge 3", "uge 4"]),
        (5, ["uge 1", "uge 3"], ["uge 1", "uge 2", "uge 3", "uge 4", "uge 5"]),
        (40, ["uge 1", "uge 11", "uge 21", "uge 31"], ["uge 1", "uge 8", "uge 15", "uge 22", "uge 29"]),
    ],
)
def test_long_series_have_fewer_labels_still_on_a_phone(count, few, many):
    weeks = chart(*[(1,)] * count)
    assert [label.text for label in weeks.few_labels] == few
    assert [label.text for label in weeks.many_labels] == many


def test_the_largest_bar_is_full_where_no_whole_is_given():
    reasons = chart((3,), (1,), (0,), whole=None, unit="", decimals=0)
    assert [part.width for row in reasons.rows for part in row.parts] == [FULL, FULL // 3]
    assert [row.total for row in reasons.rows] == ["3", "1", "0"]
    assert chart((0,), whole=None).rows[0].parts == []


def test_nought_has_a_floor_and_nothing_to_count_has_a_hole():
    weeks = chart((0, 0), None, (75, 50), (10, 0))
    assert weeks.floors == [("0.00%", "25.00%"), ("50.00%", "100.00%")]
    assert [len(row.parts) for row in weeks.rows] == [0, 0, 2, 1]
    page = drawn("columns", weeks)
    assert "0 %" in words(page)
    assert "Ingen dage" in words(page)
    assert "Ingen dage" not in drawn("columns", chart((75, 50)))


def test_the_table_says_all_that_is_drawn_with_a_decimal_comma():
    weeks = chart((75, 50), None, (0, 0))
    page = drawn("chart_table", weeks)
    assert words(page) == (
        "Fravær Uge Lovligt Ulovligt I alt uge 1 7,5 % 5,0 % 12,5 % uge 2 Ingen dage uge 3 0,0 % 0,0 % 0,0 %"
    )
    assert page.count('<th scope="row">') == 3
    assert 'colspan="3"' in page
    with translation.override("en"):
        assert "7.5\N{NO-BREAK SPACE}%" in drawn("chart_table", weeks)


def test_a_row_may_have_a_longer_name_and_more_cells():
    weekdays = chart((315,), groups=[Group("Man.", (315,), ["19"], in_table="Mandag")], beside=["Skoledage"])
    assert words(drawn("chart_table", weekdays)) == "Fravær Uge Lovligt Skoledage Mandag 31,5 % 19"
    assert "Man." in words(drawn("bars", weekdays))


@pytest.mark.parametrize(
    ("whole", "decimals", "said"),
    [
        (1000, 1, ["100 %", "50 %", "0 %"]),
        (50, 1, ["5,0 %", "2,5 %", "0,0 %"]),
        (7, 0, ["7 %", "0 %"]),
    ],
)
def test_the_numbers_beside_columns_are_round_where_they_can_be(whole, decimals, said):
    ticks = chart((1,), whole=whole, decimals=decimals).ticks
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text, _height in ticks] == said
    assert (ticks[0][1], ticks[-1][1]) == ("0.00%", "100.00%")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda: chart((600, 401)), id="more than the whole"),
        pytest.param(lambda: chart((-1,)), id="less than nothing"),
        pytest.param(lambda: chart((0,), whole=0), id="of nothing"),
        pytest.param(lambda: chart((1,), series=["Lovligt", "Ulovligt"]), id="too few numbers"),
        pytest.param(lambda: chart((1,), series=["A", "B", "C", "D", "E"]), id="more series than patterns"),
        pytest.param(lambda: chart((1,), series=[]), id="no series"),
        pytest.param(lambda: chart((1,), beside=["Skoledage"]), id="too few cells"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match=r".*"):
        wrong()


def test_several_series_have_patterns_of_the_charts_own():
    page = drawn("columns", chart((1, 2)))
    assert re.findall(r'<pattern id="([^"]+)"', page) == ["weeks-1", "weeks-2"]
    assert set(re.findall(r"url\(#([^)]+)\)", page)) == {"weeks-1", "weeks-2"}
    assert "<pattern" not in drawn("bars", chart((1,)))


@pytest.mark.parametrize("macro", ["bars", "columns", "chart_table"])
def test_labels_are_escaped(macro):
    hostile = Bars(
        id="weeks",
        name=HOSTILE,
        caption=HOSTILE,
        heading=HOSTILE,
        series=[HOSTILE, HOSTILE],
        groups=[Group(HOSTILE, (1, 1), [HOSTILE], HOSTILE), Group(HOSTILE, None, [HOSTILE])],
        beside=[HOSTILE],
        unit=HOSTILE,
        nothing=HOSTILE,
    )
    page = drawn(macro, hostile)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def days(*steps: tuple[int, int | None]) -> list[Step]:
    return [
        Step(datetime.date(2026, 1, day), level, "none", datetime.date(2026, 1, day))
        for day, level in sorted(steps, key=lambda step: step[0])
    ]


@MANY
@given(
    st.lists(st.tuples(st.integers(1, 31), st.none() | st.integers(0, 2)), min_size=1),
    st.integers(1, 31),
)
def test_a_timeline_keeps_within_its_view_box(steps, last):
    line = Timeline("", ["Høj", "Middel", "Lav"], days(*steps), datetime.date(2026, 1, last), "I dag")
    assume(line.steps[0].day <= line.last_day)
    assert line.view_box == "0 0 400 168"
    for mark in line.marks:
        x, y = map(int, re.findall(r"\d+", mark.place)[:2])
        assert line.left <= x <= line.right
        assert 20 <= y <= 128
    assert all(int(x) <= line.right for path in line.lines for x in re.findall(r"[MH](\d+)", path))


def test_a_timeline_escapes_its_words():
    page = drawn("timeline_chart", Timeline(HOSTILE, [HOSTILE], days((1, 0)), datetime.date(2026, 1, 31), HOSTILE))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 3


@pytest.mark.parametrize("macro", ["bars", "columns"])
def test_a_chart_without_groups_is_empty(macro):
    assert "<rect" not in drawn(macro, chart())
