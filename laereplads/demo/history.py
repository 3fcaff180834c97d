"""What the made-up employees have done until today: assessed, rejected applicants, chosen whom to follow."""

from __future__ import annotations

import datetime
import random
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.demo.names import address, full_name
from laereplads.people.demo_world import ASSESSED_STUDENT, UNASSESSED_STUDENT
from laereplads.people.models import Agreement, Education, Student
from rejections.applicants import Identity
from rejections.models import RejectionReason
from rejections.operations import register_rejection
from risk.models import Level
from risk.operations import record_assessment
from schools.groups import add_students, create_group
from schools.operations import follow_student
from schools.saved_filters import compare, save_filter

if TYPE_CHECKING:
    from laereplads.imports.files.progress import Progress

LEVELS = {Level.LOW: 70, Level.MEDIUM: 20, Level.HIGH: 10}
# In percent: agreements that were ever assessed; of those, ones left alone since, and ones whose level was removed.
# Who has an agreement by mistake: what is assessed is not annulled.
# Who goes to another school, has two agreements at once.
ALWAYS_ASSESSED = ("F10011", "F10013")
LEFT_UNASSESSED = ("F10012",)
EVER_ASSESSED, LEFT_ALONE, REMOVED = 54, 30, 6
DAYS_BEFORE_THE_FIRST = (21, 70)
DAYS_BETWEEN = (60, 130)
LONGEST_AGO = datetime.timedelta(days=730)
# Of a hundred rejections: how many give a second reason, and how many are registered within the two weeks.
TWO_REASONS, IN_TIME = 25, 90
DAYS_OF_REJECTIONS = 365


@dataclass(frozen=True)
class Step:
    """One assessment of a history; level None removes the one before."""

    at: datetime.datetime
    agreement: Agreement
    level: Level | None
    by: Membership


def assess(chance: random.Random, progress: Progress) -> None:
    """Let the companies assess about half of their students, the earliest assessment first."""
    staff = defaultdict(list)
    everybody = Membership.objects.active().filter(role=Role.COMPANY_STAFF).select_related("user")
    # Those first who see all of their company.
    for membership in everybody.order_by(F("workplace").asc(nulls_first=True), "id"):
        staff[membership.company_id].append(membership)
    steps: list[Step] = []
    for employees in staff.values():
        agreements = Agreement.objects.visible_to(employees[0]).begun().on_sosu_educations().select_related("student")
        for agreement in agreements.order_by("number"):
            who_see_it = [each for each in employees if each.workplace_id in {None, agreement.workplace_id}]
            steps += history(agreement, who_see_it, chance)
    for step in progress("Vurderer", sorted(steps, key=lambda step: step.at)):
        record_assessment(step.agreement, step.level, by=step.by, at=step.at)


def history(agreement: Agreement, staff: list[Membership], chance: random.Random) -> list[Step]:
    """One agreement's assessments, oldest first; none for about half of them."""
    persona = agreement.student.student_number
    assessed = chance.randrange(100) < EVER_ASSESSED
    if persona in (UNASSESSED_STUDENT, *LEFT_UNASSESSED) or not (
        assessed or persona in (ASSESSED_STUDENT, *ALWAYS_ASSESSED)
    ):
        return []
    times = assessment_times(agreement, chance)
    if chance.randrange(100) < LEFT_ALONE:
        times = times[: chance.randint(1, 2)]
    levels: list[Level | None] = list(
        walk(len(times), chance, ends_at=Level.MEDIUM if persona == ASSESSED_STUDENT else None)
    )
    if len(levels) > 1 and persona != ASSESSED_STUDENT and chance.randrange(100) < REMOVED:
        levels[-1] = None
    # Most are assessed by the one employee who knows them.
    usual = chance.choice(staff)
    return [
        Step(at, agreement, level, usual if chance.random() < 0.8 else chance.choice(staff))  # noqa: PLR2004
        for at, level in zip(times, levels, strict=True)
    ]


