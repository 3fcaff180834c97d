"""Names this app for Django, and reminds companies of their duty on the front page."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class RejectionsConfig(AppConfig):
    name = "rejections"
    verbose_name = _("Afslag")

    def ready(self) -> None:
        from laereplads.navigation import NOTICES  # these need the models
        from rejections.encryption import keys_are_usable
        from rejections.notices import last_registration

        register(keys_are_usable)
        NOTICES["rejections"] = last_registration
