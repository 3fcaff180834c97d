"""What narrows a list, read from the address and written back to it: the same mechanism for every list."""

from __future__ import annotations

import copy
import functools
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypedDict

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from laereplads.design_system.forms import BoundField
from laereplads.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from django_stubs_ext import StrOrPromise as Text

# Stands where something typed will stand.
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
        return mark_safe(escape(typed).join(pieces))  # noqa: S308  # made by templates, and escaped

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


def in_words(field: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(code), str(label)) for code, label in field.choices)


class Shared(dict[str, forms.Field]):
    """Fields that forms of a class have in common: Django would copy each for every form, which takes half its time."""

    def __deepcopy__(self, _memo: Any) -> dict[str, forms.Field]:
        return dict(self)


class FilterForm(forms.Form):
    """Filters of a list in a bookmarkable address. What cannot be used is left out, and said."""

    bound_field_class = FilterField
    # What each field is called in the address. People keep bookmarks: a name here never changes.
    PARAMETERS: ClassVar[dict[str, str]] = {}

    def __init__(self, data: QueryDict) -> None:
        self.base_fields = Shared(self.base_fields)  # type: ignore[misc]  # where Django copies them from
        super().__init__(data)
        self.parameters = data

    def offer(self, name: str, choices: Iterable[tuple[str, Text]] | Callable[[], Iterable[tuple[str, Text]]]) -> None:
        """Let this form's field `name` have these choices."""
        field: Any = copy.copy(self.fields[name])
        field.widget = copy.copy(field.widget)
        field.choices = choices if callable(choices) else list(choices)
        # Kept by FilterField for the choices there were.
        field.__dict__.pop("in_words", None)
        self.fields[name] = field

    def add_prefix(self, field_name: str) -> str:
        return self.PARAMETERS.get(field_name, field_name)

    def value(self, name: str) -> Any:
        """What a filter asks for; empty when it asks for nothing or cannot be understood."""
        return self.cleaned_data.get(name)

    @cached_property
    def active(self) -> list[str]:
        """The filters in force, in the order of the address."""
        return [name for name in self.PARAMETERS if self.value(name)]

    def chosen(self, *, without: Collection[str] = ()) -> list[tuple[str, str]]:
        """The usable part of what was asked for, as (parameter, value); empty when everything is shown."""
        pairs = []
        for name in self.active:
            if name not in without:
                value = self.value(name)
                values = value if isinstance(value, list) else ["on" if value is True else str(value)]
                pairs += [(self.add_prefix(name), each) for each in values]
        return pairs

    @property
    def suffix(self) -> str:
        """What the address has after its path: "?navn=anna", or nothing."""
        return self.query() if self.active else ""

    def query(self, *, without: Collection[str] = (), **added: str | None) -> str:
        """The address's query for these filters, always written the same way: "?niveau=high&side=sidste"."""
        pairs = [*self.chosen(without=without), *((name, value) for name, value in added.items() if value)]
        # A lone "?" leads to the page without filters, where an empty link would lead to the address as it is.
        return f"?{urlencode(pairs)}"
