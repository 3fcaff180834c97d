"""Who at a school is told of new assessments: at once of Høj, or of each where that is agreed; of the rest weekly."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.notifications.choices import wanting
from laereplads.notifications.operations import send
from risk.models import Level, LocalAgreement, RiskAssessment
from risk.models.local_agreements import SchoolTold
from schools.mails import CHANGES_WEEKLY, HIGH_NOW
from schools.models import Change, FollowedStudent, StudentListEntry, ToldAssessment
from schools.queries import StudentFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from laereplads.access.models import MembershipQuerySet

# A portal that was away longer has told of it by then: on front pages, and in the weekly mail.
DAYS_BACK = 7


def tell_at_once(now: datetime.datetime) -> int:
    """Tell those who follow the students of what was assessed since the last time; how many mails.

    Where nobody follows a student, the school's leaders are told, and where there are none, everybody.
    """
    fresh = list(
        RiskAssessment.objects.filter(
            ~Exists(ToldAssessment.objects.filter(assessment=OuterRef("pk"))),
            recorded_at__gt=now - datetime.timedelta(days=DAYS_BACK),
            recorded_at__lte=now,
            is_removed=False,
        )
        .exclude(level=None)
        .order_by("id")
        .values_list("pk", "agreement", "level")
    )
    today = timezone.localdate(now)
    of_agreement = entries_of({agreement for _pk, agreement, _level in fresh}, today)
    students: defaultdict[int, set[int]] = defaultdict(set)
    for pk, agreement, level in fresh:
        entry = of_agreement.get(agreement)
        # Of who has left, or moved on, there is nobody to tell.
        if entry and is_told_at_once(entry, has_become_high=level == Level.HIGH and not was_high(pk, agreement)):
            students[entry.school_id].add(entry.student_id)
    ToldAssessment.objects.bulk_create(ToldAssessment(assessment_id=pk, told_at=now) for pk, *_rest in fresh)
    return sum(tell(school, about) for school, about in sorted(students.items()))


def entries_of(agreements: Iterable[int], today: datetime.date) -> Mapping[int, StudentListEntry]:
    entries = StudentListEntry.objects.filter(agreement__in=agreements, starts_on__lte=today, ends_on__gte=today)
    return {entry.agreement_id: entry for entry in entries if entry.agreement_id}


def was_high(assessment: int, agreement: int) -> bool:
    """Whether the one before it was: the same once more is no news."""
    earlier = RiskAssessment.objects.filter(agreement=agreement, pk__lt=assessment, is_removed=False).order_by("-id")
    return earlier.values_list("level", flat=True).first() == Level.HIGH


def is_told_at_once(entry: StudentListEntry, *, has_become_high: bool) -> bool:
    """What is agreed between the two; without an agreement its default, which is at once of Høj."""
    agreed = LocalAgreement.objects.of_pair(entry.school_id, entry.company_id, entry.education_id)
    told = agreed.school_told if agreed else SchoolTold.HIGH_NOW
    return told == SchoolTold.ALL_NOW or (told == SchoolTold.HIGH_NOW and has_become_high)


def tell(school: int, students: set[int]) -> int:
    """One mail to each, with how many of the students it is about."""
    staff = list(wanting(HIGH_NOW, active_at(school)).select_related("user", "school").only(*READ_BY_JOBS))
    leaders = [one for one in staff if one.is_leader] or staff
    followers: defaultdict[int, set[int]] = defaultdict(set)
    following = FollowedStudent.objects.filter(student__in=students, membership__in=staff)
    for student, membership in following.values_list("student", "membership"):
        followers[student].add(membership)
    counts: defaultdict[int, int] = defaultdict(int)
    for student in students:
        for membership in followers[student] or {one.pk for one in leaders}:
            counts[membership] += 1
    for one in staff:
        if counts[one.pk]:
            send(HIGH_NOW, to=one.user, on_behalf_of=one, counts={"students": counts[one.pk]})
    return len(counts)


def tell_of_the_week(due_at: datetime.datetime) -> int:
    """How many students of each school have another level than a week before, to whoever wants it; how many mails."""
    today = timezone.localdate(due_at)
    monday = today - datetime.timedelta(days=today.weekday())
    wanted = StudentFilter(changed_since=monday - datetime.timedelta(weeks=1), changes=tuple(Change))
    told = 0
    memberships = wanting(CHANGES_WEEKLY, Membership.objects.active()).select_related("user", "school")
    numbers: dict[int | None, int] = {}
    for one in memberships.only(*READ_BY_JOBS).order_by("school", "id"):
        if one.school_id not in numbers:
            entries = StudentListEntry.objects.visible_to(one)
            numbers[one.school_id] = wanted.of(entries, one).count()
        if numbers[one.school_id]:
            send(CHANGES_WEEKLY, to=one.user, on_behalf_of=one, counts={"students": numbers[one.school_id]})
            told += 1
    return told


READ_BY_JOBS = (
    *("user__email", "user__is_active", "school__name"),
    *("role", "company", "school", "workplace", "starts_on", "ends_on", "is_leader"),
)


def active_at(school: int) -> MembershipQuerySet:
    return Membership.objects.active().filter(role=Role.SCHOOL_STAFF, school=school).order_by("id")
