"""What Elevoversigt asks of its table: how many students there are at each level, and a page of them in an order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    TextField,
    UUIDField,
)
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access_log.left_out import FEW, left_out
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.database.text import holds_words, parameters_for_words, values_of_words
from laereplads.people.models import Student
from laereplads.web.paging import Page, PageRange, named_in, page_at
from schools.models import ASSESSED, LEVELS, FollowedStudent, Rank, StudentListEntry

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import QueryDict

    from schools.models import StudentListEntryQuerySet

STUDENTS_PER_PAGE = 25
# Each order is total, so that no student stands on two pages or on none; each has an index of these very keys.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("sort_key", "student_id"),
    "risk": ("rank", "assessed_on", "sort_key", "student_id"),
    "oldest": ("assessed_on", "sort_key", "student_id"),
    "absence": ("absence_key", "sort_key", "student_id"),
}
# Whoever asks, and whom they ask about, in queries that are compiled once for everybody.
PLACEHOLDER_MEMBERSHIP = Membership(
    pk=Parameter("membership", BigIntegerField()), school_id=Parameter("school", BigIntegerField())
)
PUBLIC_ID = Parameter("public_id", UUIDField())
BEGINNING, DIGITS = Parameter("beginning", TextField()), Parameter("digits", TextField())
KEYS: dict[str, Any] = {
    key: Parameter(key, StudentListEntry._meta.get_field(key))  # type: ignore[arg-type]  # columns all
    for keys in ORDERS.values()
    for key in keys
}


@dataclass(frozen=True)
class StudentFilter:
    """Which students are looked for. `traits` are conditions on their entries' own columns."""

    traits: Q = field(default_factory=Q)
    words: str | tuple[Parameter, ...] = ""
    # Or whose number or e-mail address begins so, or whose telephone with these digits.
    beginning: str | Parameter = ""
    digits: str | Parameter = ""
    registered_by: datetime.date | None = None
    is_followed: bool = False
    ranks: tuple[Rank, ...] = ()

    def compilable(self) -> StudentFilter:
        """The same with a parameter for each word: what was typed is no part of a query that is kept."""
        beginning, digits = BEGINNING if self.beginning else "", DIGITS if self.digits else ""
        return replace(self, words=parameters_for_words(self.typed), beginning=beginning, digits=digits)

    def values(self) -> dict[str, Any]:
        """The values of these parameters."""
        return {**values_of_words(self.typed), "beginning": self.beginning, "digits": self.digits}

    @property
    def typed(self) -> str:
        return self.words if isinstance(self.words, str) else ""

    def of(self, entries: StudentListEntryQuerySet, membership: Membership) -> StudentListEntryQuerySet:
        return entries.filter(*self.conditions(membership))

    def conditions(self, membership: Membership) -> list[Q]:
        """One for each filter in force."""
        found = [Q(each) for each in self.traits.children]
        if self.words:
            named = holds_words(self.words)
            if self.beginning or self.digits:
                known = Student.objects.filter(school=membership.school_id).known_by(self.beginning, self.digits)
                named |= Q(student__in=known.values("pk"))
            found.append(named)
        if self.registered_by:
            # Who is not assessed has no such day.
            found.append(Q(rank__in=ASSESSED, assessed_on__lte=self.registered_by))
        if self.is_followed:
            found.append(is_followed(membership))
        if self.ranks:
            found.append(Q(rank__in=self.ranks))
        return found


class Line(NamedTuple):
    """A student with all that rows show and sort by: birth dates stay in the database."""

    student_id: int
    public_id: UUID
    name: str
    sort_key: str
    rank: int
    assessed_on: datetime.date
    visibility: str
    education_id: int | None
    is_running: bool
    agreement_type: str
    ends_on: datetime.date
    moved_on: datetime.date | None
    number_end: str
    absence_key: int
    unlawful_tenths: int | None
    # Whether another of the school's students has the same name.
    has_namesake: bool
    is_followed: bool

    @property
    def level(self) -> str:
        """Empty for those who cannot be assessed today."""
        return LEVELS.get(Rank(self.rank), "")


class LevelCounts(dict[Rank, int]):
    """How many of some students are at each level."""

    @property
    def not_assessable(self) -> int:
        return self[Rank.NOT_ASSESSABLE]

    def of(self, ranks: Sequence[Rank]) -> int:
        """How many are at one of `ranks`; none means everybody."""
        return sum(self[rank] for rank in (ranks or list(Rank)))


def is_followed(membership: Membership) -> Q:
    """That the student is on the employee's own list; the short list is read once, not searched for each row."""
    return Q(student__in=FollowedStudent.objects.filter(membership=membership.pk).values("student"))


