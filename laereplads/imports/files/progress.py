"""How long work shows that it moves on."""

from collections.abc import Collection, Iterable
from typing import Protocol


class Progress(Protocol):
    """Hands out `items` one by one while it shows how far that has come."""

    def __call__[Item](self, label: str, items: Collection[Item]) -> Iterable[Item]: ...


def silent[Item](label: str, items: Collection[Item]) -> Iterable[Item]:
    return items
