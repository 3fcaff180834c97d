"""The ways to sign in, for the pages that offer them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from laereplads.accounts.sign_in import brokers as known


def brokers(request: HttpRequest) -> dict[str, Any]:
    return {
        "sign_in_ways": SimpleLazyObject(lambda: list(known.brokers().values())),
        "password_for_everybody": settings.PASSWORD_FOR_EVERYBODY,
    }
