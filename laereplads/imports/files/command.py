"""The command of every kind of file: one or several, tried or read in, and what was done."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from laereplads.imports.files.cells import Unreadable, date
from laereplads.imports.files.pages import kind_of
from laereplads.imports.files.problems import FileRejected, Problems
from laereplads.imports.files.saving import unanswered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from laereplads.imports.files.kinds import FileKind
    from laereplads.imports.files.plan import Covers, FilePlan

LINES_SHOWN = 100
NOTHING_SAVED = "er ikke indlæst, og intet er gemt."
LEFT_OUT = "har rækker, der er forkerte eller kræver et svar. De er udeladt."


class ImportCommand(BaseCommand):
    """Reads files in, all in one transaction. A subclass says of which kinds, and helps; headings say which it is."""

    kinds: ClassVar[Sequence[FileKind]]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", metavar="FIL", type=Path, nargs="+", help="CSV-filen; af flere læses hver efter tur"
        )
        parser.add_argument("--dry-run", action="store_true", help="vis, hvad der ville ske, og gem intet")
        parser.add_argument(
            "--partial", action="store_true", help="indlæs resten, når rækker er forkerte eller kræver et svar"
        )
        if any(kind.full_label for kind in self.kinds):
            parser.add_argument("--full", action="store_true", help="filen har alle: vis, hvem den ikke har med")
        if any(kind.covers_help for kind in self.kinds):
            for option, edge in (("--covers-from", "første"), ("--covers-to", "sidste")):
                parser.add_argument(
                    option, metavar="DATO", type=day, help=f"den {edge} dag, som filen er komplet for, fx 31-12-2026"
                )

    def handle(self, *args: Any, files: list[Path], dry_run: bool, partial: bool, **options: Any) -> None:
        window = covers(options.get("covers_from"), options.get("covers_to"))
        full = options.get("full", False)
        contents = [(file, self.content_of(file)) for file in files]
        plans: list[tuple[Path, FilePlan]] = []
        reports: list[list[str]] = []
        with transaction.atomic():
            for file, content in contents:
                try:
                    # What stands in one file may be needed by the next: only the last can be tried without saving.
                    kind = kind_of(content, self.kinds)
                    told_to_kind = kind.options(by=None, covers=window)
                    if dry_run and file is files[-1]:
                        plan = kind.plan(content, **told_to_kind, progress=self.bar)
                    else:
                        plan = kind.save(content, **told_to_kind, partial=partial or dry_run, progress=self.bar)
                except FileRejected as rejected:
                    raise CommandError(told(file, NOTHING_SAVED, rejected.problems)) from rejected
                plans.append((file, plan))
                # What a plan tells may be gone when the transaction ends.
                reports.append(report(plan, full=full))
            transaction.set_rollback(dry_run)
        for (file, _plan), lines in zip(plans, reports, strict=True):
            self.stdout.write(f"Prøve: intet er gemt. {file} ville give:" if dry_run else f"{file} er indlæst:")
            for line in lines:
                self.stdout.write(f"  {line}")
        if wrong := [told(file, LEFT_OUT, unanswered(plan)) for file, plan in plans if not plan.is_clean]:
            raise CommandError("\n".join(wrong))

    def content_of(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except OSError as error:
            raise CommandError(f"Filen {file} kan ikke læses: {error.strerror}.") from error

    def bar[Item](self, label: str, items: Iterable[Item], *, total: int | None = None) -> Iterable[Item]:
        return tqdm(
            items,
            total=total,
            desc=f"{label:<13}",
            bar_format="{desc} {bar} {percentage:3.0f} %  {elapsed}",
            file=self.stderr,
        )


def report(plan: FilePlan, *, full: bool) -> list[str]:
    """What the plan does, in a line for each."""
    said = [
        f"{tally.label}: {tally.new} nye, {tally.changed} ændrede, {tally.unchanged} uændrede{tally.removal}."
        for tally in plan.tallies()
    ]
    said += plan.notes(with_missing=full)
    lines = plan.lines(with_missing=full)
    for line in lines[:LINES_SHOWN]:
        what = f"{line.what}: {line.number} {line.name}"
        said.append(f"{what}, {line.field}: {line.before} → {line.after}" if line.field else what)
    if (not_shown := len(lines) - LINES_SHOWN) > 0:
        said.append(f"… og {not_shown} linjer mere.")
    return said


def day(written: str) -> datetime.date:
    try:
        return date(written)
    except Unreadable as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def covers(starts: datetime.date | None, ends: datetime.date | None) -> Covers | None:
    """The window that the options say. Raises CommandError for half a one, and for one that ends before it starts."""
    if starts and ends and starts <= ends:
        return starts, ends
    if starts or ends:
        raise CommandError("Skriv både --covers-from og --covers-to, og den første dag først.")
    return None


def told(file: Path, outcome: str, problems: Problems) -> str:
    lines = [f"{file} {outcome} Fejl, der skal rettes: {problems.count}."]
    lines += [f"  {problem}" for problem in problems.shown()]
    if problems.not_shown:
        lines.append(f"  … og {problems.not_shown} mere. Ret de første, og prøv igen.")
    return "\n".join(lines)
