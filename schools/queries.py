"""What a school sees of its students: where each stands today, how many at each level, and a page of them in order.

Everything is read from standings and their counts, so that nothing costs more where a school has more students.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    IntegerField,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.database.prepared import Later, Prepared, once_for_each
from laereplads.database.text import holds_words, pieces, places_of_words, words_in_places
from laereplads.web.paging import Page, Stretch, page_at
from schools.models import (
    ASSESSED,
    LEVELS,
    NEVER,
    FollowedStudent,
    Rank,
    Standing,
    StandingCount,
    StandingWord,
    StandingWordPart,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from schools.models import Placed, StandingQuerySet

STUDENTS_PER_PAGE = 25
# Each order is total, so that no student stands on two pages or on none; each has an index of these very keys.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("sort_key", "student_id"),
    "risk": ("rank", "assessed_on", "sort_key", "student_id"),
    "oldest": ("assessed_on", "sort_key", "student_id"),
}
# The parts of each order in which a filter may leave many or few, from first to last, the levels in them, and what the
# first key is throughout them, if it is one thing.
PARTS: dict[str, tuple[tuple[Q, tuple[Rank, ...], Any], ...]] = {
    "name": ((Q(), tuple(Rank), None),),
    "risk": tuple((Q(rank=rank), (rank,), rank) for rank in Rank),
    "oldest": (
        (Q(assessed_on__lt=NEVER), ASSESSED, None),
        (Q(assessed_on=NEVER), (Rank.NOT_REGISTERED, Rank.NOT_ASSESSABLE), NEVER),
    ),
}
# Whoever asks, and the row beyond which a stretch begins, in queries that are put together once for everybody.
ANYBODY = Membership(pk=Later("membership", BigIntegerField()), school_id=Later("school", BigIntegerField()))
KEYS = {key: Later(key, Standing._meta.get_field(key)) for keys in ORDERS.values() for key in keys}  # type: ignore[arg-type]  # columns all
# A piece of a name that is looked for.
PIECE = Later("piece", TextField())
# So many rows are looked through to find a name and to count who bears it: more than any school of today has.
LOOKED_THROUGH = 5_000
# Each word that holds a piece of a name is a look-up of its own.
WORDS_LOOKED_UP = 60
# Of all that is looked for in a name, so many pieces are tried, one by one, until few bear one.
PIECES_TRIED = 3


@dataclass(frozen=True)
class Wanted:
    """Which students are looked for. `traits` are asked of standings and of their counts alike."""

    traits: Q = field(default_factory=Q)
    words: str | tuple[Later, ...] = ""
    registered_by: datetime.date | None = None
    is_followed: bool = False
    ranks: tuple[Rank, ...] = ()

    @property
    def typed(self) -> str:
        return self.words if isinstance(self.words, str) else ""

    def untyped(self) -> Wanted:
        """The same with a place for each word: of queries that are kept, what was typed is no part."""
        return replace(self, words=places_of_words(self.typed))

    def values(self, piece: str | None = None) -> dict[str, str | None]:
        """What stands in those places."""
        return {**words_in_places(self.typed), PIECE.value: piece}

    def among[Row: Placed](
        self, rows: StandingQuerySet[Row], membership: Membership, *, hidden: str = ""
    ) -> StandingQuerySet[Row]:
        """Those that are wanted, at any level: the counts of the levels need the other ones, too.

        With the prefix `hidden` the day and the level are asked of what no index knows.
        """
        rows = rows.filter(self.traits)
        if self.registered_by:
            # Who is not assessed has no such day.
            assessed = at_ranks(ASSESSED) if hidden else Q(rank__in=ASSESSED)
            rows = rows.filter(assessed, **{f"{hidden}assessed_on__lte": self.registered_by})
        if self.is_followed:
            followed = FollowedStudent.objects.filter(membership=membership.pk)
            rows = rows.filter(student__in=followed.values("student"))
        return rows.filter(holds_words(self.words))


class Line(NamedTuple):
    """How a student stands, with all that rows show and sort by: birth dates stay in the database."""

    student_id: int
    public_id: UUID
    name: str
    sort_key: str
    # A Rank.
    rank: int
    assessed_on: datetime.date
    visibility: str
    education_id: int | None
    is_running: bool
    agreement_type: str
    ends_on: datetime.date
    is_followed: bool

    @property
    def level(self) -> str:
        """Empty for who cannot be assessed today."""
        level: str = LEVELS.get(self.rank, "")  # type: ignore[call-overload]  # a Rank is its number
        return level


@dataclass(frozen=True)
class LevelCounts:
    """How many of some students stand at each level; `irrelevant` are those who cannot be assessed today."""

    matching: dict[Rank, int]
    # The school's students at each level, before any filter; empty where that was not counted.
    everybody: dict[Rank, int] = field(default_factory=dict)
    # Not where very many bear the name: `matching` then tells of everybody with the other traits.
    is_exact: bool = True
    # Whether those that match are few enough to be gathered and sorted, and under which piece of a name they stand.
    is_few: bool = False
    piece: str | None = None

    @property
    def irrelevant(self) -> int:
        return self.of([Rank.NOT_ASSESSABLE])

    def of(self, ranks: Sequence[Rank]) -> int:
        """How many are at one of `ranks`; none means everybody."""
        return sum(self.matching[rank] for rank in (ranks or list(Rank)))


def ids_of(membership: Membership) -> dict[str, int | None]:
    return {"membership": membership.pk, "school": membership.school_id}


def level_counts(membership: Membership, wanted: Wanted) -> LevelCounts:
    """Count the wanted students by level: in one statement, except for a part of a name that very many bear."""
    if wanted.is_followed:
        # Nobody's own list is long.
        return LevelCounts(counted_among(membership, wanted), is_few=True)
    return counts_of_names(membership, wanted) if wanted.words else counts_of_traits(membership, wanted)


def counted_among(membership: Membership, wanted: Wanted) -> dict[Rank, int]:
    counted = few_counted(replace(wanted.untyped(), ranks=()), timezone.localdate())
    return dict.fromkeys(Rank, 0) | dict(counted.run(**ids_of(membership), **wanted.values()))


@once_for_each
def few_counted(wanted: Wanted, today: datetime.date) -> Prepared[Standing, Any]:
    standings = wanted.among(Standing.objects.visible_to(ANYBODY), ANYBODY)
    return Prepared(standings.values_list("rank").annotate(Count("pk")), same_way=False)


def counts_of_traits(membership: Membership, wanted: Wanted) -> LevelCounts:
    counted = counts_asked(replace(wanted, words="", is_followed=False, ranks=()), timezone.localdate())
    found, everybody = dict.fromkeys(Rank, 0), dict.fromkeys(Rank, 0)
    for rank, many, all_of_rank in counted.run(**ids_of(membership)):
        found[rank] += many
        everybody[rank] += all_of_rank
    return LevelCounts(found, everybody)


@once_for_each
def counts_asked(wanted: Wanted, today: datetime.date) -> Prepared[StandingCount, Any]:
    return Prepared(by_rank(ANYBODY, wanted))


def by_rank(membership: Membership, wanted: Wanted) -> QuerySet[StandingCount, Any]:
    """(rank, how many with the wanted traits, how many in all), one or two for each rank."""
    counts, matching = StandingCount.objects.visible_to(membership), wanted.traits
    month = wanted.registered_by and wanted.registered_by.replace(day=1)
    if month:
        matching &= Q(assessed_in__lt=month, rank__in=ASSESSED)
    counted = counts.values_list("rank").annotate(
        matching=Coalesce(Sum("number", filter=matching), Value(0)), everybody=Sum("number")
    )
    if month:
        # Whole months from the counts, and the days of the last one from the standings.
        standings = wanted.among(Standing.objects.visible_to(membership), membership).filter(assessed_on__gte=month)
        by_day = standings.values_list("rank").annotate(matching=Count("pk"), everybody=Value(0))
        return counted.union(by_day, all=True)
    return counted


def counts_of_names(membership: Membership, wanted: Wanted) -> LevelCounts:
    """Counts under a piece of the name that few bear, or of the few with the other traits; where all are many, none."""
    of_traits = None
    for piece in pieces(wanted.typed)[:PIECES_TRIED]:
        named, of_traits, bearers = counts_of_bearers(membership, wanted, piece)
        if bearers <= LOOKED_THROUGH:
            return LevelCounts(named, is_few=True, piece=piece)
        if of_traits.of([]) <= LOOKED_THROUGH:
            break
    of_traits = of_traits or counts_of_traits(membership, Wanted(wanted.traits))
    if of_traits.of([]) <= LOOKED_THROUGH:
        return LevelCounts(counted_among(membership, wanted), is_few=True)
    return replace(of_traits, is_exact=False)


class SizeUpTo(Subquery):
    """How many rows a sliced queryset has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) rows)"
    output_field = IntegerField()


