"""What is worked out once and then kept in the process. Nothing of any person belongs here."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

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


class Said[Thing, Text](dict[Thing, Text]):
    """What `say` says of each thing in one language: said when it is asked for first, and then kept."""

    def __init__(self, say: Callable[[Thing], Text]) -> None:
        super().__init__()
        self.say = say

    def __missing__(self, thing: Thing) -> Text:
        if len(self) >= MANY:
            self.clear()
        text = self[thing] = self.say(thing)
        return text


class OnceInEachLanguage[Thing, Text]:
    """A function of one thing whose words are kept for each language: `day_in_words(day)`."""

    def __init__(self, say: Callable[[Thing], Text]) -> None:
        self.say = say
        self.kept: dict[str | None, Said[Thing, Text]] = {}
        functools.update_wrapper(self, say)

    def __call__(self, thing: Thing) -> Text:
        return self.here()[thing]

    def here(self) -> Said[Thing, Text]:
        """What is said in the language of now, for those who ask often: `words = day_in_words.here(); words[day]`."""
        return once(self.kept, get_language(), lambda: Said(self.say))


def once_in_each_language[Thing, Text](say: Callable[[Thing], Text]) -> OnceInEachLanguage[Thing, Text]:
    """Let what `say` says of a thing be said once in each language."""
    return OnceInEachLanguage(say)
