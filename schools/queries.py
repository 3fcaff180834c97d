"""What a school sees of its students: one row each, with the agreement that runs today and the level that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Count, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from laereplads.people.models import Student
from risk.models import Level
from schools.models import FollowedStudent

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from django.db.models.expressions import Combinable, OrderBy

    from laereplads.access.models import Membership
    from laereplads.people.models.students import StudentQuerySet

# Stands beside the levels: could be assessed today, and is not.
NOT_REGISTERED = "none"

# The most urgent level first, and within it what was said longest ago.
URGENCY = Case(
    *(When(level=level, then=Value(place)) for place, level in enumerate([*Level.values, NOT_REGISTERED])),
    default=Value(len(Level.values) + 1),
)
OLDEST = F("assessed_on").asc(nulls_last=True)
ALPHABET = ("sort_key", "id")

# Each order is total, so that no student stands on two pages or on none.
ORDERS: dict[str, tuple[str | Combinable | OrderBy, ...]] = {
    "name": ALPHABET,
    "risk": (URGENCY, OLDEST, *ALPHABET),
    "oldest": (OLDEST, *ALPHABET),
}

# What students of the overview can be asked about.
IS_FOLLOWED = Q(is_followed=True)
HAS_AGREEMENT = Q(running_type__isnull=False)


def at_levels(levels: Collection[str]) -> Q:
    return Q(level__in=levels)


def registered_by(day: datetime.date) -> Q:
    """Assessed on that day in Copenhagen or earlier, and not since: who is not assessed has no such day."""
    return Q(level__in=Level.values, assessed_on__lte=day)


def in_order(students: StudentQuerySet, order: str) -> StudentQuerySet:
    """Students of the overview as its rows show them: birth dates and addresses stay in the database."""
    return students.order_by(*ORDERS[order]).only("public_id", "name", "visibility", "education__name")


def overview(membership: Membership) -> StudentQuerySet:
    """The students that `membership` may see, annotated for the overview.

    `running_…` is the agreement that has begun and not ended: a student has at most one
    (agreements_of_a_student_do_not_overlap), so that the join makes no second row. `level` is high, medium, low or
    "none" (Ikke registreret), and NULL where nothing can be registered: no running agreement on a SOSU education.
    """
    today = timezone.localdate()
    is_running = Q(agreements__starts_on__lte=today, agreements__last_day__gte=today)
    follows = FollowedStudent.objects.filter(membership=membership, student=OuterRef("pk"))
    return (
        Student.objects.visible_to(membership)
        .alias(running=FilteredRelation("agreements", condition=is_running))
        .annotate(
            running_type=F("running__type"),
            running_last_day=F("running__last_day"),
            level=Case(
                When(
                    running__education__is_sosu=True,
                    then=Coalesce(F("running__current_risk__level"), Value(NOT_REGISTERED)),
                ),
                output_field=CharField(),
            ),
            assessed_on=F("running__current_risk__recorded_on"),
            current_assessment=F("running__current_risk__assessment"),
            is_followed=Exists(follows),
        )
        .select_related("education")
    )


@dataclass(frozen=True)
class LevelCounts:
    """How many of some students stand at each level; `irrelevant` are those who cannot be assessed today."""

    high: int
    medium: int
    low: int
    none: int
    irrelevant: int

    @property
    def total(self) -> int:
        return self.high + self.medium + self.low + self.none + self.irrelevant

    def of(self, levels: Collection[str]) -> int:
        """How many are at one of `levels`; no level means everybody."""
        return sum(getattr(self, level) for level in levels) if levels else self.total


def level_counts(students: StudentQuerySet) -> LevelCounts:
    """Count students of the overview by level, in one query."""
    counts = students.aggregate(
        **{level: Count("pk", filter=Q(level=level)) for level in (*Level.values, NOT_REGISTERED)},
        irrelevant=Count("pk", filter=Q(level=None)),
    )
    return LevelCounts(**counts)
