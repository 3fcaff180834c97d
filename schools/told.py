"""Who at a school is told of new assessments: at once of Høj, or of each where that is agreed; of the rest weekly."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.notifications.choices import wanting
from laereplads.notifications.operations import send
from laereplads.people.models import Agreement
from risk.models import Level, LocalAgreement, RiskAssessment
from risk.models.local_agreements import SchoolTold
from schools.mails import CHANGES_WEEKLY, HIGH_NOW
from schools.models import ASSESSED, Change, FollowedStudent, StudentListEntry, ToldAssessment
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
    places = places_of({agreement for _pk, agreement, _level in fresh}, today)
    students: defaultdict[int, set[int]] = defaultdict(set)
    for pk, agreement, level in fresh:
        place = places.get(agreement)
        # Of who has left there is nobody to tell.
        if place and is_told_at_once(place, has_become_high=level == Level.HIGH and not was_high(pk, agreement)):
            students[place.school].add(place.student)
    ToldAssessment.objects.bulk_create(ToldAssessment(assessment_id=pk, told_at=now) for pk, *_rest in fresh)
    return sum(tell(school, about) for school, about in sorted(students.items()))


class Place(NamedTuple):
    """Whose agreement it is, with which company, and at which school the student is today."""

    student: int
    school: int
    company: int
    education: int | None


def places_of(agreements: Iterable[int], today: datetime.date) -> Mapping[int, Place]:
    """Of those whose students are at a school today. Of two agreements at once the school's list has one only."""
    own = Agreement.objects.filter(pk__in=agreements).order_by()
    known = list(own.values_list("pk", "student", "company"))
    entries = StudentListEntry.objects.filter(
        student__in={student for _pk, student, _company in known}, starts_on__lte=today, ends_on__gte=today
    )
    at_school = {entry.student_id: entry for entry in entries}
    return {
        pk: Place(student, at_school[student].school_id, company, at_school[student].education_id)
        for pk, student, company in known
        if student in at_school
    }


def was_high(assessment: int, agreement: int) -> bool:
    """Whether the one before it was: the same once more is no news."""
    earlier = RiskAssessment.objects.filter(agreement=agreement, pk__lt=assessment, is_removed=False).order_by("-id")
    return earlier.values_list("level", flat=True).first() == Level.HIGH


def is_told_at_once(place: Place, *, has_become_high: bool) -> bool:
    """What is agreed between the two; without an agreement its default, which is at once of Høj."""
    agreed = LocalAgreement.objects.of_pair(place.school, place.company, place.education)
    told = agreed.school_told if agreed else SchoolTold.HIGH_NOW
    return told == SchoolTold.ALL_NOW or (told == SchoolTold.HIGH_NOW and has_become_high)


def tell(school: int, students: set[int]) -> int:
    """One mail to each, with how many of the students it is about."""
    staff = list(wanting(HIGH_NOW, active_at(school)).select_related("user", "school").only(*READ_BY_JOBS))
    # Who leads and wants no mail has decided for the school, too.
    has_leaders = active_at(school).filter(is_leader=True).exists()
    otherwise = {one.pk for one in staff if one.is_leader or not has_leaders}
    followers: defaultdict[int, set[int]] = defaultdict(set)
    following = FollowedStudent.objects.filter(student__in=students, membership__in=staff)
    for student, membership in following.values_list("student", "membership"):
        followers[student].add(membership)
    counts = Counter(membership for student in students for membership in followers[student] or otherwise)
    for one in staff:
        if number := counts[one.pk]:
            send(HIGH_NOW, to=one.user, on_behalf_of=one, counts={"students": number})
    return len(counts)


def tell_of_the_week(due_at: datetime.datetime) -> int:
    """How many students of each school have another level than a week before, to whoever wants it; how many mails."""
    today = timezone.localdate(due_at)
    monday = today - datetime.timedelta(days=today.weekday())
    wanted = StudentFilter(changed_since=monday - datetime.timedelta(weeks=1), changes=tuple(Change))
    # What came after the week is told of in the next mail.
    in_the_week = Q(rank__in=ASSESSED, assessed_on__lt=monday) | Q(removed_on__lt=monday)
    told = 0
    memberships = wanting(CHANGES_WEEKLY, Membership.objects.active()).select_related("user", "school")
    numbers: dict[int | None, int] = {}
    for one in memberships.only(*READ_BY_JOBS).order_by("school", "id"):
        if one.school_id not in numbers:
            entries = StudentListEntry.objects.visible_to(one)
            numbers[one.school_id] = wanted.of(entries, one).filter(in_the_week).exclude(told_otherwise(one)).count()
        if numbers[one.school_id]:
            send(CHANGES_WEEKLY, to=one.user, on_behalf_of=one, counts={"students": numbers[one.school_id]})
            told += 1
    return told


def told_otherwise(membership: Membership) -> Q:
    """That the two have agreed to talk at the next school period, and on no mail."""
    agreed = LocalAgreement.objects.in_force(timezone.localdate()).filter(
        school=membership.school_id, school_told=SchoolTold.NEXT_PERIOD
    )
    found = Q(pk__in=[])
    for company, education in agreed.values_list("company", "education"):
        found |= Q(company=company, education=education) if education else Q(company=company)
    return found


READ_BY_JOBS = (
    *("user__email", "user__is_active", "school__name"),
    *("role", "company", "school", "workplace", "starts_on", "ends_on", "is_leader"),
)


def active_at(school: int) -> MembershipQuerySet:
    return Membership.objects.active().filter(role=Role.SCHOOL_STAFF, school=school).order_by("id")
