"""What a school sees of its students: where each stands today, how many at each level, and a page of them in order.

Everything is read from standings and their counts, so that nothing costs more where a school has more students.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from laereplads.database.text import holds_words
from laereplads.paging import Page, Stretch, page_at
from schools.models import ASSESSED, NEVER, FollowedStudent, Rank, Standing, StandingCount

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from laereplads.access.models import Membership
    from schools.models import StandingQuerySet

STUDENTS_PER_PAGE = 25
# Each order is total, so that no student stands on two pages or on none; each has an index of these very keys.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("sort_key", "student_id"),
    "risk": ("rank", "assessed_on", "sort_key", "student_id"),
    "oldest": ("assessed_on", "sort_key", "student_id"),
}
# The parts of each order in which a filter may leave many or few, from first to last, and the levels in them.
PARTS: dict[str, tuple[tuple[Q, tuple[Rank, ...]], ...]] = {
    "name": ((Q(), tuple(Rank)),),
    "risk": tuple((Q(rank=rank), (rank,)) for rank in Rank),
    "oldest": (
        (Q(assessed_on__lt=NEVER), ASSESSED),
        (Q(assessed_on=NEVER), (Rank.NOT_REGISTERED, Rank.IRRELEVANT)),
    ),
}
# Where the counts do not say how many others there are: a name's matches.
FEW = 500


@dataclass(frozen=True)
class Wanted:
    """Which students are looked for. `traits` are asked of standings and of their counts alike."""

    traits: Q = field(default_factory=Q)
    words: str = ""
    registered_by: datetime.date | None = None
    is_followed: bool = False
    ranks: tuple[Rank, ...] = ()

    @cached_property
    def by_counts(self) -> bool:
        """Whether the counts alone can tell how many: they know no names, and not who follows whom."""
        return not (self.words or self.is_followed)

    def among(self, standings: StandingQuerySet, membership: Membership) -> StandingQuerySet:
        """Those that are wanted, at any level: the counts of the levels need the other ones, too."""
        standings = standings.filter(self.traits)
        if self.registered_by:
            # Who is not assessed has no such day.
            standings = standings.filter(assessed_on__lte=self.registered_by, rank__in=ASSESSED)
        if self.is_followed:
            followed = FollowedStudent.objects.filter(membership=membership)
            standings = standings.filter(student__in=followed.values("student"))
        return standings.filter(holds_words(self.words))


@dataclass(frozen=True)
class LevelCounts:
    """How many of some students stand at each level; `irrelevant` are those who cannot be assessed today."""

    matching: dict[Rank, int]
    # The school's students at each level, before any filter; empty where that was not counted.
    everybody: dict[Rank, int]

    @property
    def irrelevant(self) -> int:
        return self.of([Rank.IRRELEVANT])

    def of(self, ranks: Sequence[Rank]) -> int:
        """How many are at one of `ranks`; none means everybody."""
        return sum(self.matching[rank] for rank in (ranks or list(Rank)))


def level_counts(membership: Membership, wanted: Wanted) -> LevelCounts:
    """Count the wanted students by level, in one statement."""
    standings = wanted.among(Standing.objects.visible_to(membership), membership)
    if not wanted.by_counts:
        counted: Iterable[tuple[int, int, int]] = standings.values_list("rank").annotate(
            matching=Count("pk"), everybody=Value(0)
        )
    else:
        counts, matching = StandingCount.objects.visible_to(membership), wanted.traits
        if wanted.registered_by:
            # Whole months from the counts, and the days of the last one from the standings.
            month = wanted.registered_by.replace(day=1)
            matching &= Q(assessed_in__lt=month, rank__in=ASSESSED)
            standings = standings.filter(assessed_on__gte=month)
        by_month = counts.values_list("rank").annotate(
            matching=Coalesce(Sum("number", filter=matching), Value(0)), everybody=Sum("number")
        )
        by_day = standings.values_list("rank").annotate(matching=Count("pk"), everybody=Value(0))
        counted = by_month.union(by_day, all=True) if wanted.registered_by else by_month
    found, everybody = dict.fromkeys(Rank, 0), dict.fromkeys(Rank, 0)
    for rank, many, all_of_rank in counted:
        found[Rank(rank)] += many
        everybody[Rank(rank)] += all_of_rank
    return LevelCounts(found, everybody if wanted.by_counts else {})


@dataclass(frozen=True)
class Part:
    """A part of an order: which rows, and whether to gather the few that match rather than walk past the others."""

    condition: Q
    few: bool


@dataclass(frozen=True)
class Overview:
    """One school's students in an order, narrowed: made for a page, a student, or all rows one by one."""

    membership: Membership
    wanted: Wanted
    order: str
    counts: LevelCounts

    @property
    def hits(self) -> int:
        return self.counts.of(self.wanted.ranks)

    def page(self, asked: str) -> Page[Standing]:
        keys = ORDERS[self.order]
        return page_at(asked, self.fetch, keys=keys, count=self.hits, size=STUDENTS_PER_PAGE)

    def fetch(self, stretch: Stretch) -> Sequence[Standing]:
        """The rows of a stretch. The inner query touches columns of one index only; the outer one looks up the few."""
        found = [self.ids(part, stretch) for part in self.parts(stretch)]
        if not found:
            return []
        ids = found[0].union(*found[1:], all=True) if len(found) > 1 else found[0]
        rows = Standing.objects.filter(pk__in=ids).order_by(*stretch.ordered(ORDERS[self.order]))
        return list(with_what_rows_show(rows, self.membership)[: stretch.limit])

    def parts(self, stretch: Stretch) -> list[Part]:
        """The parts of the order that the stretch may touch, until those behind the first hold enough."""
        parts, enough = [], 0
        ordered = PARTS[self.order]
        for part, ranks in reversed(ordered) if stretch.backwards else ordered:
            asked = [rank for rank in ranks if not self.wanted.ranks or rank in self.wanted.ranks]
            count = sum(self.counts.matching[rank] for rank in asked)
            if not count or self.is_behind(ranks, stretch):
                continue
            condition = part & Q(rank__in=asked) if self.wanted.ranks else part
            parts.append(Part(condition, self.are_few(count, ranks)))
            # The position may be anywhere in its own part.
            enough += count if len(parts) > 1 or stretch.position is None else 0
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

    def are_few(self, count: int, ranks: tuple[Rank, ...]) -> bool:
        """Whether gathering all that match and sorting them costs less than walking to a page of them."""
        everybody = sum(self.counts.everybody.get(rank, 0) for rank in ranks)
        return count * count < (STUDENTS_PER_PAGE + 1) * everybody if everybody else count < FEW

    def ids(self, part: Part, stretch: Stretch) -> Any:
        keys = ORDERS[self.order]
        rows = self.wanted.among(Standing.objects.visible_to(self.membership), self.membership).filter(part.condition)
        rows = stretch.beyond(rows, keys)
        if not part.few:
            return rows.order_by(*stretch.ordered(keys))[: stretch.limit].values("pk")
        # Said so that no index gives this order: it would lead past all the others.
        first, *others = (Coalesce(key, key) for key in keys)
        sorted_by = [each.desc() if stretch.backwards else each.asc() for each in (first, *others)]
        return rows.order_by(*sorted_by)[: stretch.limit].values("pk")


