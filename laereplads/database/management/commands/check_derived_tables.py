"""Compare what the database derives of the history with the history itself."""

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from laereplads.database.derived_tables import declared, differences, rebuild


class Command(BaseCommand):
    help = "Sammenligner de aktuelle frafaldsrisici og alle lister med historikken. Retter dem med --rebuild."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Dan dem på ny ud fra historikken.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["rebuild"]:
            rebuild(declared(), progress=shown)
        found = differences(timezone.localdate(), progress=shown)
        wrong = [table.differs.format(number) for table, number in found.items() if number]
        if wrong:
            raise CommandError(" ".join([*wrong, "Ret dem med: manage.py check_derived_tables --rebuild"]))
        self.stdout.write("De aktuelle frafaldsrisici og listerne svarer til historikken.")


def shown(starts: Sequence[int]) -> Iterable[int]:
    return tqdm(starts, leave=False, disable=None)
