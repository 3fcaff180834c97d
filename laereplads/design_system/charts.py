"""Where each bar and mark of a chart stands. `charts.html` draws them, and writes the table beside them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.utils.formats import number_format

from laereplads.design_system.markup import SHAPES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

# The length of a drawing's side, in hundredths of a percent: whole numbers, so that parts add up.
FULL = 10_000
# What is more than nought is drawn at least so long, so that it is seen.
SHORTEST = 150
# As many series as there are patterns in charts.html.
MOST_SERIES = 4
# How many labels of seven letters stand below columns: on a phone, also with letters far apart, and elsewhere.
FEW, MANY = 4, 6


@dataclass(frozen=True)
class Group:
    """What one bar is about: a category, a weekday, a week."""

    label: str
    # One for each series, whole numbers: 125 is 12,5 where the chart has one decimal. None is not nought: there is
    # nothing to count, for example no days.
    values: Sequence[int] | None
    # More cells of its row in the table, as text.
    beside: Sequence[str] = ()
    # What the table calls it, where the label would not do: "uge 2, fra 11. januar 2027".
    in_table: str = ""


class Part(NamedTuple):
    """A rectangle, in hundredths of a percent of the drawing; `series` counts from 1, in the order of the chart's."""

    series: int
    x: int
    y: int
    width: int
    height: int

    @property
    def place(self) -> dict[str, str]:
        """The attributes of a <rect>."""
        return {name: percent(getattr(self, name)) for name in ("x", "y", "width", "height")}


class Label(NamedTuple):
    """A text below columns: where it stands, and whether this is its middle or where it begins."""

    text: str
    x: str
    anchor: str


class Row(NamedTuple):
    """A lying bar, and its row of the table: without parts and numbers where there is nothing to count."""

    group: Group
    parts: list[Part]
    # One for each series, and of several series their sum.
    numbers: list[str]
    # What stands at the end of the bar.
    total: str


