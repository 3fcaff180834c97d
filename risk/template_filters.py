"""How pages say a level."""

from __future__ import annotations

from markupsafe import Markup

from laereplads.design_system.markup import badge
from laereplads.web.words import cached_per_language
from risk.models import NOT_REGISTERED, DueState, Level, tone_of

# The level of those without an assessment, where lists name one.
NO_LEVEL = "none"


def level_badge(level: str) -> Markup:
    """The badge of a level, or of none."""
    return badge(tone_of(level if level != NO_LEVEL else ""), level_label(level))


@cached_per_language
def level_label(level: str) -> str:
    return str(Level(level).label if level != NO_LEVEL else NOT_REGISTERED)


def due_badge(state: str) -> Markup:
    """In no colour of the traffic light: that is the judgement, not its day."""
    return badge("none", str(DueState(state).label))


FILTERS = [due_badge, level_badge, level_label]
