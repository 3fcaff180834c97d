"""Measure whether the time of an answer tells who is known, and leave nothing behind."""

import logging
import statistics
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.formats import number_format

from tests.program import run, set_up

set_up("tests.benchmark.login")

from laereplads.accounts.models import User

ROUNDS = 30
PASSWORD = "elleve små grise"  # of a user who exists for a minute
MAIL = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


class Command(BaseCommand):
    help = "Måler, om svartiden ved login og glemt adgangskode røber, hvem der er bruger. Intet bliver gemt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rounds", type=int, default=ROUNDS, help=f"Hvor mange gange hver adresse prøves ({ROUNDS})."
        )

    @override_settings(ACCOUNT_RATE_LIMITS=False, ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"], MAILERS=MAIL)
    def handle(self, *args: Any, rounds: int, **options: Any) -> None:
        # A line for each password that is tried would hide the figures.
        logging.disable(logging.WARNING)
        try:
            self.measure(rounds)
        finally:
            logging.disable(logging.NOTSET)

    def measure(self, rounds: int) -> None:
        with transaction.atomic():
            addresses = made_up_users()
            for name, form in (("account_login", {"password": "forkert"}), ("account_reset_password", {})):
                field = "login" if form else "email"
                self.stdout.write(f"\n{reverse(name)}")
                for who, median in measured(reverse(name), field, form, addresses, rounds).items():
                    self.stdout.write(f"  {who:22}{number_format(median * 1000, 1):>8} ms")
            transaction.set_rollback(True)


def made_up_users() -> dict[str, str]:
    """Who is asked about → the address."""
    User.objects.create_user("kendt@maaling.example", "Kendt", PASSWORD)
    User.objects.create_user("uden@maaling.example", "Uden adgangskode")
    closed = User.objects.create_user("lukket@maaling.example", "Lukket", PASSWORD)
    closed.is_active = False
    closed.save()
    return {
        "kendt": "kendt@maaling.example",
        "ukendt": "ukendt@maaling.example",
        "lukket": "lukket@maaling.example",
        "uden adgangskode": "uden@maaling.example",
    }


def measured(page: str, field: str, form: dict[str, str], addresses: dict[str, str], rounds: int) -> dict[str, float]:
    """Medians in seconds; the addresses take turns, so that a busy machine is as busy for each."""
    seconds: dict[str, list[float]] = {who: [] for who in addresses}
    for _round in range(rounds):
        for who, address in addresses.items():
            client = Client()
            before = time.perf_counter()
            client.post(page, {field: address, **form})
            seconds[who].append(time.perf_counter() - before)
    cache.clear()
    return {who: statistics.median(times) for who, times in seconds.items()}


if __name__ == "__main__":
    run(Command(), "tests.benchmark.login")
