"""Pages of long lists: a page begins beside a row, so that what stands before it costs nothing.

A list says its keys, all ascending and together unique. The address names the row by its `public_id`, `?efter=…&nr=50`
or `?foer=…&nr=51`, and its keys are looked up in the list: whoever is not in it (any more) leads to the first page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan, TupleLessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.web.words import short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet
    from django.http import QueryDict

    from laereplads.web.filters import FilterForm

    type Keys = tuple[Any, ...]
    # The parameters of an address and their values.
    type Address = dict[str, str]

AFTER, BEFORE, NUMBER = "efter", "foer", "nr"
LAST_PAGE = {"side": "sidste"}
# For print: all of a list at once, where it is no longer than this.
ALL, MOST_AT_ONCE = {"side": "alle"}, 500
# More digits than any list has rows.
DIGITS = 9


@dataclass(frozen=True)
class PageRange:
    """At most `limit` rows: beyond the row that has the keys `position`, or from an end; nearest first."""

    position: Keys | None
    backwards: bool
    limit: int

    def of[Rows: QuerySet[Any]](self, rows: Rows, keys: Sequence[str]) -> Rows:
        return self.beyond(rows, keys).order_by(*self.ordered(keys))[: self.limit]

    def beyond[Rows: QuerySet[Any]](self, rows: Rows, keys: Sequence[str]) -> Rows:
        """The rows on the far side of the position. One comparison of all keys, which an index answers."""
        if self.position is None:
            return rows
        compared = TupleLessThan if self.backwards else TupleGreaterThan
        return rows.filter(compared(Tuple(*map(F, keys)), self.position))

    def ordered(self, keys: Sequence[str]) -> list[str]:
        return [f"-{key}" if self.backwards else key for key in keys]

    def sort[Row](self, rows: Iterable[Row], keys: Sequence[str]) -> list[Row]:
        """The rows of this range in its order, as they come from a query without one."""
        return sorted(rows, key=attrgetter(*keys), reverse=self.backwards)

    def anywhere(self, keys: Sequence[Any]) -> PageRange:
        """A range like this one beyond the row with these `keys`, if this one is beyond a row."""
        return replace(self, position=self.position and tuple(keys))

    def reversed(self) -> PageRange:
        """The same range of a list whose keys all descend."""
        return replace(self, backwards=not self.backwards)


@dataclass(frozen=True)
class Page[Row]:
    """Some or all rows of a list of `count`: the first is number `first`, counted from 1. Its neighbours' addresses."""

    rows: list[Row]
    first: int
    count: int
    # How the address says this page; empty for the first.
    address: Address
    previous: Address | None
    next: Address | None
    # The keys of the row that the address names.
    position: Keys | None = None

    def span[Rows: QuerySet[Any]](self, rows: Rows, keys: Sequence[str]) -> Rows:
        """Those of `rows`, a list that is not narrowed, whose place is on this page."""
        columns = Tuple(*map(F, keys))
        if self.previous:
            begins = self.position if AFTER in self.address else attrgetter(*keys)(self.rows[0])
            rows = rows.filter(TupleGreaterThan(columns, begins))
        if self.next:
            ends = self.position if BEFORE in self.address else attrgetter(*keys)(self.rows[-1])
            rows = rows.filter(TupleLessThanOrEqual(columns, ends))
        return rows

    @property
    def is_part(self) -> bool:
        """Whether the list has more than what is here."""
        return len(self.rows) < self.count

    @property
    def can_be_shown_at_once(self) -> bool:
        return self.count <= MOST_AT_ONCE

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def words(self) -> str:
        """Where one is: "51–75 af 812"."""
        place = {"first": self.first, "last": self.last, "count": self.count}
        return _("%(first)s–%(last)s af %(count)s") % place

    @property
    def printed(self) -> str:
        """What a print says of itself: "25 af 96, udskrevet 30.11.2026"."""
        told = {"first": self.first, "last": self.last, "count": self.count, "day": short_date(timezone.localdate())}
        words = _("Nr. %(first)s til %(last)s af %(count)s, udskrevet %(day)s")
        if self.first == 1:
            words = _("%(last)s af %(count)s, udskrevet %(day)s")
        return words % told

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def after(row: Any, number: int) -> Address:
    """The page that begins behind `row`, which is the list's number `number`."""
    return {AFTER: str(row.public_id), NUMBER: str(number)}


