"""Writes the numbers of all memberships that hold no longer to a file outside the database: for a restore."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from laereplads.access.models import Membership


class Command(BaseCommand):
    help = "Skriver numrene på de tilknytninger, der er slut, i en fil. Se docs/backup.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FIL", help="Filen. Den bliver skrevet på ny hver gang.")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        active = Membership.objects.active().values("pk")
        ended = Membership.objects.exclude(pk__in=active).order_by("pk").values_list("pk", flat=True)
        unfinished = path.with_name(f"{path.name}.ny")
        try:
            unfinished.write_text("".join(f"{number}\n" for number in ended))
            unfinished.replace(path)
        except OSError as problem:
            raise CommandError(f"{path} kan ikke skrives: {problem.strerror}.") from problem
        self.stdout.write(f"{path}: {len(ended)} tilknytninger er slut.")