def level_counts(membership: Membership, wanted: StudentFilter) -> LevelCounts:
    """Count the wanted students by level, those at the other levels, too."""
    counted = counts_query(replace(wanted.compilable(), ranks=()), timezone.localdate())
    found = counted.run(**ids_of(membership), **wanted.values())
    return LevelCounts(dict.fromkeys(Rank, 0) | {Rank(rank): count for rank, count in found})


@compiled_query
def counts_query(wanted: StudentFilter, today: datetime.date) -> QuerySet[Any, Any]:
    entries = StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP)
    return wanted.of(entries, PLACEHOLDER_MEMBERSHIP).values_list("rank").annotate(number=Count("*"))


@dataclass(frozen=True)
class Overview:
    """A page at a time of one school's students in an order, narrowed."""

    membership: Membership
    wanted: StudentFilter
    order: str
    counts: LevelCounts

    @property
    def hits(self) -> int:
        return self.counts.of(self.wanted.ranks)

    def page(self, asked: QueryDict) -> Page[Line]:
        return page_at(asked, self.lines, self.keys_of, count=self.hits, size=STUDENTS_PER_PAGE)

    def lines(self, page_range: PageRange) -> list[Line]:
        keys = ORDERS[self.order]
        position = dict(zip(keys, page_range.position or (), strict=False))
        anywhere = page_range.anywhere([KEYS[key] for key in keys])
        return page_range.sort(map(Line._make, self.run(lines_query, anywhere, **position)), keys)

    def keys_of(self, public_id: UUID) -> tuple[Any, ...] | None:
        """The keys of one of the students in the list; None where nobody in it has this public id."""
        found = self.run(keys_query, public_id=public_id)
        return found[0] if found else None

    def told_of(self, page: Page[Line], asked: QueryDict) -> set[int]:
        """The students of whom a page tells without naming them.

        See `left_out`; those whom a level's count tells of, and whom its address names.
        """
        own = StudentListEntry.objects.visible_to(self.membership)
        told = left_out(page.span(own, ORDERS[self.order]), self.wanted.conditions(self.membership))
        named = self.wanted.ranks or tuple(Rank) if not page.is_part else ()
        if few := tuple(rank for rank, count in self.counts.items() if 0 < count <= FEW and rank not in named):
            told.update(replace(self.wanted, ranks=few).of(own, self.membership).values_list("student", flat=True))
        if beside := named_in(asked):
            told.update(own.filter(public_id=beside).values_list("student", flat=True))
        return told - {line.student_id for line in page}

    def run(self, query: Any, *given: Any, **values: Any) -> list[tuple[Any, ...]]:
        compiled = query(self.wanted.compilable(), self.order, timezone.localdate(), *given)
        found: list[tuple[Any, ...]] = compiled.run(**ids_of(self.membership), **self.wanted.values(), **values)
        return found


def overview(membership: Membership, wanted: StudentFilter, order: str) -> Overview:
    return Overview(membership, wanted, order, level_counts(membership, wanted))


@compiled_query
def lines_query(wanted: StudentFilter, order: str, today: datetime.date, page_range: PageRange) -> QuerySet[Any, Any]:
    """The inner query walks the order's index, which holds all it asks; only the page's own rows are looked up."""
    keys = ORDERS[order]
    own = wanted.of(StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP), PLACEHOLDER_MEMBERSHIP)
    on_page = page_range.of(own, keys)
    followed = ExpressionWrapper(is_followed(PLACEHOLDER_MEMBERSHIP), output_field=BooleanField())
    others = StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP).exclude(student=OuterRef("student"))
    namesake = Exists(others.filter(sort_key=OuterRef("sort_key")))
    shown = StudentListEntry.objects.filter(pk__in=on_page.values("pk"))
    shown = shown.annotate(has_namesake=namesake, is_followed=followed)
    return shown.values_list(*Line._fields)


@compiled_query
def keys_query(wanted: StudentFilter, order: str, today: datetime.date) -> QuerySet[Any, Any]:
    own = wanted.of(StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP), PLACEHOLDER_MEMBERSHIP)
    return own.filter(public_id=PUBLIC_ID).values_list(*ORDERS[order])


def ids_of(membership: Membership) -> dict[str, int | None]:
    return {"membership": membership.pk, "school": membership.school_id}


def everybody_wanted(membership: Membership, wanted: StudentFilter, order: str) -> StudentListEntryQuerySet:
    """The rows of all pages in their order, to be read from first to last: no counts are asked."""
    return wanted.of(StudentListEntry.objects.visible_to(membership), membership).order_by(*ORDERS[order])
