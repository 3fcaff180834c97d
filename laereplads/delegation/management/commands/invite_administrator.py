"""Invites an employee of the authority to administer the portal."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from laereplads.delegation.models import STAFF_DAYS
from laereplads.delegation.operations import invite_administrator


class Command(BaseCommand):
    help = "Inviterer en administrator, som logger ind med MitID Erhverv fra AUTHORITY_CVR."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="administratorens e-mailadresse")
        parser.add_argument("name", metavar="NAVN", help="administratorens navn i anførselstegn")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        if not settings.AUTHORITY_CVR:
            raise CommandError(
                "Sæt AUTHORITY_CVR til myndighedens CVR-nummer først. Ellers kan ingen bruge invitationen."
            )
        if not name.strip():
            raise CommandError("Skriv administratorens navn.")
        try:
            invitation = invite_administrator(name=name, email=email)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{invitation.name} er inviteret. Mailen til {invitation.email} er på vej.")
        self.stdout.write(
            f"Linket virker i {STAFF_DAYS} dage og kun med MitID Erhverv fra CVR {settings.AUTHORITY_CVR}."
        )
