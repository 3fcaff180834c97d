"""Who needs somebody today: what a mentor's front page lists, each list with how many there are in all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    DateField,
    ExpressionWrapper,
    OuterRef,
    Subquery,
    Value,
    When,
    Window,
)
from django.utils import timezone
from django.utils.functional import cached_property

from laereplads.access_log.left_out import FEW
from laereplads.database.compiled_queries import compiled_query
from risk.models import DueAssessment, DueState
from schools.models import LEVELS, Change, Rank, StudentListEntry
from schools.queries import (
    NO_RANK,
    PLACEHOLDER_MEMBERSHIP,
    change_of,
    ids_of,
    is_due,
    is_followed,
    is_touched,
    rank_before,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from laereplads.access.models import Membership

# As many as one sees at a glance; all others are one click away.
SHOWN = 5
OF_PERSON = ("student_id", "public_id", "name", "is_followed")
# What is told first: of the same kind, own students.
URGENCY = {Change.RISEN: 0, Change.FIRST: 1, Change.REMOVED: 2, Change.FALLEN: 3}


class Changed(NamedTuple):
    """A student whose level is another than before, and in which way."""

    student_id: int
    public_id: UUID
    name: str
    is_followed: bool
    rank: int
    assessed_on: datetime.date
    before: int
    removed_on: datetime.date | None

    @property
    def change(self) -> str:
        """Empty where the level is the same again."""
        return change_of(self.rank, self.before, is_removed=self.removed_on is not None)

    @property
    def level(self) -> str:
        return LEVELS.get(Rank(self.rank), "")

    @property
    def level_before(self) -> str:
        """Empty where there was none. Of a removed one nobody is told what it was."""
        return LEVELS[Rank(self.before)] if self.before != NO_RANK and self.change != Change.REMOVED else ""


class High(NamedTuple):
    student_id: int
    public_id: UUID
    name: str
    is_followed: bool
    assessed_on: datetime.date
    total: int


class Late(NamedTuple):
    """A student who was agreed or suggested to be assessed on a day that is over."""

    student_id: int
    public_id: UUID
    name: str
    is_followed: bool
    due_on: datetime.date
    # The local agreement; None where the portal has suggested the day.
    local_agreement: int | None
    total: int


class Contact(NamedTuple):
    """How a student and the place where they are trained are reached."""

    student_id: int
    phone: str
    email: str
    # They are reached from their own page.
    is_protected: bool
    company: str | None
    workplace: str | None
    workplace_phone: str | None
    workplace_email: str | None


@dataclass(frozen=True)
class Today:
    """The lists for one employee. `since` is the day from which on changes are new to them."""

    membership: Membership
    since: datetime.date

    @cached_property
    def changed(self) -> list[Changed]:
        """All of them, what tells most first."""
        touched = changed_query(timezone.localdate(), self.since).run(**ids_of(self.membership))
        return sorted((each for each in map(Changed._make, touched) if each.change), key=urgency)

    @cached_property
    def of_change(self) -> Counter[str]:
        return Counter(each.change for each in self.changed)

    @cached_property
    def high(self) -> list[High]:
        return list(map(High._make, high_query(timezone.localdate()).run(**ids_of(self.membership))))

    @cached_property
    def late(self) -> list[Late]:
        return list(map(Late._make, late_query(timezone.localdate()).run(**ids_of(self.membership))))

    @property
    def shown(self) -> set[int]:
        """Those whom the page names."""
        lists: list[Iterable[Changed | High | Late]] = [self.changed[:SHOWN], self.high, self.late]
        return {each.student_id for some in lists for each in some}

    @property
    def told_of(self) -> set[int]:
        """Those of whom a number tells, where they are few."""
        few = {each.student_id for each in self.changed if self.of_change[each.change] <= FEW}
        return few - self.shown

    @cached_property
    def contacts(self) -> dict[int, Contact]:
        return {contact.student_id: contact for contact in contacts_of(self.membership, self.shown)}


def urgency(each: Changed) -> tuple[bool, int, int, str]:
    return not each.is_followed, URGENCY[Change(each.change)], each.rank, each.name


def entries() -> QuerySet[Any, Any]:
    followed = ExpressionWrapper(is_followed(PLACEHOLDER_MEMBERSHIP), output_field=BooleanField())
    return StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP).annotate(is_followed=followed)


@compiled_query
def changed_query(today: datetime.date, since: datetime.date) -> QuerySet[Any, Any]:
    # Of a removed one nobody is told what it was, and nothing is looked up.
    before = Case(When(removed_on=None, then=rank_before(since)), default=Value(NO_RANK))
    touched: QuerySet[Any, Any] = entries().filter(is_touched(since)).annotate(before=before)
    return touched.values_list(*OF_PERSON, "rank", "assessed_on", "before", "removed_on")


@compiled_query
def high_query(today: datetime.date) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = entries().filter(rank=Rank.HIGH).annotate(total=Window(Count("*")))
    # Whose assessment is oldest has waited longest.
    return found.order_by("-is_followed", "assessed_on", "sort_key").values_list(*OF_PERSON, "assessed_on", "total")[
        :SHOWN
    ]


@compiled_query
def late_query(today: datetime.date) -> QuerySet[Any, Any]:
    late = DueAssessment.objects.filter(school=PLACEHOLDER_MEMBERSHIP.school_id, student=OuterRef("student"))
    first = late.in_states(DueState.LATE, on=today).order_by("due_on")
    due_on = Subquery(first.values("due_on")[:1], output_field=DateField())
    agreed = Subquery(first.values("local_agreement")[:1], output_field=BigIntegerField())
    found: QuerySet[Any, Any] = entries().filter(is_due(PLACEHOLDER_MEMBERSHIP, [DueState.LATE]))
    found = found.annotate(due_on=due_on, agreed=agreed, total=Window(Count("*")))
    return found.order_by("-is_followed", "due_on", "sort_key").values_list(*OF_PERSON, "due_on", "agreed", "total")[
        :SHOWN
    ]


def contacts_of(membership: Membership, students: Iterable[int]) -> list[Contact]:
    found = StudentListEntry.objects.visible_to(membership).filter(student__in=students)
    return [
        Contact._make(row)
        for row in found.values_list(
            *("student_id", "student__phone", "student__email", "student__is_protected", "agreement__company__name"),
            *("agreement__workplace__name", "agreement__workplace__phone", "agreement__workplace__email"),
        )
    ]
