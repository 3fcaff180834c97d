"""A student's assessments as a picture: how long each level held. The table beside it says the same in words."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.design_system.charts import Step, Timeline
from risk.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from risk.models import RiskAssessment


def timeline(assessments: Sequence[RiskAssessment]) -> Timeline | None:
    """Draw assessments, oldest first; None without any. They carry their agreements."""
    if not assessments:
        return None
    return Timeline(
        name=_("Tidslinje over frafaldsrisikoen"),
        levels=[str(level.label) for level in Level],
        steps=list(steps(assessments)),
        last_day=timezone.localdate(),
        last_words=_("I dag"),
    )


def steps(assessments: Sequence[RiskAssessment]) -> Iterator[Step]:
    """A level holds until the next assessment of the same agreement, at the longest until the agreement ends."""
    heights: dict[str | None, int] = {level: height for height, level in enumerate(Level)}
    for each, following in itertools.zip_longest(assessments, assessments[1:]):
        is_replaced = following is not None and following.agreement_id == each.agreement_id
        until = following.recorded_on if is_replaced else min(timezone.localdate(), each.agreement.last_day)
        level = heights.get(each.level)
        yield Step(
            day=each.recorded_on,
            level=level,
            tone=each.tone,
            until=until if level is not None else None,
            is_joined=is_replaced,
        )
