"""Pages of long lists by position: a page begins beside a row, so that what stands before it costs nothing.

A list says its keys, all ascending and together unique. A position is the keys of a row, sealed: it names nobody.
"""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from laereplads.web.filters import FilterForm

# What the address calls a page, and how it says the last one. The first one has no name.
PARAMETER = "side"
LAST = "sidste"

type Keys = tuple[Any, ...]


@dataclass(frozen=True)
class Position:
    """Beside which row a page lies: after it or before it. `number` is the row's own, counted from 1."""

    side: Literal["after", "before"]
    keys: Keys
    number: int

    def sealed(self, names: Sequence[str]) -> str:
        """For an address of a list with keys of these names; the same position is always written the same way."""
        text = json.dumps([self.side, self.number, *map(told, self.keys)], separators=(",", ":"))
        return base64.urlsafe_b64encode(cipher().encrypt(text.encode(), [of_list(names)])).rstrip(b"=").decode()

    @classmethod
    def opened(cls, sealed: str, keys: Sequence[str]) -> Position | None:
        """What `sealed` says; None when it is no position in a list with keys of these names."""
        try:
            content = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            side, number, *values = json.loads(cipher().decrypt(content, [of_list(keys)]))
        except (ValueError, InvalidTag):
            return None
        return cls(side, tuple(map(understood, values)), number)


@functools.cache
def cipher() -> AESSIV:
    return AESSIV(hashlib.sha512(b"positions in lists" + settings.SECRET_KEY.encode()).digest())


def of_list(names: Sequence[str]) -> bytes:
    """What a position is sealed with, so that it opens in no list of another order."""
    return ",".join(names).encode()


def told(key: Any) -> Any:
    return {"day": key.isoformat()} if isinstance(key, datetime.date) else key


def understood(value: Any) -> Any:
    return datetime.date.fromisoformat(value["day"]) if isinstance(value, dict) else value


@dataclass(frozen=True)
class Page[Row]:
    """Some rows of a list of `count`: the first is number `first`, counted from 1. Addresses of its neighbours.

    `count` is None where nobody counted the list and it goes on behind the page.
    """

    rows: list[Row]
    first: int
    count: int | None
    # How the address says this page; empty for the first.
    name: str
    previous: str | None
    next: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def words(self) -> str:
        """Where one is: "51–75 af 812"."""
        if not self.count:
            return f"{self.first}–{self.last}"
        place = {"first": self.first, "last": self.last, "count": self.count}
        return _("%(first)s–%(last)s af %(count)s") % place

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Stretch:
    """What to fetch: at most `limit` rows, beyond `position` or from an end, nearest first."""

    position: Position | None
    backwards: bool
    limit: int

    def beyond[Rows: QuerySet[Any]](self, rows: Rows, keys: Sequence[str]) -> Rows:
        """The rows on the far side of the position. One comparison of all keys, which an index answers."""
        if self.position is None:
            return rows
        compared = TupleLessThan if self.backwards else TupleGreaterThan
        return rows.filter(compared(Tuple(*map(F, keys)), self.position.keys))

    def ordered(self, keys: Sequence[str]) -> list[str]:
        return [f"-{key}" if self.backwards else key for key in keys]

    def of[Rows: QuerySet[Any]](self, rows: Rows, keys: Sequence[str]) -> Rows:
        return self.beyond(rows, keys).order_by(*self.ordered(keys))[: self.limit]

    def anywhere(self, keys: Sequence[Any]) -> Stretch:
        """A stretch like this one beyond the row with these `keys`, where a position matters."""
        return replace(self, position=self.position and Position(self.position.side, tuple(keys), 0))

    def reversed(self) -> Stretch:
        """The same stretch of a list whose keys all descend."""
        return replace(self, backwards=not self.backwards)


class IsOneOf(Func):
    """That a row's key is one of those that a queryset gives, which are found first: `filter(IsOneOf("pk", ids))`.

    With `pk__in` PostgreSQL may go about it the other way round, and read all that could be looked up.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, key: str, keys: QuerySet[Any, Any]) -> None:
        super().__init__(F(key), ArraySubquery(keys))


def page_at[Row](  # what a list says of itself
    asked: str,
    fetch: Callable[[Stretch], Iterable[Row]],
    *,
    keys: Sequence[str],
    count: int | None,
    size: int,
) -> Page[Row]:
    """The page that the address asks for, of a list of `count` rows; the first for what is no page of it.

    `fetch` gives the rows of a stretch, nearest first. One row more than a page tells whether there is another page.
    A list that nobody counted has no last page.
    """
    position = Position.opened(asked, keys) if asked not in {"", LAST} else None
    if asked == LAST and count and count > size:
        # As many as are over when pages are counted from the first.
        rows = list(fetch(Stretch(None, True, count % size or size)))[::-1]
        return numbered(rows, count - len(rows) + 1, count, LAST, keys, more=False)
    if position and position.side == "after":
        rows = list(fetch(Stretch(position, False, size + 1)))
        if rows:
            return numbered(rows[:size], position.number + 1, count, asked, keys, more=len(rows) > size)
    elif position:
        rows = list(fetch(Stretch(position, True, size + 1)))
        if len(rows) > size:
            rows = rows[:size][::-1]
            return numbered(rows, position.number - size, count, asked, keys, more=True)
    # Also where a page before a row would not be full: the first page always is.
    rows = list(fetch(Stretch(None, False, size + 1))) if count != 0 else []
    return numbered(rows[:size], 1, count, "", keys, more=len(rows) > size)


def numbered[Row](  # noqa: PLR0913  # as above
    rows: list[Row], first: int, count: int | None, name: str, keys: Sequence[str], *, more: bool
) -> Page[Row]:
    """A page with its neighbours. Numbers follow the count where others saved meanwhile."""
    if count is None:
        count = None if more else first + len(rows) - 1
    else:
        count = max(count, len(rows))
        if name and not more:
            first = count - len(rows) + 1
        elif name:
            first = min(max(first, 2), max(count - len(rows), 2))
    previous = Position("before", keys_of(rows[0], keys), first).sealed(keys) if name and rows else None
    following = Position("after", keys_of(rows[-1], keys), first + len(rows) - 1).sealed(keys) if more else None
    return Page(rows, first, count, name, previous, following)


def keys_of(row: Any, keys: Sequence[str]) -> Keys:
    """The keys of a row by their names in queries: "student__sort_key"."""
    return tuple(functools.reduce(getattr, key.split("__"), row) for key in keys)


class PageLink(TypedDict):
    """A way on; `target` is what htmx replaces, if it does."""

    text: str
    query: str
    target: str


def links(filters: FilterForm, page: Page[Any], *, target: str = "") -> list[PageLink]:
    """The ways on from a page of a list, with all filters kept."""
    ways = []
    if page.previous:
        ways += [(_("Første"), None), (_("Forrige"), page.previous)]
    if page.next:
        ways.append((_("Næste"), page.next))
        if page.count is not None:
            ways.append((_("Sidste"), LAST))
    return [{"text": text, "query": filters.query(side=name), "target": target} for text, name in ways]
