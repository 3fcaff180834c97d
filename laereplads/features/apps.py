"""Names this app for Django, and registers its checks."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class FeaturesConfig(AppConfig):
    name = "laereplads.features"
    verbose_name = _("Funktioner")

    def ready(self) -> None:
        from laereplads.features.checks import what_is_undecided  # needs all apps

        register(what_is_undecided, "feature")
