"""Names this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "laereplads.accounts"
    verbose_name = _("Brugere")

    def ready(self) -> None:
        # Its receivers listen from here on.
        from laereplads.accounts import security_log  # noqa: F401
