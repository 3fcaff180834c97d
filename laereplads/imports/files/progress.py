"""How long work shows that it moves on."""

from collections.abc import Iterable
from typing import Protocol


class Progress(Protocol):
    """Hands out `items` one by one while it shows how far that has come.

    `total` is about how many there are, for items that cannot be counted before.
    """

    def __call__[Item](self, label: str, items: Iterable[Item], *, total: int | None = None) -> Iterable[Item]: ...


def silent[Item](label: str, items: Iterable[Item], *, total: int | None = None) -> Iterable[Item]:
    return items
