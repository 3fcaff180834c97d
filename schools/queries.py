"""What Elevoversigt asks of its table: how many students there are at each level, and a page of them in an order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, StrIndex, TruncDate
from django.db.models.lookups import Exact, GreaterThan, In, LessThan
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access_log.left_out import FEW, left_out
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.database.text import holds_words, parameters_for_words, values_of_words
from laereplads.people.models import Company, Student
from laereplads.web.paging import Page, PageRange, named_in, page_at
from risk.models import DueAssessment, DueState, RiskAssessment
from schools.models import ASSESSED, LEVELS, Change, FollowedStudent, Rank, StudentGroupMember, StudentListEntry

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
COMPANY, HOLD = Parameter("company", TextField()), Parameter("hold", TextField())
# No level: less urgent than any.
NO_RANK = 9
GROUP = Parameter("group", BigIntegerField())
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
    # The key of one of the school's groups.
    group: int | Parameter | None = None
    ranks: tuple[Rank, ...] = ()
    # Whose assessment stands so today, or who were never assessed.
    due: tuple[str, ...] = ()
    # Whose level is another than it was when that day began, and in which of these ways.
    changed_since: datetime.date | None = None
    changes: tuple[Change, ...] = tuple(Change)
    # The CVR number of the agreement's company, or how its name begins.
    company: str | Parameter = ""
    hold: str | Parameter = ""

    def compilable(self) -> StudentFilter:
        """The same with a parameter for each word: what was typed is no part of a query that is kept."""
        beginning, digits = BEGINNING if self.beginning else "", DIGITS if self.digits else ""
        return replace(
            self,
            words=parameters_for_words(self.typed),
            beginning=beginning,
            digits=digits,
            group=GROUP if self.group else None,
            company=COMPANY if self.company else "",
            hold=HOLD if self.hold else "",
        )

    def values(self) -> dict[str, Any]:
        """The values of these parameters."""
        typed = {"beginning": self.beginning, "digits": self.digits, "company": self.company, "hold": self.hold}
        return values_of_words(self.typed) | typed | {"group": self.group}

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
        found += self.lists(membership)
        if self.ranks:
            found.append(Q(rank__in=self.ranks))
        if self.due:
            found.append(is_due(membership, self.due))
        if self.changed_since:
            found.append(has_changed(self.changed_since, self.changes))
        if self.company:
            typed = as_value(self.company)
            begins = Q(Exact(StrIndex(Lower("name"), typed), 1))
            found.append(Q(company__in=Company.objects.filter(Q(Exact(F("cvr"), typed)) | begins).values("pk")))
        if self.hold:
            found.append(Q(Exact(Lower("class_code"), as_value(self.hold))))
        return found

    def lists(self, membership: Membership) -> list[Q]:
        """That the student is on the employee's own list, or in a group."""
        found = [is_followed(membership)] if self.is_followed else []
        if self.group:
            found.append(Q(student__in=StudentGroupMember.objects.filter(group=self.group).values("student")))
        return found


def as_value(typed: str | Parameter) -> Value:
    return typed if isinstance(typed, Value) else Value(typed)


NEVER_ASSESSED = "never"


def is_due(membership: Membership, wanted: Sequence[str]) -> Q:
    """That an assessment of the student stands in one of these states, or that there never was one."""
    today = timezone.localdate()
    states = [DueState(state) for state in wanted if state != NEVER_ASSESSED]
    condition = Q(unassessed_from__lte=today) if NEVER_ASSESSED in wanted else Q()
    if states:
        # Once and for all, not for each row.
        of_school = DueAssessment.objects.filter(school=membership.school_id).in_states(*states, on=today)
        condition |= Q(student__in=of_school.values("student"))
    return condition


def rank_before(day: datetime.date) -> Coalesce:
    """The rank of an entry's agreement when `day` began; what was removed since is passed over."""
    ranks = [When(level=level, then=Value(int(rank))) for rank, level in LEVELS.items() if rank in ASSESSED]
    earlier = RiskAssessment.objects.annotate(day=TruncDate("recorded_at"), rank=Case(*ranks)).filter(
        agreement=OuterRef("agreement"), day__lt=day, is_removed=False
    )
    latest = Subquery(earlier.order_by("-id").values("rank")[:1], output_field=PositiveSmallIntegerField())
    return Coalesce(latest, Value(NO_RANK))


def change_since(day: datetime.date) -> Case:
    """In which way an entry's level is another than it was when `day` began; empty where it is not."""
    before = rank_before(day)
    is_new = Q(rank__in=ASSESSED, assessed_on__gte=day)
    return Case(
        When(removed_on__gte=day, then=Value(Change.REMOVED)),
        When(~is_new, then=Value("")),
        When(Exact(before, Value(NO_RANK)), then=Value(Change.FIRST)),
        When(GreaterThan(before, F("rank")), then=Value(Change.RISEN)),
        When(LessThan(before, F("rank")), then=Value(Change.FALLEN)),
        default=Value(""),
        output_field=CharField(),
    )


def is_touched(day: datetime.date) -> Q:
    """That an assessment was made or removed on that day or later: only of these the level can be another."""
    return Q(rank__in=ASSESSED, assessed_on__gte=day) | Q(removed_on__gte=day)


def has_changed(day: datetime.date, changes: Sequence[Change]) -> Q:
    """The first condition is the entry's own: earlier levels are looked up of the few who meet it."""
    return is_touched(day) & Q(In(change_since(day), list(changes)))


def change_of(rank: int, before: int, *, is_removed: bool) -> str:
    """The same as `change_since`, of one who is touched: whoever knows what was before looks it up once."""
    if is_removed:
        return Change.REMOVED
    if before == NO_RANK:
        return Change.FIRST
    return "" if before == rank else Change.RISEN if before > rank else Change.FALLEN


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
    removed_on: datetime.date | None
    # What the level was, where it is asked who has changed; else NO_RANK.
    before: int
    # Whether another of the school's students has the same name.
    has_namesake: bool
    is_followed: bool

    @property
    def level(self) -> str:
        """Empty for those who cannot be assessed today."""
        return LEVELS.get(Rank(self.rank), "")

    @property
    def level_before(self) -> str:
        """Empty where there was none, or nobody asked."""
        return LEVELS[Rank(self.before)] if self.before in ASSESSED else ""


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
    before = rank_before(wanted.changed_since) if wanted.changed_since else Value(NO_RANK)
    shown = shown.annotate(has_namesake=namesake, is_followed=followed, before=before)
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
