"""Makes roles, grants, policies and triggers on the server as the code says, and says what is wrong with it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction

from laereplads.audit import triggers
from laereplads.database import as_declared, codes, derived_tables, row_level_security, trigger_files


class Command(BaseCommand):
    help = "Bygger databasens roller, række-sikkerhed og triggere, og siger, hvad der er galt med serveren."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Ret intet; sig kun, hvad der er galt.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            with transaction.atomic():
                row_level_security.build(connection, anew=True)
                codes.build(connection, anew=True)
                triggers.build(connection, anew=True)
                derived_tables.build(anew=True)
            self.stdout.write("Roller, rettigheder, række-sikkerhed, hændelser og triggere er bygget.")
        found = [
            *row_level_security.problems(connection),
            *codes.problems(connection),
            *triggers.problems(connection),
            *trigger_files.problems(connection),
        ]
        if options["check"]:
            found += as_declared.problems(connection, triggers.statements())
        self.stdout.write(f"Intet binder superbrugerne: {', '.join(as_declared.superusers(connection))}.")
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} fejl.")
        self.stdout.write("Serveren er, som den skal være.")