def counts_of_bearers(membership: Membership, wanted: Wanted, piece: str) -> tuple[dict[Rank, int], LevelCounts, int]:
    """Counts of those wanted who bear `piece`, counts of all with the wanted traits, and how many bear it.

    In one statement. Of a piece that very many bear nobody is counted, and the number is only known to be too large.
    """
    asked = bearers_counted(replace(wanted.untyped(), ranks=()), timezone.localdate())
    named, matching, everybody = (dict.fromkeys(Rank, 0) for _ in range(3))
    size = 0
    for rank, *numbers, many in asked.run(**ids_of(membership), **wanted.values(piece)):
        for counted, number in zip((named, matching, everybody), numbers, strict=True):
            counted[rank] += number
        size = max(size, many)
    return named, LevelCounts(matching, everybody), size


@once_for_each
def bearers_counted(wanted: Wanted, today: datetime.date) -> Prepared[StandingCount, Any]:
    words = SizeUpTo(words_with(PIECE, ANYBODY)[: WORDS_LOOKED_UP + 1])
    rows = SizeUpTo(bearing(PIECE, ANYBODY).values("pk")[: LOOKED_THROUGH + 1])
    bearers = Case(When(LessThanOrEqual(words, WORDS_LOOKED_UP), then=rows), default=LOOKED_THROUGH + 1)
    none = Value(0)
    of_traits = (
        StandingCount.objects.visible_to(ANYBODY)
        .values_list("rank")
        .annotate(
            named=none,
            matching=Coalesce(Sum("number", filter=wanted.traits), none),
            everybody=Sum("number"),
            bearers=bearers,
        )
    )
    # The size does not depend on the row: it is found once, and where it is too large no row is read.
    under_piece = (
        wanted.among(bearing(PIECE, ANYBODY), ANYBODY)
        .alias(bearers=bearers)
        .filter(bearers__lte=LOOKED_THROUGH)
        .values_list("rank")
        # Who has two such words stands there twice.
        .annotate(named=Count("standing", distinct=True), matching=none, everybody=none, size=none)
    )
    return Prepared(of_traits.union(under_piece, all=True))


