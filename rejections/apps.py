"""Names this app for Django."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class RejectionsConfig(AppConfig):
    name = "rejections"
    verbose_name = _("Afslag")

    def ready(self) -> None:
        from rejections.encryption import keys_are_usable  # needs the settings

        register(keys_are_usable)
