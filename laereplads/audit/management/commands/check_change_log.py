"""Finds what was changed in the change log behind its back, and seals what is new. To be run every day."""

from __future__ import annotations

import datetime
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from laereplads.audit import chain, sealed_logs, triggers
from laereplads.database import as_declared

SHOWN = 100


class Command(BaseCommand):
    help = "Finder hændelser, der er ændret, fjernet eller sat ind bagefter, og forsegler de nye. Kør den hver dag."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads",
            type=Path,
            metavar="FIL",
            default=settings.CHANGE_LOG_HEADS_FILE,
            help="Fil uden for databasen, hvor kædens slutning skrives og sammenlignes. Ellers CHANGE_LOG_HEADS_FILE.",
        )
        parser.add_argument("--only-check", action="store_true", help="Forsegl intet, og skriv intet i filen.")

    def handle(self, *args: Any, heads: Path | None, only_check: bool, **options: Any) -> None:
        findings = [
            *triggers.problems(connection),
            *as_declared.problems(connection, triggers.statements()),
        ]
        report = chain.verify(read(heads) if heads else {})
        findings += report.findings
        findings += sealed_logs.verify()
        self.stdout.write(f"{report.checked} hændelser er sammenlignet med kæden. {report.erased} er uden indhold.")
        if report.first > 1:
            self.stdout.write(f"Kæden begynder ved led {report.first}; det ældste er slettet efter fristen.")
        if not only_check:
            # What was inserted gets no seal: it would pass for genuine from then on.
            rows = sealed_logs.seal()
            self.stdout.write(f"{rows} nye visninger er forseglet.")
            count = chain.seal(without=frozenset(report.inserted))
            self.stdout.write(f"{count} nye hændelser er forseglet.")
            head = chain.head()
            self.stdout.write(f"Kædens slutning: led {head.position} {head.chain}")
            if heads and head.position and not findings:
                append(heads, head)
        for finding in findings[:SHOWN]:
            self.stderr.write(finding)
        if len(findings) > SHOWN:
            self.stderr.write(f"… og {len(findings) - SHOWN} mere.")
        if findings:
            raise CommandError(
                f"Loggen er ikke, som den skal være: {len(findings)} fejl. Gem dem, og find ud af hvorfor."
            )
        self.stdout.write("Loggen er, som den skal være.")


def read(file: Path) -> dict[int, chain.Head]:
    """By position; older lines have no count. Raises CommandError for a file of another kind."""
    try:
        lines = file.read_text().splitlines() if file.exists() else []
        return {head.position: head for head in map(head_of, lines)}
    except (OSError, ValueError) as error:
        raise CommandError(f"Filen {file} kan ikke læses: {error}") from error


def head_of(line: str) -> chain.Head:
    position, link, at, *events = line.split()
    return chain.Head(int(position), link, datetime.datetime.fromisoformat(at), int(events[0]) if events else None)


def append(file: Path, head: chain.Head) -> None:
    try:
        with file.open("a") as opened:
            opened.write(f"{head.position} {head.chain} {timezone.now().isoformat()} {head.events}\n")
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise CommandError(f"Der kan ikke skrives i {file}: {error.strerror}.") from error
