"""Writes a copy of the whole database to a file, while the portal is in use."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.formats import number_format

from laereplads.database.backup import Refused, back_up, contents_path
from laereplads.database.owner import Bound
from laereplads.database.tools import ToolMissing


class Command(BaseCommand):
    help = "Skriver en sikkerhedskopi af hele databasen. Portalen kan være i brug imens. Se docs/backup.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FIL", help="Filen, som kopien skrives i. Den må ikke findes.")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            contents = back_up(path)
        except (Refused, Bound, ToolMissing) as problem:
            raise CommandError(problem) from problem
        except OSError as problem:
            raise CommandError(f"{problem.filename or path} kan ikke skrives: {problem.strerror}.") from problem
        rows = sum(contents.rows.values())
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"{path}: {rows} rækker i {len(contents.rows)} tabeller, {number_format(size, 1)} MB.")
        self.stdout.write(f"{contents_path(path)}: antal rækker og kontrolsum. Gem begge filer.")
