"""Runs the jobs whose time has come and sends the mails that are due, once."""

import datetime
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from laereplads.notifications.timetable import run_due


class Command(BaseCommand):
    help = "Kører de job, der er på tide, og sender de mails, der venter. Igen gør det ikke mere."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", type=moment, metavar="TIDSPUNKT", help="Som om klokken var så mange i Danmark: 2026-12-01T06:00."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ran = run_due(options["at"])
        self.stdout.write(
            f"{ran.jobs} job kørt, {ran.failed} job fejlede. {ran.mails.sent} mails sendt, "
            f"{ran.mails.failed} prøves igen, {ran.mails.gave_up} er opgivet."
        )


def moment(text: str) -> datetime.datetime:
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise ArgumentTypeError(f"{text} er ikke et tidspunkt. Skriv fx 2026-12-01T06:00.")
    return at if timezone.is_aware(at) else timezone.make_aware(at)
