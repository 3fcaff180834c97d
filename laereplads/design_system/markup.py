"""DKFDS's icons and badges, and the attributes of Django's widgets, as HTML for templates."""

import functools
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from markupsafe import Markup, escape

ICONS = Path(settings.NODE_MODULES) / "dkfds" / "dist" / "img" / "svg-icons"

# A badge's shape says the same as its colour: for the colour-blind, in print and in forced colours.
SHAPES = {
    "error": "M12 2 23 21H1z",
    "warning": "M12 1 23 12 12 23 1 12z",
    "success": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
    "none": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 4a6 6 0 1 1 0 12 6 6 0 0 1 0-12z",
}


@functools.cache
def drawing(name: str) -> tuple[str, str]:
    """The view box and the inside of DKFDS's icon `name`, e.g. "edit". Raises FileNotFoundError when there is none."""
    source = (ICONS / f"{name}.svg").read_text()
    parts = re.search(r'<svg[^>]*viewBox="([^"]*)"[^>]*>(.*)</svg>', source, re.DOTALL)
    if parts is None:
        raise ValueError(source)
    return parts.group(1), parts.group(2)


def icon(name: str, classes: str = "") -> Markup:
    """DKFDS's icon `name`, for the eye only: the text beside it says what it means."""
    view_box, inside = drawing(name)
    return Markup(  # noqa: S704  # a file of the design system, named by our own templates
        f'<svg class="icon-svg {classes}" viewBox="{view_box}" aria-hidden="true" focusable="false">{inside}</svg>'
    )


def badge(tone: str, text: str) -> Markup:
    """A label with colour and shape; `tone` is error, warning, success or none."""
    return Markup(  # noqa: S704  # the text is escaped
        f'<strong class="badge badge-{tone} level"><svg class="level-shape" viewBox="0 0 24 24" aria-hidden="true" '
        f'focusable="false"><path d="{SHAPES[tone]}"/></svg>{escape(text)}</strong>'
    )


def attributes(of: dict[str, Any]) -> Markup:
    """The attributes of an element, as Django's widgets hand them over: True stands alone, False not at all."""
    return Markup("").join(
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in of.items()
        if value is not False
    )
