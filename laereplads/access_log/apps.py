"""Names this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessLogConfig(AppConfig):
    name = "laereplads.access_log"
    verbose_name = _("Visninger af elevdata")
