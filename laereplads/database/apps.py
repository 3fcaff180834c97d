"""Names this app for Django."""

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "laereplads.database"
    label = "database"
    verbose_name = "Database"
