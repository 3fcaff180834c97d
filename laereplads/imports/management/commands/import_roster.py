"""Reads a school's roster file into the portal: students, agreements and sign-offs."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.check import Plan
from laereplads.imports.roster.problems import Problems, RosterRejected


class Command(BaseCommand):
    help = "Indlæser elever, uddannelsesaftaler og udmeldinger fra en fil. Filen er beskrevet i docs/roster.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FIL", type=Path, help="CSV-filen")
        parser.add_argument("--dry-run", action="store_true", help="vis, hvad der ville ske, og gem intet")
        parser.add_argument(
            "--full", action="store_true", help="filen har alle skolens elever: vis, hvem den ikke har med"
        )

    def handle(self, *args: Any, file: Path, dry_run: bool, full: bool, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"Filen {file} kan ikke læses: {error.strerror}.") from error
        try:
            with transaction.atomic():
                if dry_run:
                    plan = plan_roster(content, progress=self.bar)
                else:
                    plan = import_roster(content, by=None, progress=self.bar)
        except RosterRejected as rejected:
            raise CommandError(told(rejected.problems)) from rejected
        self.report(plan, dry_run=dry_run, full=full)

    def bar[Item](self, label: str, items: Collection[Item]) -> Iterable[Item]:
        return tqdm(
            items, desc=f"{label:<13}", bar_format="{desc} {bar} {percentage:3.0f} %  {elapsed}", file=self.stderr
        )

    def report(self, plan: Plan, *, dry_run: bool, full: bool) -> None:
        self.stdout.write("Prøve: intet er gemt. Filen ville give:" if dry_run else "Filen er indlæst:")
        self.stdout.write(
            f"  Elever:   {len(plan.new_students)} nye, {len(plan.changed_students)} ændrede, "
            f"{plan.unchanged_students} uændrede. Heraf meldt ud nu: {plan.signed_off}."
        )
        self.stdout.write(
            f"  Aftaler:  {len(plan.new_agreements)} nye, {len(plan.changed_agreements)} ændrede, "
            f"{plan.unchanged_agreements} uændrede."
        )
        if full:
            self.stdout.write(f"  Elever i portalen, som filen ikke har med: {len(plan.missing)}. De er ikke ændret.")
            for student in plan.missing:
                self.stdout.write(f"    {student.student_number}  {student.name}")


def told(problems: Problems) -> str:
    lines = [f"Filen er ikke indlæst, og intet er gemt. Fejl, der skal rettes: {problems.count}."]
    lines += [f"  {problem}" for problem in problems.shown()]
    if problems.not_shown:
        lines.append(f"  … og {problems.not_shown} mere. Ret de første, og prøv igen.")
    return "\n".join(lines)