@dataclass(frozen=True)
class Bars:
    """Bars of one or several series, for the macros `bars` (lying), `columns` (standing) and `chart_table`.

    Raises ValueError for what cannot be drawn: a negative number, more than a full bar, too many or too few numbers.
    """

    # Of its own on the page: patterns are found by it.
    id: str
    # What it is and what of: "Søjlediagram over …".
    name: str
    # Of the table, and of its first column.
    caption: str
    heading: str
    series: Sequence[str]
    groups: Sequence[Group]
    unit: str = ""
    decimals: int = 0
    # What a full bar stands for, 1000 for 100,0 %; the largest of the bars without it.
    whole: int | None = None
    # Headings of `Group.beside`.
    beside: Sequence[str] = ()
    # Said where there is nothing to count.
    nothing: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MOST_SERIES or self.full < 1:
            raise ValueError(self)
        for group in self.groups:
            numbers = (0,) * len(self.series) if group.values is None else group.values
            is_whole = len(numbers) == len(self.series) and len(group.beside) == len(self.beside)
            if not is_whole or min(numbers) < 0 or sum(numbers) > self.full:
                raise ValueError(group)

    @cached_property
    def full(self) -> int:
        largest = max((sum(group.values or ()) for group in self.groups), default=0)
        return max(largest, 1) if self.whole is None else self.whole

    @property
    def is_stacked(self) -> bool:
        return len(self.series) > 1

    @property
    def has_nought(self) -> bool:
        return any(group.values is not None and not sum(group.values) for group in self.groups)

    @property
    def has_nothing(self) -> bool:
        return any(group.values is None for group in self.groups)

    def amount(self, value: int) -> str:
        return amount(value, self.decimals, self.unit)

    @property
    def rows(self) -> list[Row]:
        """The groups in their order, as lying bars."""
        return [
            Row(
                group,
                [Part(series, start, 0, length, FULL) for series, start, length in stacked(group.values, self.full)],
                [self.amount(value) for value in (*group.values, *([sum(group.values)] if self.is_stacked else []))],
                self.amount(sum(group.values)),
            )
            if group.values is not None
            else Row(group, [], [], self.nothing)
            for group in self.groups
        ]

    @property
    def columns(self) -> list[Part]:
        """Standing bars, each in the middle of its slot and five eighths as wide."""
        return [
            Part(series, left + width * 3 // 16, FULL - start - length, width * 5 // 8, length)
            for group, (left, width) in zip(self.groups, self.slots, strict=True)
            for series, start, length in stacked(group.values or (), self.full)
        ]

    @property
    def floors(self) -> list[tuple[str, str]]:
        """Where the line at nought runs, from and to: below columns, and not where there is nothing to count."""
        slots = zip(self.groups, self.slots, strict=True)
        runs = [
            [slot for _group, slot in run]
            for is_there, run in itertools.groupby(slots, lambda pair: pair[0].values is not None)
            if is_there
        ]
        return [(percent(run[0][0]), percent(sum(run[-1]))) for run in runs]

    @property
    def slots(self) -> list[tuple[int, int]]:
        """Where each column's room begins, and how wide it is; together all of the drawing."""
        edges = [FULL * number // len(self.groups) for number in range(len(self.groups) + 1)] if self.groups else []
        return [(left, right - left) for left, right in itertools.pairwise(edges)]

    @property
    def ticks(self) -> list[tuple[str, str]]:
        """The numbers beside columns, from above, each with its height."""
        values = [self.full, 0] if self.full % 2 else [self.full, self.full // 2, 0]
        unit = 10**self.decimals
        if not any(value % unit for value in values):
            said = [amount(value // unit, 0, self.unit) for value in values]
        else:
            said = [self.amount(value) for value in values]
        heights = [percent(FULL * (self.full - value) // self.full) for value in values]
        return list(zip(said, heights, strict=True))

    @property
    def few_labels(self) -> list[Label]:
        """What stands below columns on a phone."""
        return self.labels(FEW)

    @property
    def many_labels(self) -> list[Label]:
        return self.labels(MANY)

    def labels(self, most: int) -> list[Label]:
        """At most so many, evenly: each has as much room as the columns until the next one."""
        step = -(-len(self.groups) // most)
        if step <= 1:
            return [
                Label(group.label, percent(left + width // 2), "middle")
                for group, (left, width) in zip(self.groups, self.slots, strict=True)
            ]
        return [
            Label(self.groups[number].label, percent(self.slots[number][0]), "start")
            for number in range(0, len(self.groups) - step + 1, step)
        ]


def stacked(values: Sequence[int], whole: int) -> list[tuple[int, int, int]]:
    """The parts of one bar: the number of the series, where it begins and how long it is. Noughts are left out."""
    lengths = [max(FULL * value // whole, SHORTEST) if value else 0 for value in values]
    if (excess := sum(lengths) - FULL) > 0:
        lengths[lengths.index(max(lengths))] -= excess
    starts = [0, *itertools.accumulate(lengths)]
    return [(series, starts[series - 1], length) for series, length in enumerate(lengths, 1) if length]


def amount(value: int, decimals: int, unit: str) -> str:
    """As the page says it: 125 with one decimal is "12,5 %"."""
    number = number_format(Decimal(value).scaleb(-decimals), decimals)
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number


def percent(hundredths: int) -> str:
    """A length for SVG, which wants a point: "12.50%"."""
    return f"{hundredths // 100}.{hundredths % 100:02}%"


# A timeline has units of its own, of its viewBox, because a path knows no percent.
LEFT, RIGHT = 84, 384
TOP, BETWEEN, BELOW, WORDS = 20, 40, 28, 32
MARK_SIZE = "scale(0.75) translate(-12 -12)"


@dataclass(frozen=True)
class Step:
    """What holds from a day on."""

    day: datetime.date
    # Which of the timeline's levels, from 0; None stands below them all.
    level: int | None
    # Of the mark: error, warning, success or none, like a badge's.
    tone: str
    # The day until which a line is drawn, and whether it leads on to the next step; None draws none.
    until: datetime.date | None = None
    is_joined: bool = False


class Mark(NamedTuple):
    """The shape of a badge, and where its middle is."""

    shape: str
    tone: str
    place: str


@dataclass(frozen=True)
class Timeline:
    """Which of a few levels held when: a mark for each step, and lines that say how long."""

    name: str
    # From above.
    levels: Sequence[str]
    # The oldest first.
    steps: Sequence[Step]
    last_day: datetime.date
    # What the last day is called.
    last_words: str
    left: int = LEFT
    right: int = RIGHT

    @property
    def begins_on(self) -> datetime.date | None:
        """None where all is of the last day."""
        return self.steps[0].day if self.days else None

    @property
    def days(self) -> int:
        return (self.last_day - self.steps[0].day).days if self.steps else 0

    def x(self, day: datetime.date) -> int:
        """A day after the last one stands at the last one."""
        if not self.days:
            return RIGHT
        return LEFT + (RIGHT - LEFT) * min((day - self.steps[0].day).days, self.days) // self.days

    def y(self, level: int | None) -> int:
        return TOP + BETWEEN * level if level is not None else TOP + BETWEEN * (len(self.levels) - 1) + BELOW

    @property
    def words_y(self) -> int:
        """Where the days stand."""
        return self.y(None) + WORDS

    @property
    def view_box(self) -> str:
        return f"0 0 {RIGHT + 16} {self.words_y + 8}"

    @property
    def grid(self) -> list[tuple[str, int]]:
        return [(label, self.y(level)) for level, label in enumerate(self.levels)]

    @property
    def marks(self) -> list[Mark]:
        return [
            Mark(SHAPES[step.tone], step.tone, f"translate({self.x(step.day)} {self.y(step.level)}) {MARK_SIZE}")
            for step in self.steps
        ]

    @property
    def lines(self) -> list[str]:
        lines = []
        for step, following in itertools.zip_longest(self.steps, self.steps[1:]):
            if step.until is not None:
                turn = f" V{self.y(following.level)}" if step.is_joined and following else ""
                begin = self.x(step.day)
                lines.append(f"M{begin} {self.y(step.level)} H{max(self.x(step.until), begin)}{turn}")
        return lines
