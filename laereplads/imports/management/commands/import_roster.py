"""Reads a school's roster file into the portal: students, agreements and sign-offs."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from laereplads.imports.roster.apply import import_roster, plan_roster, unanswered
from laereplads.imports.roster.plan import Plan
from laereplads.imports.roster.plan import told as lines_of
from laereplads.imports.roster.problems import Problems, RosterRejected

LINES_SHOWN = 100


class Command(BaseCommand):
    help = "Indlæser elever, uddannelsesaftaler og udmeldinger fra en fil. Filen er beskrevet i docs/roster.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FIL", type=Path, help="CSV-filen")
        parser.add_argument("--dry-run", action="store_true", help="vis, hvad der ville ske, og gem intet")
        parser.add_argument(
            "--full", action="store_true", help="filen har alle skolens elever: vis, hvem den ikke har med"
        )

        parser.add_argument(
            "--partial", action="store_true", help="indlæs resten, når rækker er forkerte eller kræver et svar"
        )

    def handle(  # Django hands over each option
        self, *args: Any, file: Path, dry_run: bool, full: bool, partial: bool, **options: Any
    ) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"Filen {file} kan ikke læses: {error.strerror}.") from error
        try:
            with transaction.atomic():
                if dry_run:
                    plan = plan_roster(content, progress=self.bar)
                else:
                    plan = import_roster(content, by=None, partial=partial, progress=self.bar)
        except RosterRejected as rejected:
            raise CommandError(told(NOTHING_SAVED, rejected.problems)) from rejected
        self.report(plan, dry_run=dry_run, full=full)
        if not plan.is_clean:
            raise CommandError(told(LEFT_OUT, unanswered(plan)))

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
        for line in lines_of(plan, with_missing=False)[:LINES_SHOWN]:
            what = f"  {line.what}: {line.student_number} {line.name}"
            self.stdout.write(f"{what}, {line.field}: {line.before} → {line.after}" if line.field else what)
        if full:
            self.stdout.write(f"  Elever i portalen, som filen ikke har med: {len(plan.missing)}. De er ikke ændret.")
            for student in plan.missing:
                self.stdout.write(f"    {student.student_number}  {student.name}")


NOTHING_SAVED = "Filen er ikke indlæst, og intet er gemt."
LEFT_OUT = "Elever med en forkert række, eller som kræver et svar, er udeladt."


def told(outcome: str, problems: Problems) -> str:
    lines = [f"{outcome} Fejl, der skal rettes: {problems.count}."]
    lines += [f"  {problem}" for problem in problems.shown()]
    if problems.not_shown:
        lines.append(f"  … og {problems.not_shown} mere. Ret de første, og prøv igen.")
    return "\n".join(lines)
