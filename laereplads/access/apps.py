"""Names this app and its admin site for Django, and registers the check that every view names its permission."""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import register
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    default = True
    name = "laereplads.access"
    verbose_name = _("Adgang")

    def ready(self) -> None:
        from laereplads.access.checks import every_view_names_its_permission  # needs the models

        register(every_view_names_its_permission)
        post_migrate.connect(build_policies, sender=self)


def build_policies(**_details: Any) -> None:
    """Keep row policies, checks of codes, all triggers and derived tables as the migrated tables need them."""
    from laereplads.audit import triggers  # needs all apps
    from laereplads.database import codes, derived_tables, row_level_security

    with transaction.atomic():
        row_level_security.build(connection)
        codes.build(connection)
        triggers.build(connection)
        derived_tables.build()


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "laereplads.access.admin_site.PortalAdminSite"
