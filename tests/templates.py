"""What tests ask of templates besides what production does."""

from __future__ import annotations

from typing import Any

from django.template.backends.jinja2 import Template
from django.test.signals import template_rendered


def refuse_what_is_no_text(value: Any) -> Any:
    """What templates write goes through here: a method that nobody called would write down itself, and None "None"."""
    if value is None or callable(value):
        message = f"A template writes {value!r}"
        raise TypeError(message)
    return value


class ToldTemplate(Template):
    """Lets `response.context` know what a template was given: Django tells it of its own templates only."""

    def render(self, context: Any = None, request: Any = None) -> Any:
        context = {} if context is None else context
        page = super().render(context, request)
        template_rendered.send(sender=self, template=self, context=context)
        return page
