"""Fetches the design system: before `collectstatic`, and whenever `package-lock.json` has changed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laereplads.design_system import assets


class Command(BaseCommand):
    help = "Henter designsystemet DKFDS, hvis det mangler eller er forældet."
    # The checks complain of the very folders that this fetches.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if assets.are_current(settings.BASE_DIR):
            self.stdout.write("Designsystemet er hentet.")
            return
        self.stdout.write("Henter designsystemet …")
        try:
            assets.fetch(settings.BASE_DIR)
        except assets.AssetsUnavailable as problem:
            raise CommandError(problem) from problem
