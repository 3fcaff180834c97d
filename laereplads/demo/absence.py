"""School periods and absence of the made-up students, and what companies were told: as files and jobs would have it."""

from __future__ import annotations

import datetime
import itertools
import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils import timezone

from absence.mails import ABSENCE_DAILY, ABSENCE_INSTANT, ABSENCE_WEEKLY
from absence.models import (
    AbsenceDay,
    AbsenceDelivery,
    AbsenceNotice,
    DeliveryKind,
    PeriodKind,
    PeriodListEntry,
    SchoolPeriod,
)
from absence.notices import Receivers, correction_of, notice_of
from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.database.identity import in_the_name_of
from laereplads.notifications.operations import choose_mails
from laereplads.people.demo_world import (
    ASSESSED_STUDENT,
    FJORDBY,
    LINDEGAARDEN,
    SOSU_FJORDBY,
    UNASSESSED_STUDENT,
)
from laereplads.people.models import Agreement, BasicProgramme, Student
from laereplads.web.working_days import is_working_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.imports.files.progress import Progress

A_DAY, A_WEEK = datetime.timedelta(days=1), datetime.timedelta(weeks=1)
# A stay of ten weeks, from Monday to Friday, every thirty weeks; a basic programme takes twenty.
STAY, CYCLE = datetime.timedelta(days=67), datetime.timedelta(weeks=30)
BASIC_PROGRAMME = datetime.timedelta(days=137)
# How far back single days are kept, less a week; most students have fewer, so that the world is made quickly.
DAYS_BACK, FEW_DAYS_BACK = datetime.timedelta(days=385), datetime.timedelta(days=150)
# How far ahead schools plan.
DAYS_AHEAD = datetime.timedelta(days=270)
NAMES = (
    "Skoleperiode 1A",
    "Skoleperiode 1B",
    "Skoleperiode 2A",
    "Skoleperiode 2B",
    "Skoleperiode 3A",
    "Skoleperiode 3B",
)
KINDS = {BasicProgramme.GF1: PeriodKind.GF1, BasicProgramme.GF2: PeriodKind.GF2}
# Minutes of a timetable, from Monday to Friday.
TIMETABLE = (390, 390, 390, 390, 300)
# In percent: students at school now, those often away on Mondays, running periods whose last days are missing,
# periods corrected after the company was told, of absence what is unlawful, notices that the company has looked at.
AT_SCHOOL, OFTEN_AWAY_ON_MONDAYS, LATE, CORRECTED, UNLAWFUL, SEEN = 8, 3, 10, 3, 25, 60
DAYS_LATE = 3
# How students differ: 11 % of the timetable on average. GF2 begins worse.
SPREAD = (1.1, 8.9)
MORE_AT_FIRST, FIRST_WEEKS = 0.05, 3 * A_WEEK
ON_MONDAYS = 0.5
PARTS_OF_A_DAY = (45, 90)
# What a file brought too much of, in minutes.
TOO_MUCH = 90
OF_EMMA = {"absent": 126, "unlawful": 50}
WHOLE, A_QUARTER = 1000, 15
SUBSCRIPTIONS = {
    "birgit.holm@fjordby.example": ABSENCE_WEEKLY,
    "karin.vestergaard@fjordby.example": ABSENCE_DAILY,
    "aylin.demir@lindegaarden.example": ABSENCE_INSTANT,
}


