"""What narrows a list, read from the address and written back to it: the same mechanism for every list."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import cached_property
from django.utils.http import urlencode

from laereplads.design_system.forms import LightForm

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise as Text


class FilterForm(LightForm):
    """Filters of a list in a bookmarkable address. What cannot be used is left out, and said."""

    # What each field is called in the address. People keep bookmarks: a name here never changes.
    PARAMETERS: ClassVar[dict[str, str]] = {}

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.parameters = data

    def offer(self, name: str, choices: Iterable[tuple[str, Text]] | Callable[[], Iterable[tuple[str, Text]]]) -> None:
        """Let this form's field `name` have these choices."""
        field: Any = copy.copy(self.fields[name])
        field.widget = copy.copy(field.widget)
        field.choices = choices if callable(choices) else list(choices)
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
