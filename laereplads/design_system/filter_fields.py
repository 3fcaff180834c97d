"""Fields of filters: they stand on pages that are asked for often, so their markup is written once and kept."""

from __future__ import annotations

import copy
import functools
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from laereplads.design_system.forms import BoundField
from laereplads.once import once

if TYPE_CHECKING:
    from django import forms

# Stands where a text goes.
MARK = "\0"


class Tick(TypedDict):
    """A tick box."""

    name: str
    id: str
    value: str
    label: str
    is_on: bool


class Choices(NamedTuple):
    """A field's choices in words, and which are made: all that its looks depend on."""

    language: str | None
    form: type[forms.BaseForm]
    name: str
    offered: tuple[tuple[str, str], ...]
    made: tuple[str, ...]


# What fields look like, whoever asks: nothing that was typed is among it.
INPUTS: dict[tuple[Any, ...], list[str]] = {}
CHOICES: dict[Choices, SafeString] = {}
TICKS: dict[Choices, SafeString] = {}


class FilterField(BoundField):
    """A field of a filter. Its markup is written once, and kept."""

    def as_field_group(self) -> SafeString:
        if self.errors or self.kind in {"checkbox", "hidden"}:
            return super().as_field_group()
        if self.kind != "input":
            return once(CHOICES, self.choices, super().as_field_group)
        typed = str(self.value() or "")
        pieces = once(INPUTS, (get_language(), type(self.form), self.name, bool(typed)), lambda: self.around(typed))
        return filled(pieces, [typed] * (len(pieces) - 1))

    def around(self, typed: str) -> list[str]:
        """The field as it looks with something typed in it, before that and behind; or with nothing, in one piece."""
        form = copy.copy(self.form)
        form.data = QueryDict(mutable=True)
        if typed:
            form.data[self.html_name] = MARK
        return str(BoundField(form, self.field, self.name).as_field_group()).split(MARK)

    @property
    def choices(self) -> Choices:
        field, language = self.field, get_language()
        offered = once(field.__dict__.setdefault("in_words", {}), language, functools.partial(in_words, field))
        value = self.value() or ()
        chosen = set(value if isinstance(value, list | tuple) else [value])
        # What is chosen, but not offered, may be anything: it makes no difference.
        made = tuple(code for code, _label in offered if code in chosen)
        return Choices(language, type(self.form), self.name, offered, made)

    @property
    def ticks(self) -> list[Tick]:
        choices = self.choices
        return [
            {
                "name": self.html_name,
                "id": f"{self.auto_id}_{number}",
                "value": code,
                "label": label,
                "is_on": code in choices.made,
            }
            for number, (code, label) in enumerate(choices.offered)
        ]

    @property
    def tick_boxes(self) -> SafeString:
        """The tick boxes alone, under the field's name for those who hear the page."""
        return once(TICKS, self.choices, lambda: render_to_string("design_system/ticks.html", {"field": self}))


def filled(pieces: list[str], texts: list[str]) -> SafeString:
    """What a template wrote, cut where each text goes."""
    between = chain.from_iterable(zip(map(escape, texts), pieces[1:], strict=True))
    return mark_safe("".join([pieces[0], *between]))  # noqa: S308  # escaped here


def in_words(field: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(code), str(label)) for code, label in field.choices)