def before(row: Any, number: int) -> Address:
    return {BEFORE: str(row.public_id), NUMBER: str(number)}


def page_at[Row](
    asked: QueryDict,
    fetch: Callable[[PageRange], Iterable[Row]],
    keys_of: Callable[[UUID], Keys | None],
    *,
    count: int,
    size: int,
) -> Page[Row]:
    """The page that the address asks for, of a list of `count` rows; the first for what is no page of it.

    `fetch` gives the rows of a range, nearest first. One row more than a page tells whether there is another page.
    `keys_of` gives the keys of the row with a public id, or None where the list has none.
    """
    if asks_for(asked, ALL) and size < count <= MOST_AT_ONCE:
        return Page(list(fetch(PageRange(None, False, MOST_AT_ONCE))), 1, count, ALL, None, None)
    if asks_for(asked, LAST_PAGE) and count > size:
        # As many as are over when pages are counted from the first.
        rows = list(fetch(PageRange(None, True, count % size or size)))[::-1]
        return numbered(rows, count - len(rows) + 1, count, LAST_PAGE, more=False)
    way = AFTER if AFTER in asked else BEFORE
    row, number = uuid_in(asked.get(way, "")), number_in(asked.get(NUMBER, ""))
    if row and number and (position := keys_of(row)):
        address = {way: str(row), NUMBER: str(number)}
        rows = list(fetch(PageRange(position, way == BEFORE, size + 1)))
        if way == AFTER and rows:
            return replace(numbered(rows[:size], number + 1, count, address, more=len(rows) > size), position=position)
        if way == BEFORE and len(rows) > size:
            return replace(numbered(rows[:size][::-1], number - size, count, address, more=True), position=position)
    # Also where a page before a row would not be full: the first page always is.
    rows = list(fetch(PageRange(None, False, size + 1))) if count else []
    return numbered(rows[:size], 1, count, {}, more=len(rows) > size)


def asks_for(asked: QueryDict, address: Address) -> bool:
    return all(asked.get(name) == value for name, value in address.items())


def named_in(asked: Mapping[str, str]) -> UUID | None:
    """The public id of the row beside which an address lets a page begin."""
    return uuid_in(asked.get(AFTER) or asked.get(BEFORE) or "")


def uuid_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def number_in(text: str) -> int:
    return int(text) if len(text) <= DIGITS and text.isascii() and text.isdecimal() else 0


def numbered[Row](rows: list[Row], first: int, count: int, address: Address, *, more: bool) -> Page[Row]:
    """A page with its neighbours. Numbers follow the count where others saved meanwhile."""
    count = max(count, len(rows))
    if address and not more:
        first = count - len(rows) + 1
    elif address:
        first = min(max(first, 2), max(count - len(rows), 2))
    previous = before(rows[0], first) if address and rows else None
    following = after(rows[-1], first + len(rows) - 1) if more else None
    return Page(rows, first, count, address, previous, following)


class PageLink(TypedDict):
    """A way on; `target` is what htmx replaces, if it does."""

    text: str
    query: str
    target: str


def links(filters: FilterForm, page: Page[Any], *, target: str = "") -> list[PageLink]:
    """The ways on from a page of a list, with all filters kept."""
    ways: list[tuple[str, Address]] = []
    if page.previous:
        ways += [(_("Første"), {}), (_("Forrige"), page.previous)]
    if page.next:
        ways += [(_("Næste"), page.next), (_("Sidste"), LAST_PAGE)]
    if page.is_part and page.can_be_shown_at_once:
        ways.append((_("Vis alle til udskrift"), ALL))
    elif page.address == ALL:
        ways.append((_("Vis i sider"), {}))
    return [{"text": text, "query": filters.query(**address), "target": target} for text, address in ways]
