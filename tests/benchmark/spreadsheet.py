"""Measure the overview's spreadsheet in a school as large as one likes, and leave nothing behind."""

import resource
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.http import QueryDict

from tests.program import run, set_up

set_up("tests.benchmark.spreadsheet")

from laereplads.access.models import Membership
from schools.forms import StudentFilterForm
from schools.models import StudentListEntry
from schools.spreadsheets import student_sheet
from tests.large_world.world import SCHOOL_STAFF, past_the_triggers

MEGABYTE = 1024 * 1024
KILOBYTES_IN_MEGABYTE = 1024
# Beyond all ids that a world gives.
FIRST = 1_000_000_000
# What the school's own students are copied with until there are enough; the rest of a row stays as it is.
CHANGED = {
    "people_student": {"id": f"{FIRST} + n", "public_id": "gen_random_uuid()", "student_number": "'K' || n"},
    "schools_studentlistentry": {"student_id": f"{FIRST} + n"},
}
COLUMNS = """
select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
and attgenerated = '' and attidentity = ''
"""
COPY = """
insert into {table} ({names})
select {values} from generate_series(1, %(missing)s) n
join (
    select id, row_number() over (order by id) - 1 as place from people_student
    where school_id = %(school)s and id < {first}
) own on own.place = n %% %(present)s
join {table} copied on copied.{key} = own.id
"""


class Command(BaseCommand):
    help = "Måler elevoversigtens regneark på den største skole i en verden fra tests.large_world. Intet bliver gemt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=200_000, help="Hvor mange elever skolen får mindst (200.000).")
        parser.add_argument("--query", default="sortering=risk", help="Filtre og rækkefølge (sortering=risk).")

    def handle(self, *_args: Any, **options: Any) -> None:
        membership = Membership.objects.filter(user__email=SCHOOL_STAFF).select_related("school").first()
        if membership is None:
            raise CommandError("Lav en verden først: python -m tests.large_world")
        with transaction.atomic():
            fill(membership.school_id, options["rows"])
            with membership.with_row_policies():
                self.measure(membership, StudentFilterForm(QueryDict(options["query"]), ()))
            transaction.set_rollback(True)

    def measure(self, membership: Membership, filters: StudentFilterForm) -> None:
        students = StudentListEntry.objects.visible_to(membership).count()
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
    """Copy the school's students, and where they stand in its overview, until they are so many."""
    with past_the_triggers(), connection.cursor() as cursor:
        cursor.execute("select count(*) from people_student where school_id = %s", [school])
        (present,) = cursor.fetchone()
        asked = {"school": school, "present": present, "missing": max(rows - present, 0)}
        for table, changed in CHANGED.items():
            cursor.execute(COLUMNS, [table])
            columns = {name: f"copied.{name}" for (name,) in cursor.fetchall()} | changed
            key = "id" if "id" in changed else "student_id"
            names, values = ", ".join(columns), ", ".join(columns.values())
            cursor.execute(COPY.format(table=table, names=names, values=values, first=FIRST, key=key), asked)
        cursor.execute("analyze people_student; analyze schools_studentlistentry")


def peak_megabytes() -> float:
    """The most memory that the process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_IN_MEGABYTE


if __name__ == "__main__":
    run(Command(), "tests.benchmark.spreadsheet")
