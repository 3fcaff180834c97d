"""Makes the administrator who breaks the glass: the only one with a password in production. Or lets them back in.

All other administrators come by an invitation, with the login of the authority's employees.
"""

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
    help = "Opretter administratoren med nødadgang og skriver et link, som adgangskoden bliver valgt på."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="administratorens e-mailadresse")
        parser.add_argument("name", metavar="NAVN", help="administratorens navn i anførselstegn")
        parser.add_argument(
            "--address", default=own_address(), help="portalens adresse, fx https://portal.example (%(default)s)"
        )

        parser.add_argument("--move", action="store_true", help="flyt nødadgangen hertil fra den, der har den nu")

    @transaction.atomic
    def handle(self, *args: Any, email: str, name: str, address: str, move: bool, **options: Any) -> None:
        email = email.strip().lower()
        holder = User.objects.filter(is_break_glass=True).exclude(email=email).first()
        if holder and not move:
            raise CommandError(
                f"{holder.name} har nødadgangen, og kun én kan have den. "
                "Inviter andre administratorer med invite_administrator, eller flyt nødadgangen med --move."
            )
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
        if holder:
            give_emergency_access(holder, given=False)
            self.stdout.write(f"{holder.name} har ikke længere nødadgang.")
        give_emergency_access(user, given=True)
        self.stdout.write("Vælg adgangskode her. Linket virker én gang og i tre dage:")
        self.stdout.write(f"{address.rstrip('/')}{password_path(user)}")


def give_emergency_access(user: User, *, given: bool) -> None:
    if user.is_break_glass != given:
        user.is_break_glass = given
        user.save(update_fields=["is_break_glass"])


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
