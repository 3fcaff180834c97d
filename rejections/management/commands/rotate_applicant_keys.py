"""Seal every applicant anew with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand

from rejections.operations import reseal_applicants


class Command(BaseCommand):
    help = (
        "Krypterer alle ansøgere igen med den nyeste nøgle i APPLICANT_KEYS. "
        "Sæt først den nye nøgle forrest, kør kommandoen, og fjern så de gamle nøgler."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{reseal_applicants()} ansøgere er krypteret med den nyeste nøgle.")
