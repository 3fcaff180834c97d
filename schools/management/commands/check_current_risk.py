"""Compare what the database derives of the history with the history itself."""

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from schools.standings import differences, rebuild, tidy

# What is said of each kind of difference, by its number.
WORDS = {
    "risks": "{} aftaler har en anden aktuel frafaldsrisiko, end deres historik siger.",
    "lists": "{} aftaler står forkert i virksomhedernes lister.",
    "standings": "{} elever står forkert i elevoversigten.",
    "counts": "{} antal i elevoversigten er forkerte.",
    "names": "{} navne kan ikke findes, som de skal.",
}


class Command(BaseCommand):
    help = "Sammenligner de aktuelle frafaldsrisici og alle lister med historikken. Retter dem med --rebuild."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="Dan dem på ny ud fra historikken.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["rebuild"]:
            rebuild(progress=shown)
            tidy(timezone.localdate())
        found = differences(timezone.localdate(), progress=shown)
        if any(found.values()):
            wrong = [WORDS[kind].format(count) for kind, count in found.items() if count]
            raise CommandError(" ".join([*wrong, "Ret dem med: manage.py check_current_risk --rebuild"]))
        self.stdout.write("De aktuelle frafaldsrisici og listerne svarer til historikken.")


def shown(starts: Sequence[int]) -> Iterable[int]:
    return tqdm(starts, leave=False, disable=None)
