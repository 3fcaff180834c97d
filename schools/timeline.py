"""A student's assessments as a picture: where on it each of them stands. The table beside it says the same in words."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.utils import timezone

from laereplads.design_system.markup import SHAPES
from risk.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from risk.models import RiskAssessment

# In the units of the drawing's viewBox; whole numbers, because a template would write 0.5 with a Danish comma.
LEFT, RIGHT = 84, 384
HEIGHTS: dict[str | None, int] = {Level.HIGH: 20, Level.MEDIUM: 60, Level.LOW: 100, None: 128}


class Mark(TypedDict):
    """One assessment: its shape, colour and place."""

    shape: str
    tone: str
    place: str


class Shelf(TypedDict):
    """The height at which a level stands, and a line to follow it."""

    label: str
    y: str
    line: str


@dataclass(frozen=True)
class Timeline:
    """The picture: marks from the first day to today, and the lines that say how long each level held."""

    # None when nothing is older than today.
    begins_on: datetime.date | None
    marks: list[Mark]
    lines: list[str]
    left: int = LEFT
    right: int = RIGHT


def shelves() -> Iterator[Shelf]:
    for level in Level:
        yield {"label": str(level.label), "y": str(HEIGHTS[level]), "line": f"M{LEFT} {HEIGHTS[level]} H{RIGHT}"}


def mark(tone: str, x: int, y: int) -> Mark:
    """The shape of a badge, with its middle at a place."""
    return {"shape": SHAPES[tone], "tone": tone, "place": f"translate({x} {y}) scale(0.75) translate(-12 -12)"}


def timeline(assessments: Sequence[RiskAssessment]) -> Timeline | None:
    """Draw assessments, oldest first; None without any. They carry their agreements."""
    if not assessments:
        return None
    today = timezone.localdate()
    begins_on = assessments[0].recorded_on
    days = (today - begins_on).days

    def x(day: datetime.date) -> int:
        return LEFT + (RIGHT - LEFT) * min((day - begins_on).days, days) // days if days else RIGHT

    marks = [mark(each.tone, x(each.recorded_on), HEIGHTS[each.level]) for each in assessments]
    lines = []
    # A level holds until the next assessment of the same agreement, at the longest until the agreement ends.
    for each, following in itertools.pairwise([*assessments, None]):
        if each is None or each.level is None:
            continue
        is_replaced = following is not None and following.agreement_id == each.agreement_id
        until = following.recorded_on if is_replaced and following else min(today, each.agreement.last_day)
        y = HEIGHTS[each.level]
        step = f" V{HEIGHTS[following.level]}" if is_replaced and following else ""
        lines.append(f"M{x(each.recorded_on)} {y} H{max(x(until), x(each.recorded_on))}{step}")
    return Timeline(begins_on if days else None, marks, lines)