@dataclass(frozen=True)
class Course:
    """When a student is at school: a stay that begins on the `anchor`, and others before and after it."""

    student: Student
    first: datetime.date
    last: datetime.date
    anchor: datetime.date
    # In one agreement from before a stay that runs until after it.
    is_settled: bool
    cycle: datetime.timedelta = CYCLE
    # The one that has a company to tell, but no days; and the one that was told too much.
    is_without_days: bool = False
    is_corrected: bool = False
    has_more_to_come: bool = True
    # How far back its first stay may have begun.
    days_back: datetime.timedelta = FEW_DAYS_BACK

    def stays(self, today: datetime.date) -> Iterator[tuple[str, datetime.date, datetime.date]]:
        begins = self.anchor - self.cycle * ((self.anchor - self.first) // self.cycle)
        for name in itertools.cycle(NAMES):
            ends = begins + STAY
            if ends > self.last or begins > today + DAYS_AHEAD or (begins > today and not self.has_more_to_come):
                return
            if begins > today - self.days_back:
                yield name, begins, ends
            begins += self.cycle


@dataclass
class AbsenceOfTheWorld:
    """Made after students have agreements; draws by itself, so that the rest of the world stays as it was."""

    progress: Progress
    today: datetime.date = field(default_factory=timezone.localdate)
    chance: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311  # made up, no secrecy
    # By the period's id.
    without_days: set[int] = field(default_factory=set)
    corrected: set[int] = field(default_factory=set)

    def make(self, reported_at: datetime.datetime) -> None:
        span = range(DAYS_BACK.days, 0, -1)
        self.school_days = [day for ago in span if is_working_day(day := self.today - A_DAY * ago)]
        with in_the_name_of(None, at=reported_at):
            self.periods = self.make_periods()
        self.deliveries = self.make_deliveries()
        self.make_days()
        self.give_notices()
        for email, kind in SUBSCRIPTIONS.items():
            choose_mails(Membership.objects.get(user__email=email), {kind.name: True})

    def make_periods(self) -> list[SchoolPeriod]:
        periods: list[tuple[SchoolPeriod, Course | None]] = []
        for course in self.courses():
            for place, (name, begins, ends) in enumerate(course.stays(self.today), 1):
                at = student_at(course.student, ends)
                period = SchoolPeriod(
                    student=at,
                    school_id=at.school_id,
                    number=f"{at.student_number}-{place}",
                    name=name,
                    kind=PeriodKind.MAIN,
                    class_code=f"{at.education.code.upper() if at.education else ''}{begins:%y%m}",
                    starts_on=begins,
                    ends_on=ends,
                )
                periods.append((period, course))
        periods += [(period, None) for period in self.basic_programmes()]
        made = SchoolPeriod.objects.bulk_create(period for period, _course in periods)
        for period, of_course in periods:
            # What has just ended.
            if of_course and period.ends_on < self.today < period.ends_on + CYCLE - STAY:
                if of_course.is_without_days:
                    self.without_days.add(period.pk)
                if of_course.is_corrected:
                    self.corrected.add(period.pk)
        return made

    def courses(self) -> Iterator[Course]:
        """Those of all students with agreements: at each company so many at school now, and what personas see."""
        by_company: defaultdict[str, list[Course]] = defaultdict(list)
        for student, agreements in self.in_agreements():
            latest = agreements[-1]
            begun = self.today - STAY - 3 * A_WEEK
            is_settled = latest.starts_on < begun and latest.last_day > self.today + 2 * STAY
            is_settled &= all(agreement.last_day < begun for agreement in agreements[:-1])
            in_days = self.chance.randint(14, 100 if latest.company.cvr == LINDEGAARDEN else 130)
            anchor = monday_from(self.today + A_DAY * in_days)
            course = Course(student, agreements[0].starts_on, latest.last_day, anchor, is_settled)
            by_company[latest.company.cvr].append(course)
        has_lacking = False
        for cvr, courses in by_company.items():
            # Emma Sørensen is one of them.
            running = sum(course.student.student_number == ASSESSED_STUDENT for course in courses)
            for course in courses:
                number, today = course.student.student_number, self.today
                wanted = {FJORDBY: 3, LINDEGAARDEN: 1}.get(cvr)
                drawn = self.chance.randrange(100) < AT_SCHOOL
                if number == ASSESSED_STUDENT:
                    anchor = monday_from(today - 5 * A_WEEK)
                    yield replace(course, anchor=anchor, cycle=20 * A_WEEK, has_more_to_come=False, days_back=DAYS_BACK)
                elif number == UNASSESSED_STUDENT:
                    yield replace(course, anchor=monday_from(today + 6 * A_WEEK))
                elif course.is_settled and (drawn if wanted is None else running < wanted):
                    running += 1
                    yield replace(course, anchor=monday_from(today - A_DAY * self.chance.randint(12, 60)))
                elif course.is_settled and cvr == FJORDBY and running == wanted:
                    running += 1
                    yield replace(course, anchor=friday_until(today - 8 * A_DAY) - STAY, is_corrected=True)
                elif course.is_settled and wanted is None and not has_lacking and is_of_fjordby(course.student):
                    has_lacking = True
                    yield replace(course, anchor=friday_until(today - 3 * A_DAY) - STAY, is_without_days=True)
                else:
                    yield course

    def in_agreements(self) -> Iterator[tuple[Student, list[Agreement]]]:
        """Students by number, each with their agreements in order."""
        held = Agreement.objects.filter(annulled_on=None, student__signed_off_on=None)
        held = held.select_related("company", "student__education", "student__school")
        held = held.prefetch_related("student__moved_from__education")
        ordered = held.order_by("student__student_number", "student", "starts_on", "pk")
        for _student, agreements in itertools.groupby(ordered, lambda agreement: agreement.student_id):
            own = list(agreements)
            yield own[0].student, own

    def basic_programmes(self) -> Iterator[SchoolPeriod]:
        students = Student.objects.filter(basic_programme__in=KINDS, signed_off_on=None).prefetch_related("agreements")
        for student in students.order_by("student_number", "pk"):
            begins = monday_from(self.today - A_DAY * self.chance.randint(6, 120))
            agreed = [agreement.starts_on for agreement in student.agreements.all()]
            # Whoever has an agreement already begins it when the basic programme is over.
            if agreed and min(agreed) > self.today:
                begins = min(begins, monday_from(min(agreed) - BASIC_PROGRAMME - A_WEEK))
            kind = KINDS[BasicProgramme(student.basic_programme)]
            yield SchoolPeriod(
                student=student,
                school_id=student.school_id,
                number=f"{student.student_number}-{kind.upper()}",
                name=str(kind.label),
                kind=kind,
                class_code=f"{kind.upper()}{begins:%y%m}",
                starts_on=begins,
                ends_on=begins + BASIC_PROGRAMME,
            )

    def make_deliveries(self) -> dict[tuple[int, datetime.date], AbsenceDelivery]:
        """A file each Friday at 15, and one this morning; by school, and the day until which it has days."""
        found: dict[tuple[int, datetime.date], AbsenceDelivery] = {}
        schools = sorted({period.school_id for period in self.periods})
        fridays = range(DAYS_BACK // A_WEEK + 1, 0, -1)
        last = friday_until(self.today - A_DAY)
        for until in [*(last - A_WEEK * (number - 1) for number in fridays), self.today]:
            at = min(moment(until, 15), timezone.now() - datetime.timedelta(minutes=30))
            made = [
                AbsenceDelivery(
                    school_id=school,
                    kind=DeliveryKind.DAYS,
                    imported_at=at,
                    sha256=f"{self.chance.getrandbits(256):064x}",
                    instant_told_at=at,
                )
                for school in schools
            ]
            with in_the_name_of(None, at=at):
                AbsenceDelivery.objects.bulk_create(made)
            found |= {(delivery.school_id, until): delivery for delivery in made}
        return found

    def make_days(self) -> None:
        rates: dict[int, float] = {}
        on_mondays: dict[int, bool] = {}
        for some in itertools.batched(self.progress("Fravær", self.periods), 500, strict=False):
            days: list[AbsenceDay] = []
            for period in some:
                rate = rates.setdefault(period.student_id, self.chance.betavariate(*SPREAD))
                monday = on_mondays.setdefault(period.student_id, self.chance.randrange(100) < OFTEN_AWAY_ON_MONDAYS)
                if period.pk not in self.without_days:
                    days += self.days_of(period, rate, is_often_away_on_mondays=monday)
            self.absent_as_wanted([day for day in days if day.period.student.student_number == ASSESSED_STUDENT])
            AbsenceDay.objects.bulk_create(days)

    def days_of(self, period: SchoolPeriod, rate: float, *, is_often_away_on_mondays: bool) -> list[AbsenceDay]:
        school_days = [day for day in self.school_days if period.starts_on <= day <= period.ends_on]
        is_emma = period.student.student_number == ASSESSED_STUDENT
        if period.ends_on >= self.today and not is_emma and self.chance.randrange(100) < LATE:
            school_days = school_days[:-DAYS_LATE]
        days = []
        for day in school_days:
            often = rate
            if period.kind == PeriodKind.GF2 and day < period.starts_on + FIRST_WEEKS:
                often += MORE_AT_FIRST
            if is_often_away_on_mondays and day.weekday() == 0:
                often = ON_MONDAYS
            days.append(self.school_day(period, day, often))
        return days

    def school_day(self, period: SchoolPeriod, day: datetime.date, rate: float) -> AbsenceDay:
        """Away all day, or for a part of it: together `rate` of the timetable."""
        scheduled, chance, minutes = TIMETABLE[day.weekday()], self.chance, 0
        if chance.random() < rate * 0.8:
            minutes = scheduled
        elif chance.random() < rate:
            minutes = chance.choice(PARTS_OF_A_DAY)
        is_unlawful = chance.randrange(100) < UNLAWFUL
        until = min(friday_until(day + 6 * A_DAY), self.today)
        return AbsenceDay(
            period=period,
            day=day,
            scheduled=scheduled,
            lawful=0 if is_unlawful else minutes,
            unlawful=minutes if is_unlawful else 0,
            registered_at=moment(day, 9) if minutes else None,
            delivery=self.deliveries[period.school_id, until],
        )

    def absent_as_wanted(self, days: list[AbsenceDay]) -> None:
        """So that all periods of the persona come to what is said of her: whole days, and the rest on one day more."""
        in_all = sum(day.scheduled for day in days)
        absent, unlawful = (-(-in_all * OF_EMMA[kind] // (WHOLE * A_QUARTER)) * A_QUARTER for kind in OF_EMMA)
        left = {"unlawful": unlawful, "lawful": absent - unlawful}
        for day in self.chance.sample(days, len(days)):
            kind = "lawful" if left["lawful"] else "unlawful"
            minutes = min(left[kind], day.scheduled)
            left[kind] -= minutes
            day.lawful, day.unlawful = (minutes, 0) if kind == "lawful" else (0, minutes)
            day.registered_at = moment(day.day, 9) if minutes else None

    def give_notices(self) -> None:
        """One for each agreement in each period that is over, and a correction of some, in the order of time."""
        entries = PeriodListEntry.objects.of_agreements().filter(due_on__lt=self.today, last_day__isnull=False)
        due = list(entries.order_by("due_on", "pk"))
        receivers = Receivers(due)
        notices: list[AbsenceNotice] = []
        for entry in due:
            has_receiver = receivers.are_there_for(entry)
            final = notice_of(entry, None, has_receiver=has_receiver)
            final.made_at = moment(final.due_on, 23 if final.is_incomplete else 16)
            notices.append(final)
            if entry.period_id in self.corrected or (
                final.due_on < self.today - A_WEEK and self.chance.randrange(100) < CORRECTED
            ):
                final.told_lawful = min(final.told_lawful + TOO_MUCH, final.told_scheduled - final.told_unlawful)
                correction = correction_of(final, entry, has_receiver=has_receiver)
                correction.made_at = moment(final.due_on + 5 * A_DAY, 8)
                notices.append(correction)
        staff = staff_of_companies()
        company_of = {(entry.period_id, entry.agreement_id): entry.company_id for entry in due}
        for notice in notices:
            who = staff.get(company_of[notice.period_id, notice.agreement_id])
            seen_at = notice.made_at + datetime.timedelta(hours=self.chance.randint(1, 60))
            if who and seen_at < timezone.now() and self.chance.randrange(100) < SEEN:
                notice.first_seen_at, notice.seen_by = seen_at, who
        notices.sort(key=lambda notice: notice.made_at)
        for at, together in itertools.groupby(notices, lambda notice: notice.made_at):
            with in_the_name_of(None, at=at):
                AbsenceNotice.objects.bulk_create(together)


def staff_of_companies() -> dict[int | None, Membership]:
    """An employee of each company who sees all of it."""
    active = Membership.objects.active().filter(role=Role.COMPANY_STAFF, workplace=None)
    return {membership.company_id: membership for membership in active.order_by("-pk")}


def student_at(student: Student, day: datetime.date) -> Student:
    """The student as the school of that day has them."""
    moved = (before for before in student.moved_from.all() if before.moved_on and day < before.moved_on)
    return next(moved, student)


def is_of_fjordby(student: Student) -> bool:
    return student.school.institution_number == SOSU_FJORDBY


def monday_from(day: datetime.date) -> datetime.date:
    return day + A_DAY * (-day.weekday() % 7)


def friday_until(day: datetime.date) -> datetime.date:
    return day - A_DAY * ((day.weekday() - 4) % 7)


def moment(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=timezone.get_current_timezone())
