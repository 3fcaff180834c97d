"""Refuses to be installed where real people are served."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class DemoConfig(AppConfig):
    name = "laereplads.demo"

    def ready(self) -> None:
        if not settings.DEMO:
            message = "laereplads.demo lader enhver logge ind som enhver. Fjern den fra INSTALLED_APPS."
            raise ImproperlyConfigured(message)
