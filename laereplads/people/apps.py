"""Names this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "laereplads.people"
    verbose_name = _("Elever, aftaler og organisationer")
