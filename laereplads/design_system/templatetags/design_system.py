"""Template tags for DKFDS's icons and badges."""

import functools
import json
import re
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

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


@register.simple_tag
@functools.cache
def icon(name: str, classes: str = "") -> SafeString:
    """DKFDS's icon `name`, for the eye only: the text beside it says what it means."""
    view_box, inside = drawing(name)
    return format_html(
        '<svg class="icon-svg {}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>',
        classes,
        view_box,
        mark_safe(inside),  # noqa: S308  # a file of the design system, named by our own templates
    )


@register.simple_tag
@functools.cache
def badge(tone: str, text: str) -> SafeString:
    """A label with colour and shape; `tone` is error, warning, success or none."""
    return format_html(
        '<strong class="badge badge-{0} level"><svg class="level-shape" viewBox="0 0 24 24" aria-hidden="true" '
        'focusable="false"><path d="{1}"/></svg>{2}</strong>',
        tone,
        SHAPES[tone],
        text,
    )


@register.simple_tag
def attributes(of: dict[str, Any]) -> SafeString:
    """The attributes of an element, as Django's widgets hand them over: True stands alone, False not at all."""
    written = [
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in of.items()
        if value is not False
    ]
    return mark_safe("".join(written))  # noqa: S308  # each value is escaped above


@register.filter
def as_json(value: Any) -> str:
    """For an attribute that a script reads: the content policy allows no script in the page to carry it."""
    return json.dumps(value)
