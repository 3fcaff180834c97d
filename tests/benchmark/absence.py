"""Measure reading in a file of very many school days: into an empty table, a full one, and once more unchanged."""

from __future__ import annotations

import datetime
import resource
import time
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from tests.program import run, set_up

set_up("tests.benchmark.absence")

from absence.files.apply import import_days
from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.people.models import School
from tests.benchmark.__main__ import machine

if TYPE_CHECKING:
    pass

KILOBYTES_IN_MEGABYTE = 1024
MEGABYTE = 1024 * 1024
HEAD = "institutionsnummer;elevnummer;skoleophold;dag;skema_minutter;lovligt_minutter;ulovligt_minutter;registreret"
INSTITUTION = "999999"
STUDENTS = """
insert into people_student (
    public_id, school_id, student_number, name, birth_date, email, phone, is_protected, residence_municipality, uniid,
    education_id, student_type, status, basic_programme, relation, visibility
)
select gen_random_uuid(), %(school)s, 'E' || n, 'Elev Måling', date '2005-05-05', '', '', false, '', '',
    (select min(id) from people_education where is_sosu), 'eud', 'main_programme', 'none', 'main_programme', 'none'
from generate_series(1, %(students)s) n
"""
PERIODS = """
insert into absence_schoolperiod (public_id, student_id, school_id, number, name, kind, class_code, starts_on, ends_on)
select gen_random_uuid(), id, school_id, 'P-' || student_number, 'Skoleperiode 1A', 'main', '', %(first)s, %(last)s
from people_student where school_id = %(school)s
"""
FLOOR = """
create temporary table floor (like absence_absenceday including all) on commit drop;
insert into floor (period_id, day, scheduled, lawful, unlawful, registered_at, delivery_id)
select period_id, day, scheduled, lawful, unlawful, registered_at, delivery_id from absence_absenceday
"""


class Command(BaseCommand):
    help = "Måler, hvor lang tid og hvor meget hukommelse en fil med mange skoledage tager. Intet bliver gemt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=int, default=5_000, help="Antal elever (5.000).")
        parser.add_argument("--days", type=int, default=60, help="Skoledage for hver (60).")
        parser.add_argument("--as-school", action="store_true", help="Som skolens ansatte, med rækkeregler.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("Målingen låser tabellen med fravær: den kører kun med DEMO=1 eller DEBUG=1.")
        students, days = options["students"], options["days"]
        self.stdout.write(machine())
        with transaction.atomic():
            by = made_up_school(students, days)
            shown = by if options["as_school"] else None
            empty = self.measure("tom tabel", shown, file_of(students, days, lawful=0))
            self.measure("fuld tabel, hver tiende ændret", shown, file_of(students, days, lawful=45))
            self.measure("uændret", shown, file_of(students, days, lawful=45))
            started = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(FLOOR)
            floor = time.perf_counter() - started
            self.stdout.write(
                f"gulv, rækkerne alene med deres indekser: {floor:.1f} s; tom tabel er {empty / floor:.1f} gange"
            )
            transaction.set_rollback(True)

    def measure(self, name: str, by: Membership | None, content: bytes) -> float:
        started = time.perf_counter()
        if by:
            with by.with_row_policies():
                plan = import_days(content, by=by)
        else:
            plan = import_days(content, by=None)
        with connection.cursor() as cursor:
            # What the end of the transaction would ask.
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        seconds = time.perf_counter() - started
        (tally,) = plan.tallies()
        self.stdout.write(
            f"{name}: {tally.new} nye, {tally.changed} ændrede, {tally.unchanged} uændrede på {seconds:.1f} s, "
            f"filen fylder {len(content) / MEGABYTE:.1f} MB, hukommelsen toppede med {peak_megabytes():.0f} MB"
        )
        return seconds


def peak_megabytes() -> float:
    """The most memory that the process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_IN_MEGABYTE


def first_day(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def made_up_school(students: int, days: int) -> Membership:
    """A school with so many students, each with one period; whoever reads its files in."""
    user = User.objects.create(name="Måling", email="maaling@maaling.example")
    school = School.objects.create(name="Måling", institution_number=INSTITUTION)
    membership = Membership.objects.create(
        user=user, role=Role.SCHOOL_STAFF, school=school, is_absence_officer=True, starts_on=timezone.localdate()
    )
    with connection.cursor() as cursor:
        cursor.execute(STUDENTS, {"school": school.pk, "students": students})
        first = first_day(days)
        cursor.execute(PERIODS, {"school": school.pk, "first": first, "last": timezone.localdate()})
        cursor.execute("analyze people_student, absence_schoolperiod")
    return membership


def file_of(students: int, days: int, *, lawful: int) -> bytes:
    """A row for each day of each student; of every tenth day so much absence."""
    first = first_day(days)
    dates = [f"{first + datetime.timedelta(days=day):%d-%m-%Y}" for day in range(days)]
    rows = (
        f"{INSTITUTION};E{student};P-E{student};{day};390;{lawful if (student + place) % 10 == 0 else 0};0;"
        for student in range(1, students + 1)
        for place, day in enumerate(dates)
    )
    return "\n".join([HEAD, *rows]).encode()


if __name__ == "__main__":
    run(Command(), "tests.benchmark.absence")
