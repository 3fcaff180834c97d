"""Reads school periods and absence in, as study administrations send them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from absence.files.kinds import KINDS
from laereplads.imports.files.command import ImportCommand

# Days need their periods.
NAMES = ("skoleophold.csv", "fravaer.csv", "lektioner.csv")


class Command(ImportCommand):
    help = (
        "Indlæser skoleophold og fravær. Af en mappe læses skoleophold.csv, fravaer.csv og lektioner.csv. "
        "Filerne er beskrevet i docs/absence-files.md."
    )
    kinds = KINDS

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        found = [each for path in files for each in (files_in(path) if path.is_dir() else [path])]
        super().handle(*args, files=found, **options)


def files_in(folder: Path) -> list[Path]:
    """Those of the three files that are there, in the order in which they are read."""
    found = [folder / name for name in NAMES if (folder / name).exists()]
    if not found:
        raise CommandError(f"Mappen {folder} har ingen af filerne {', '.join(NAMES)}.")
    return found
