"""Makes the first administrator of an installation, or lets one back in."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.accounts.operations import password_path


class Command(BaseCommand):
    help = "Opretter en administrator og skriver et link, som administratoren vælger sin adgangskode på."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="administratorens e-mailadresse")
        parser.add_argument("name", metavar="NAVN", help="administratorens navn i anførselstegn")
        parser.add_argument(
            "--address", default=own_address(), help="portalens adresse, fx https://portal.example (%(default)s)"
        )

    @transaction.atomic
    def handle(self, *args: Any, email: str, name: str, address: str, **options: Any) -> None:
        email = email.strip().lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            user = created(email, " ".join(name.split()))
            self.stdout.write(f"{user.name} er oprettet som bruger.")
        if not user.is_active:
            raise CommandError(f"{user.name} er ikke aktiv. Aktivér brugeren i administrationen først.")
        if Membership.objects.active().filter(user=user, role=Role.ADMINISTRATOR).exists():
            self.stdout.write(f"{user.name} er allerede administrator.")
        else:
            Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
            self.stdout.write(f"{user.name} er nu administrator.")
        self.stdout.write("Vælg adgangskode her. Linket virker én gang og i tre dage:")
        self.stdout.write(f"{address.rstrip('/')}{password_path(user)}")


def created(email: str, name: str) -> User:
    if not name:
        raise CommandError("Skriv administratorens navn.")
    user = User(email=email, name=name)
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    user.save()
    return user


def own_address() -> str:
    """Where the portal most likely answers."""
    return "http://127.0.0.1:8000" if settings.LOCAL else f"https://{settings.ALLOWED_HOSTS[0]}"