def bearing(piece: Value, membership: Membership) -> StandingQuerySet[StandingWord]:
    """Standings under the words that hold `piece`."""
    return StandingWord.objects.visible_to(membership).filter(word__in=words_with(piece, membership))


def words_with(piece: Value, membership: Membership) -> QuerySet[StandingWordPart, Any]:
    return StandingWordPart.objects.visible_to(membership).beginning_with(piece).values("word").distinct()


@dataclass(frozen=True)
class Part:
    """A part of an order: which rows, and whether to gather the few that match rather than walk past the others."""

    condition: Q
    few: bool
    # How many of the order's keys are the same throughout it, and whether it lies wholly beyond the position.
    fixed: int = 0
    is_beyond: bool = False


def at_ranks(ranks: tuple[Rank, ...]) -> Q:
    """Those at some levels, where many are, asked of what no index knows.

    The others are left out: so PostgreSQL expects many, and walks in their order to the first of them. Where it is told
    which are wanted, it expects one in a thousand, and may as well read all and sort them.
    """
    return ~Q(by_rank__in=[rank for rank in Rank if rank not in ranks])


def few_of(ranks: tuple[Rank, ...]) -> Part:
    """Those at some levels, gathered. Among the irrelevant stands everybody as she will when her agreement has ended.

    They are many and no use: there an index of levels is kept from leading to them.
    """
    if len(ranks) == len(Rank):
        return Part(Q(), few=True)
    return Part(Q(by_rank__in=ranks) if Rank.NOT_ASSESSABLE in ranks else Q(rank__in=ranks), few=True)


