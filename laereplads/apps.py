"""Names this app for Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "laereplads"
    label = "laereplads"
