"""Deletes what has been kept long enough, as the rules say; without --delete it only counts."""

import datetime
from argparse import ArgumentParser
from collections.abc import Collection, Iterable
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from laereplads.database.derived_tables import differences, rebuild
from laereplads.database.owner import Bound
from laereplads.database.retention import PLAUSIBLE_SHARE, Rule
from laereplads.retention.descriptions import as_markdown, number, percent
from laereplads.retention.run import AlreadyRunning, ClockJumped, Count, Implausible, apply, count, working_rules


class Command(BaseCommand):
    help = "Sletter det, der har været gemt længe nok. Uden --delete bliver intet slettet. Se docs/retention.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="Slet. Ellers bliver der kun talt.")
        parser.add_argument(
            "--allow",
            action="append",
            default=[],
            metavar="TABEL",
            choices=sorted({rule.table for rule, _work in working_rules()}),
            help=f"Tabellen må miste mere end {percent(PLAUSIBLE_SHARE)}. Kan gentages.",
        )
        parser.add_argument(
            "--today",
            type=datetime.date.fromisoformat,
            metavar="DATO",
            help="Dagen i dag, fx 2026-03-02, når uret er rigtigt, men sletningen ikke har kørt i en uge.",
        )
        parser.add_argument("--rules", action="store_true", help="Vis reglerne, som de står i docs/retention.md.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rules"]:
            self.stdout.write(as_markdown())
            return
        try:
            if options["delete"]:
                self.delete(options["allow"], options["today"])
            else:
                self.try_out(options["allow"])
        except Implausible as found:
            raise CommandError(complaint(found.counts)) from found
        except ClockJumped as found:
            last = timezone.localtime(found.last)
            raise CommandError(
                f"Intet er slettet: uret siger {timezone.localdate():%d.%m.%Y}, men det sidste, databasen ved af, "
                f"er fra {last:%d.%m.%Y}. Er uret rigtigt, så tilføj --today {timezone.localdate()}"
            ) from None
        except AlreadyRunning:
            raise CommandError("Sletningen kører allerede et andet sted. Intet er slettet herfra.") from None
        except Bound as problem:
            raise CommandError(problem) from problem

    def delete(self, allowed: Collection[str], today: datetime.date | None) -> None:
        if today and today != timezone.localdate():
            raise CommandError(f"Intet er slettet: uret siger {timezone.localdate()} og --today {today}.")
        done = apply(allowed=allowed, progress=self.bar, is_today_sure=bool(today))
        self.report("Slettet:", done)
        wrong = [table for table, number in differences(timezone.localdate(), progress=iter).items() if number]
        if wrong:
            # An entry that went when the clock was wrong comes again.
            rebuild(wrong, progress=iter)
            self.stdout.write("Listerne svarede ikke til historikken. De er dannet på ny.")

    def try_out(self, allowed: Collection[str]) -> None:
        counts = count()
        self.report("Prøve: intet er slettet. Med --delete ville dette ske:", counts)
        implausible = [one for one in counts if one.is_implausible and one.rule.table not in allowed]
        if implausible:
            raise Implausible(implausible)

    def report(self, title: str, counts: list[Count]) -> None:
        self.stdout.write(title)
        for one in counts:
            if one.overdue:
                self.stdout.write(f"  {one.rule.name:28} {shown(one)}  {one.rule.what}")
        if not any(one.overdue for one in counts):
            self.stdout.write("  Intet. Alt er inden for tiden.")

    def bar(self, rule: Rule, batches: Collection[list[Any]]) -> Iterable[list[Any]]:
        shape = "{desc} {bar} {percentage:3.0f} %  {elapsed}"
        return tqdm(
            batches, desc=f"{rule.name:28}", bar_format=shape, file=self.stderr, disable=None if batches else True
        )


def shown(one: Count) -> str:
    return f"{number(one.overdue)} af {number(one.rows)} ({percent(one.overdue / one.rows if one.rows else 0)})"


def complaint(counts: list[Count]) -> str:
    lines = ["Intet er slettet: det er mere, end en regel plejer at tage. Er uret rigtigt? Er en dato forkert?"]
    lines += [f"  {one.rule.name}: {shown(one)}. Grænsen er {percent(one.rule.limit)}." for one in counts]
    tables = " ".join(f"--allow {one.rule.table}" for one in counts)
    lines.append(f"Er det rigtigt alligevel, så tilføj {tables}")
    return "\n".join(lines)
