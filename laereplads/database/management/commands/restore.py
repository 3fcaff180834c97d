"""Fills an empty database from a copy that `backup` wrote."""

import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command
from django.utils import timezone
from django.utils.formats import date_format

from laereplads.database.backup import Refused, missing_migrations, restore, still_holding
from laereplads.database.owner import Bound
from laereplads.database.tools import ToolMissing


class Command(BaseCommand):
    help = "Læser en sikkerhedskopi ind i en tom database. Se docs/backup.md."
    # Some checks ask the database for tables that it does not have yet.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FIL", help="Filen, som manage.py backup skrev.")

        parser.add_argument(
            "--ended",
            type=Path,
            metavar="FIL",
            help="Den nyeste liste fra manage.py list_ended_memberships: den siger, hvem der siden har mistet adgang.",
        )

    def handle(self, *args: Any, path: Path, ended: Path | None, **options: Any) -> None:
        try:
            numbers = [int(number) for number in ended.read_text().split()] if ended else []
            contents = restore(path)
        except (Refused, Bound, ToolMissing) as problem:
            raise CommandError(problem) from problem
        except ValueError as problem:
            raise CommandError(f"{ended} er ikke en liste fra manage.py list_ended_memberships.") from problem
        except OSError as problem:
            raise CommandError(f"{problem.filename or path} kan ikke læses: {problem.strerror}.") from problem
        if not missing_migrations(contents):
            call_command("build_policies", stdout=self.stdout, stderr=self.stderr)
        rows = sum(contents.rows.values())
        self.stdout.write(f"{rows} rækker i {len(contents.rows)} tabeller er læst ind og talt efter.")
        made_at = timezone.localtime(datetime.datetime.fromisoformat(contents.made_at))
        self.stdout.write(f"Kopien er fra {date_format(made_at, r'j. F Y \k\l. H.i')}. Alle skal logge ind igen.")
        self.stdout.write("Nødkoder fra før virker ikke mere.")
        for number, name, role in still_holding(numbers):
            self.stdout.write(f"  Tilknytning {number} ({name}, {role}) er afsluttet efter, at kopien blev lavet.")
        self.stdout.write("Før portalen åbner igen:")
        self.stdout.write(
            "  SECRET_KEY                   en ny værdi; ellers virker links til ny adgangskode og e-mailadresse igen"
        )
        if not ended:
            self.stdout.write("  --ended mangler: gennemgå tilknytninger, der kan være afsluttet efter kopien")
        elif still_holding(numbers):
            self.stdout.write("  Afslut de nævnte tilknytninger i administrationen")
        if missing_migrations(contents):
            self.stdout.write("  manage.py migrate            koden er nyere end kopien")
        self.stdout.write("  manage.py apply_retention    kopien kan have oplysninger, der er slettet siden")
        self.stdout.write("  manage.py check_change_log       loggen skal være den samme som før")
