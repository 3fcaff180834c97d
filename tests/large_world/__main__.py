"""A world of any size, for measuring."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tests.program import run, set_up

set_up("tests.large_world")

from laereplads.demo.world import shown
from tests.large_world.world import DENMARK, LargeWorld, NotEmpty, vacuum


class Command(BaseCommand):
    help = "Fylder en tom database med opdigtede elever, virksomheder og vurderinger, så mange man vil."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=int, default=DENMARK, help=f"Antal elever ({DENMARK}).")
        parser.add_argument("--seed", type=int, default=1, help="Det samme tal giver den samme verden (1).")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["students"] < 1:
            raise CommandError("Verden skal have mindst én elev.")
        started = time.perf_counter()
        try:
            LargeWorld(options["students"], options["seed"], shown).make()
        except NotEmpty as problem:
            raise CommandError("Databasen har elever i forvejen. Peg på en tom database.") from problem
        vacuum()
        self.stdout.write(f"{options['students']} elever på {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    run(Command(), "tests.large_world")
