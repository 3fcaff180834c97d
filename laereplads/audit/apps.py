"""Names this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "laereplads.audit"
    verbose_name = _("Log")

    def ready(self) -> None:
        # Not in admin.py, which the administrators' site itself is built upon.
        from laereplads.audit import event_admin  # noqa: F401