def assessment_times(agreement: Agreement, chance: random.Random) -> list[datetime.datetime]:
    """Working hours on weekdays, some months apart, from some weeks after the start and at most two years back."""
    now = timezone.localtime()
    until = min(agreement.last_day, now.date())
    day = max(agreement.starts_on, now.date() - LONGEST_AGO) + days(chance, DAYS_BEFORE_THE_FIRST)
    times = []
    while day < until:
        weekday = day - datetime.timedelta(days=max(0, day.weekday() - 4))
        hour = datetime.time(chance.randint(8, 15), chance.randrange(60))
        times.append(datetime.datetime.combine(weekday, hour, tzinfo=now.tzinfo))
        day += days(chance, DAYS_BETWEEN)
    return times


def days(chance: random.Random, span: tuple[int, int]) -> datetime.timedelta:
    return datetime.timedelta(days=chance.randint(*span))


def walk(length: int, chance: random.Random, *, ends_at: Level | None) -> list[Level]:
    """Levels in the order of time: where it ends is drawn by the known shares, and mostly it was so before, too."""
    levels = [ends_at or chance.choices(list(LEVELS), list(LEVELS.values()))[0]]
    while len(levels) < length:
        levels.append(levels[-1] if chance.random() < 0.6 else chance.choice(list(Level)))  # noqa: PLR2004
    return levels[::-1][len(levels) - length :]


def reject(count: int, chance: random.Random, progress: Progress) -> None:
    """Let the companies reject `count` applicants in the course of a year, for the first reasons of the list mostly."""
    now = timezone.localtime()
    employees = list(Membership.objects.active().filter(role=Role.COMPANY_STAFF).order_by("id").with_party())
    educations = list(Education.objects.filter(is_sosu=True).order_by("code"))
    reasons = list(RejectionReason.objects.valid_today())
    weights = range(len(reasons) + 1, 1, -1)
    for days_ago in progress("Afviser", sorted(chance.choices(range(30, DAYS_OF_REJECTIONS), k=count), reverse=True)):
        first, second = chance.choices(reasons, weights, k=2)
        has_second = second != first and chance.randrange(100) < TWO_REASONS
        delay = chance.randint(0, 13) if chance.randrange(100) < IN_TIME else chance.randint(15, 28)
        name = full_name(chance)
        register_rejection(
            education=chance.choice(educations),
            applicant=Identity(name, email=address(name, f"ansoeger{days_ago}.example")),
            primary_reason=first,
            second_reason=second if has_second else None,
            given_on=now.date() - datetime.timedelta(days=days_ago),
            form_token=uuid.UUID(int=chance.getrandbits(128), version=4),
            by=chance.choice(employees),
            repetition_confirmed=True,
            at=now - datetime.timedelta(days=days_ago - delay),
        )


def follow(mentor: Membership, count: int, chance: random.Random) -> None:
    """Put `count` of the school's students in training on the mentor's list."""
    students = list(
        Student.objects.visible_to(mentor).filter(agreements__in=Agreement.objects.running()).order_by("id")
    )
    for student in chance.sample(students, min(count, len(students))):
        follow_student(student, by=mentor)


# What the staff of a school have groups for, and how many students are in each.
GROUPS = {"Elevråd": 12, "Studietur i maj": 25, "Virksomhedsbesøg i uge 12": 40, "Brobygning": 0}
# What an employee has saved: a name, a filter, and whether it tells of new students.
SAVED_FILTERS = (
    ("Høj risiko", "niveau=high&sortering=oldest", True),
    ("Fravær på 15 % og derover", "fravaer=15&sortering=absence", True),
    ("Uden vurdering", "niveau=none&aftale=ja", False),
)


def group(employee: Membership, chance: random.Random) -> None:
    """Let an employee put some of the school's students into groups."""
    students = list(Student.objects.visible_to(employee).order_by("id").values_list("id", flat=True))
    for name, count in GROUPS.items():
        add_students(create_group(name, by=employee), chance.sample(students, min(count, len(students))), by=employee)


def save_filters(employee: Membership) -> None:
    """Let an employee save what they look for, and be told of whom it finds from tomorrow on."""
    for name, query, tells_of_new in SAVED_FILTERS:
        saved = save_filter(name, query, tells_of_new=tells_of_new, by=employee)
        if tells_of_new:
            compare(saved, employee)
