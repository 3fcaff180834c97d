"""Absence files to try reading in: what the study administration of SOSU Fjordby would send today, and one with errors.

Made anew at each start of the demo, from the world as it is then.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from absence.files.columns import DAYS, LESSONS, PERIODS, LessonStatus
from absence.models import AbsenceDay, PeriodKind, SchoolPeriod
from laereplads.demo.absence import A_WEEK, NAMES, STAY, TIMETABLE, moment
from laereplads.demo.study_administration import written
from laereplads.people.demo_world import SOSU_FJORDBY
from laereplads.web.working_days import is_working_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.utils.functional import Promise

    from laereplads.imports.files.reading import Layout

type Cells = dict[str, object]

# What each is there to show.
FILES: dict[str, str | Promise] = {
    "skoleophold.csv": _("Et nyt skoleophold, og et, der bliver en uge længere."),
    "fravaer.csv": _(
        "De seneste fem skoledage i skoleophold, der er i gang. På en tidligere dag er fraværet rettet til lovligt."
    ),
    "lektioner.csv": _("Lektioner på én dag. To rækker er forkerte."),
}
DAYS_IN_FILE = 5
PERIODS_IN_FILE = 8
AWAY = 12
PRESENT, LAWFUL, UNLAWFUL = (str(status.label) for status in LessonStatus)
# Those of one day, for each of three students: absent from the last one, at two places at once, and ill.
MORNING, LATE_MORNING, NOON = ("08:15", "09:45"), ("10:00", "11:30"), ("12:15", "13:45")
LESSONS_OF_STUDENTS = (
    ((*MORNING, PRESENT), (*LATE_MORNING, PRESENT), (*NOON, UNLAWFUL)),
    ((*MORNING, PRESENT), ("09:30", "11:30", PRESENT), (*NOON, PRESENT)),
    ((*MORNING, PRESENT), (*LATE_MORNING, "syg"), (*NOON, PRESENT)),
)


@dataclass
class AbsenceFiles:
    """The files of a day, the same for the same day and world."""

    today: datetime.date

    def __post_init__(self) -> None:
        running = SchoolPeriod.objects.filter(
            school__institution_number=SOSU_FJORDBY,
            student__signed_off_on=None,
            cancelled_on=None,
            starts_on__lte=self.today,
            ends_on__gte=self.today,
        )
        self.running = list(running.select_related("student").order_by("student__student_number", "pk"))
        past = (self.today - datetime.timedelta(days=ago) for ago in itertools.count())
        self.days = sorted(itertools.islice(filter(is_working_day, past), DAYS_IN_FILE))

    def all(self) -> dict[str, bytes]:
        """By name, as FILES has them."""
        made = ((PERIODS, self.periods()), (DAYS, self.school_days()), (LESSONS, self.lessons()))
        return {name: as_csv(layout, rows) for name, (layout, rows) in zip(FILES, made, strict=True)}

    def periods(self) -> Iterator[Cells]:
        of_agreements = [period for period in self.running if period.kind == PeriodKind.MAIN][:PERIODS_IN_FILE]
        for place, period in enumerate(of_agreements):
            yield period_row(period, period.ends_on + A_WEEK if place == 1 else period.ends_on)
        for period in of_agreements[:1]:
            begins = period.starts_on + 20 * A_WEEK
            following = SchoolPeriod(
                student=period.student,
                number=f"{period.student.student_number}-{begins:%y%m}",
                name=NAMES[-2],
                kind=period.kind,
                class_code=f"{period.class_code[:-4]}{begins:%y%m}",
                starts_on=begins,
            )
            yield period_row(following, begins + STAY)

    def school_days(self) -> Iterator[Cells]:
        """Those that the portal has as it has them, and the others; what was unlawful on one of them was lawful."""
        chance = random.Random(self.today.toordinal())  # noqa: S311  # made up, no secrecy
        held = {(day.period_id, day.day): day for day in AbsenceDay.objects.filter(period__in=self.running)}
        unlawful = [day for day in held.values() if day.unlawful]
        corrected = max(unlawful, key=lambda day: (day.day, day.pk), default=None)
        for period in self.running:
            own = {day for day in self.days if period.starts_on <= day}
            if corrected and corrected.period_id == period.pk:
                own.add(corrected.day)
            for day in sorted(own):
                known = held.get((period.pk, day))
                if known is None:
                    known = AbsenceDay(period=period, day=day, scheduled=TIMETABLE[day.weekday()], lawful=0, unlawful=0)
                    if chance.randrange(100) < AWAY:
                        known.lawful = known.scheduled
                        known.registered_at = min(moment(day, 9), timezone.now())
                if known == corrected:
                    known.lawful, known.unlawful = known.lawful + known.unlawful, 0
                at = known.registered_at
                yield {
                    **whose(period),
                    "dag": written(day),
                    "skema_minutter": known.scheduled,
                    "lovligt_minutter": known.lawful,
                    "ulovligt_minutter": known.unlawful,
                    "registreret": f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "",
                }

    def lessons(self) -> Iterator[Cells]:
        day = self.days[-1]
        periods = [period for period in self.running if period.starts_on <= day]
        for period, lessons in zip(periods, LESSONS_OF_STUDENTS, strict=False):
            for starts_at, ends_at, status in lessons:
                yield {
                    **whose(period),
                    "dag": written(day),
                    "lektion_start": starts_at,
                    "lektion_slut": ends_at,
                    "status": status,
                }


def folder() -> Path:
    path: Path = settings.DATA_DIR / "filer"
    return path


def write_all() -> None:
    """Put them where the page finds them, which sees no student itself."""
    folder().mkdir(parents=True, exist_ok=True)
    for name, content in AbsenceFiles(timezone.localdate()).all().items():
        (folder() / name).write_bytes(content)


def whose(period: SchoolPeriod) -> Cells:
    return {
        "institutionsnummer": SOSU_FJORDBY,
        "elevnummer": period.student.student_number,
        "skoleophold": period.number,
    }


def period_row(period: SchoolPeriod, ends_on: datetime.date) -> Cells:
    return {
        **whose(period),
        "navn": period.name,
        "type": PeriodKind(period.kind).label,
        "hold": period.class_code,
        "start": written(period.starts_on),
        "slut": written(ends_on),
    }


def as_csv(layout: Layout, rows: Iterator[Cells]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(layout.headers), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()
