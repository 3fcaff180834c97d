"""Measure the overview's spreadsheet in a school as large as one likes, and leave nothing behind."""

import resource
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.http import QueryDict

from laereplads.access.models import Membership
from laereplads.demo.large_world import SCHOOL_STAFF, past_the_triggers
from schools.forms import StudentFilterForm
from schools.models import Standing
from schools.spreadsheets import student_sheet

MEGABYTE = 1024 * 1024
KILOBYTES_IN_MEGABYTE = 1024
# Others come over to the school, with where they stand in its overview.
MOVE = """
with moving as (select id from people_student where school_id <> %(school)s order by id limit %(missing)s),
moved as (update people_student set school_id = %(school)s, student_number = 'F' || id where id in (table moving))
update schools_standing set school_id = %(school)s where student_id in (table moving)
"""


class Command(BaseCommand):
    help = "Måler elevoversigtens regneark på den største skole i en verden fra make_world. Intet bliver gemt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=200_000, help="Hvor mange elever skolen får mindst (200.000).")
        parser.add_argument("--query", default="sortering=risk", help="Filtre og rækkefølge (sortering=risk).")

    def handle(self, *_args: Any, **options: Any) -> None:
        membership = Membership.objects.filter(user__email=SCHOOL_STAFF).select_related("school").first()
        if membership is None:
            raise CommandError("Lav en verden først: manage.py make_world")
        with transaction.atomic():
            fill(membership.school_id, options["rows"])
            with membership.at_the_wall():
                self.measure(membership, StudentFilterForm(QueryDict(options["query"])))
            transaction.set_rollback(True)

    def measure(self, membership: Membership, filters: StudentFilterForm) -> None:
        students = Standing.objects.visible_to(membership).count()
        before, started, used = peak_megabytes(), time.perf_counter(), time.process_time()
        with student_sheet(membership, filters) as file:
            seconds, own, after = time.perf_counter() - started, time.process_time() - used, peak_megabytes()
            size = file.seek(0, 2) / MEGABYTE
        self.stdout.write(
            f"{students} elever på {seconds:.1f} s ({own:.1f} s processortid i Python), "
            f"filen fylder {size:.1f} MB, hukommelsen toppede med {after:.0f} MB "
            f"({after - before:.0f} MB mere end før)"
        )


def fill(school: int | None, rows: int) -> None:
    with past_the_triggers(), connection.cursor() as cursor:
        cursor.execute("select count(*) from people_student where school_id = %s", [school])
        (present,) = cursor.fetchone()
        cursor.execute(MOVE, {"school": school, "missing": max(rows - present, 0)})


def peak_megabytes() -> float:
    """The most memory that the process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_IN_MEGABYTE