def overview(membership: Membership, wanted: Wanted, order: str) -> Overview:
    return Overview(membership, wanted, order, level_counts(membership, wanted))


def everybody_wanted(membership: Membership, wanted: Wanted, order: str) -> StandingQuerySet:
    """The rows of all pages in their order, to be read from first to last: no counts are asked."""
    standings = wanted.among(Standing.objects.visible_to(membership), membership)
    if wanted.ranks:
        standings = standings.filter(rank__in=wanted.ranks)
    return standings.order_by(*ORDERS[order])


def with_what_rows_show(standings: StandingQuerySet, membership: Membership) -> StandingQuerySet:
    """With the student's name, and whether she is followed; birth dates stay in the database."""
    return (
        standings.select_related("student")
        .annotate(is_followed=is_followed(membership))
        .only(
            *("rank", "assessed_on", "sort_key", "student_id", "is_running", "agreement_type", "ends_on"),
            *("education_id", "student__public_id", "student__name", "student__visibility"),
        )
    )


def one_student(membership: Membership) -> StandingQuerySet:
    """Standings as the profile shows them, for the one whose `student__public_id` is asked for."""
    standings = Standing.objects.visible_to(membership).select_related("student__education")
    return standings.annotate(is_followed=is_followed(membership))


def is_followed(membership: Membership) -> ExpressionWrapper[Any]:
    """Whether the student is on the employee's own list; the short list is read once, not searched for each row."""
    followed = FollowedStudent.objects.filter(membership=membership)
    return ExpressionWrapper(Q(student__in=followed.values("student")), output_field=BooleanField())
