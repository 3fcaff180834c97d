"""Measure the spreadsheets of a company with very many rejections, and leave nothing behind."""

import resource
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from tests.program import run, set_up

set_up("tests.benchmark.rejections")

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.people.models import Company, CompanyKind
from rejections.models import Rejection, RejectionQuerySet
from rejections.spreadsheets import csv_file, xlsx

MEGABYTE = 1024 * 1024
KILOBYTES_IN_MEGABYTE = 1024
INSERT = """
insert into rejections_rejection
    (public_id, form_token, company_id, registered_by_id, registered_at, given_on, education_id, primary_reason_id)
select gen_random_uuid(), gen_random_uuid(), %s, %s, now(), current_date - n %% 30,
    (select min(id) from people_education where is_sosu), reasons.id
from generate_series(1, %s) n
join (select id, row_number() over (order by id) - 1 as place, count(*) over () as many from rejections_rejectionreason)
    reasons on reasons.place = n %% reasons.many
"""


class Command(BaseCommand):
    help = "Måler, hvor lang tid og hvor meget hukommelse et regneark med mange afslag tager. Intet bliver gemt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=100_000, help="Antal afslag (100.000).")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("Målingen låser tabellen med afslag: den kører kun med DEMO=1 eller DEBUG=1.")
        with transaction.atomic():
            rejections = made_up_rejections(options["rows"])
            for kind, make in (("csv", csv_file), ("xlsx", xlsx)):
                self.measure(kind, make, rejections)
            transaction.set_rollback(True)

    def measure(self, kind: str, make: Callable[[RejectionQuerySet], IO[bytes]], rejections: RejectionQuerySet) -> None:
        before = peak_megabytes()
        started = time.perf_counter()
        with make(rejections) as file:
            seconds = time.perf_counter() - started
            size = file.seek(0, 2) / MEGABYTE
        after = peak_megabytes()
        self.stdout.write(
            f"{kind}: {rejections.count()} afslag på {seconds:.1f} s, filen fylder {size:.1f} MB, "
            f"hukommelsen toppede med {after:.0f} MB ({after - before:.0f} MB mere end før)"
        )


def peak_megabytes() -> float:
    """The most memory that the process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_IN_MEGABYTE


def made_up_rejections(count: int) -> RejectionQuerySet:
    user = User.objects.create(name="Måling", email="maaling@maaling.example")
    company = Company.objects.create(name="Måling", cvr="99999993", kind=CompanyKind.MUNICIPALITY)
    membership = Membership.objects.create(user=user, role=Role.COMPANY_STAFF, company=company)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [company.pk, membership.pk, count])
    return Rejection.objects.visible_to(membership)


if __name__ == "__main__":
    run(Command(), "tests.benchmark.rejections")
