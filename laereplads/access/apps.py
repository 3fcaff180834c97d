"""Names this app and its admin site for Django, and registers the check that every view names its permission."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    default = True
    name = "laereplads.access"
    verbose_name = _("Adgang")

    def ready(self) -> None:
        from laereplads.access.checks import every_view_names_its_permission  # needs the models

        register(every_view_names_its_permission)


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "laereplads.access.admin_site.PortalAdminSite"
