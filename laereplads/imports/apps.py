"""Names this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "laereplads.imports"
    verbose_name = _("Filer, der indlæses")