class Last(Subquery):
    """The last column of a queryset of several."""

    def __init__(self, queryset: QuerySet[Any, Any], columns: int) -> None:
        super().__init__(
            queryset, columns=", ".join(f"c{number}" for number in range(1, columns + 1)), last=f"c{columns}"
        )

    template = "(SELECT %(last)s FROM (%(subquery)s) rows (%(columns)s))"
    output_field = BigIntegerField()


@dataclass(frozen=True)
class Overview:
    """A page at a time of one school's students in an order, narrowed."""

    membership: Membership
    wanted: Wanted
    order: str
    counts: LevelCounts

    @property
    def hits(self) -> int | None:
        """None where very many bear the name that is looked for: nobody counts them."""
        return self.counts.of(self.wanted.ranks) if self.counts.is_exact else None

    def page(self, asked: str) -> Page[Line]:
        keys = ORDERS[self.order]
        return page_at(asked, self.fetch, keys=keys, count=self.hits, size=STUDENTS_PER_PAGE)

    def fetch(self, stretch: Stretch) -> list[Line]:
        """The rows of a stretch."""
        parts = tuple(self.parts(stretch))
        if not parts:
            return []
        keys, piece = ORDERS[self.order], self.counts.piece
        anywhere = stretch.anywhere([KEYS[key] for key in keys])
        query = Query(self.wanted.untyped(), self.order, PIECE if piece else None, parts, anywhere)
        beyond = dict(zip(keys, stretch.position.keys, strict=True)) if stretch.position else {}
        asked = rows_asked(query, timezone.localdate())
        found = asked.run(**ids_of(self.membership), **self.wanted.values(piece), **beyond)
        return list(map(Line._make, found))

    def parts(self, stretch: Stretch) -> list[Part]:
        """The parts of the order that the stretch may touch, until those behind the first hold enough."""
        wanted = self.wanted.ranks or tuple(Rank)
        if self.counts.is_few or self.are_few(wanted):
            return [few_of(wanted)] if self.hits else []
        parts, enough = [], 0
        ordered = PARTS[self.order]
        for part, ranks, first in reversed(ordered) if stretch.backwards else ordered:
            asked = tuple(rank for rank in ranks if not self.wanted.ranks or rank in self.wanted.ranks)
            count = sum(self.counts.matching[rank] for rank in asked)
            if not count or self.is_behind(ranks, stretch):
                continue
            condition = part & at_ranks(asked) if self.wanted.ranks and part != Q(rank=asked[0]) else part
            is_beyond = first is not None and stretch.position is not None and stretch.position.keys[0] != first
            walked = Part(condition, few=False, fixed=int(first is not None), is_beyond=is_beyond)
            parts.append(few_of(asked) if self.are_few(asked) else walked)
            # The position may be anywhere in its own part.
            if self.counts.is_exact and (len(parts) > 1 or stretch.position is None):
                enough += count
            if enough >= stretch.limit:
                break
        return parts

    def is_behind(self, ranks: tuple[Rank, ...], stretch: Stretch) -> bool:
        """Whether the whole part lies on the side of the position that one comes from."""
        if stretch.position is None or self.order == "name":
            return False
        leading = stretch.position.keys[0]
        if self.order == "risk":
            return bool(ranks[0] > leading if stretch.backwards else ranks[0] < leading)
        is_assessed = leading < NEVER
        return ranks != ASSESSED and is_assessed if stretch.backwards else ranks == ASSESSED and not is_assessed

    def are_few(self, ranks: tuple[Rank, ...]) -> bool:
        """Whether gathering all that match and sorting them costs less than walking to a page of them."""
        if not self.counts.is_exact:
            return False
        count, everybody = (
            sum(counted.get(rank, 0) for rank in ranks) for counted in (self.counts.matching, self.counts.everybody)
        )
        return count * count < (STUDENTS_PER_PAGE + 1) * everybody


