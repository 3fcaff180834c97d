"""What is worked out once and then kept in the process. Nothing of any person belongs here."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Callable

# So many of each kind are kept: there are fewer of most, and more would be somebody trying.
MANY = 1000


def once[Key, Made](kept: dict[Key, Made], key: Key, make: Callable[[], Made]) -> Made:
    """What is `kept` under `key`; made where it is not. Empty things are made each time."""
    made = kept.get(key)
    if not made:
        if len(kept) >= MANY:
            kept.clear()
        made = kept[key] = make()
    return made


def once_in_each_language[**Given, Text](say: Callable[Given, Text]) -> Callable[Given, Text]:
    """Let what `say` says of the same things be said once in each language."""
    kept: dict[tuple[Any, ...], Text] = {}

    @functools.wraps(say)
    def said(*args: Given.args, **kwargs: Given.kwargs) -> Text:
        return once(kept, (get_language(), *args, *kwargs.values()), lambda: say(*args, **kwargs))

    return said
