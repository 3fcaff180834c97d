"""Names this app for Django."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "laereplads.notifications"
    verbose_name = _("Mails og job")

    def ready(self) -> None:
        from laereplads.notifications import at_login  # needs all apps

        user_logged_in.connect(at_login.tell_of_refused_address)