@dataclass(frozen=True)
class Query:
    """How the rows of a stretch are asked for, whoever asks."""

    wanted: Wanted
    order: str
    piece: Later | None
    parts: tuple[Part, ...]
    stretch: Stretch

    def rows(self, membership: Membership) -> QuerySet[Standing, Any]:
        """The inner query touches columns of one index only; the outer one looks up the few."""
        stretch, keys = self.stretch, ORDERS[self.order]
        first, *others = [self.keys_of(part, membership) for part in self.parts]
        if others:
            # As many as are asked for of all parts together, before any is looked up.
            first = first.union(*others, all=True).order_by(*stretch.ordered(keys))[: stretch.limit]
        rows = Standing.objects.filter(pk__in=Last(first, len(keys) + 1)).order_by(*stretch.ordered(keys))
        shown = rows.annotate(is_followed=is_followed(membership)).values_list(*Line._fields)
        return shown[: stretch.limit]

    def keys_of(self, part: Part, membership: Membership) -> QuerySet[Any, Any]:
        """The keys of the order, and the id of the standing."""
        stretch, keys = self.stretch, ORDERS[self.order]
        # Said so that no index gives this order, position, level or day: it would lead past the others, or sort many.
        hidden = {f"by_{key}": Coalesce(key, key) for key in dict.fromkeys([*keys, "rank", "assessed_on"])}
        if self.piece:
            words = self.wanted.among(bearing(self.piece, membership), membership).alias(**hidden)
            # Who has two such words stands there twice.
            return stretch.of(words.filter(part.condition).values_list(*keys, "standing_id").distinct(), keys)
        standings = Standing.objects.visible_to(membership).alias(**hidden)
        if part.few:
            gathered = self.wanted.among(standings, membership).filter(part.condition)
            return stretch.of(gathered, [f"by_{key}" for key in keys]).values_list(*keys, "pk")
        # The order's own index is walked, and no other.
        walked = self.wanted.among(standings, membership, hidden="" if "assessed_on" in keys else "by_")
        beyond = self.beyond_in(part, walked.filter(part.condition))
        return beyond.order_by(*stretch.ordered(keys))[: stretch.limit].values_list(*keys, "pk")

    def beyond_in(self, part: Part, rows: StandingQuerySet) -> StandingQuerySet:
        """The rows of a part beyond the position.

        A fixed key is not compared: the index would be entered where that key begins, and walked to the position.
        """
        stretch, keys = self.stretch, ORDERS[self.order]
        if stretch.position is None or part.is_beyond:
            return rows
        position = replace(stretch.position, keys=stretch.position.keys[part.fixed :])
        return replace(stretch, position=position).beyond(rows, keys[part.fixed :])


@once_for_each
def rows_asked(query: Query, today: datetime.date) -> Prepared[Standing, Any]:
    # Where few are gathered, which they are decides how to go about it.
    is_walked = not (query.wanted.words or query.wanted.is_followed or any(part.few for part in query.parts))
    return Prepared(query.rows(ANYBODY), same_way=is_walked)


def overview(membership: Membership, wanted: Wanted, order: str) -> Overview:
    return Overview(membership, wanted, order, level_counts(membership, wanted))


def everybody_wanted(membership: Membership, wanted: Wanted, order: str) -> StandingQuerySet:
    """The rows of all pages in their order, to be read from first to last: no counts are asked."""
    standings = wanted.among(Standing.objects.visible_to(membership), membership)
    if wanted.ranks:
        standings = standings.filter(rank__in=wanted.ranks)
    return standings.order_by(*ORDERS[order])


def is_followed(membership: Membership) -> ExpressionWrapper[Any]:
    """Whether the student is on the employee's own list; the short list is read once, not searched for each row."""
    followed = FollowedStudent.objects.filter(membership=membership.pk)
    return ExpressionWrapper(Q(student__in=followed.values("student")), output_field=BooleanField())
