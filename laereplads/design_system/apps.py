"""Names this app for Django."""

from django.apps import AppConfig


class DesignSystemConfig(AppConfig):
    name = "laereplads.design_system"
