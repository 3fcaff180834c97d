"""How an applicant's data are sealed, and how an applicant is recognised without being read."""

import functools
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.views.decorators.debug import sensitive_variables


@functools.cache
def box(keys: tuple[str, ...]) -> MultiFernet:
    """Seals with the first key, opens with any."""
    return MultiFernet([Fernet(key) for key in keys])


def current_box() -> MultiFernet:
    return box(tuple(settings.APPLICANT_KEYS))


@sensitive_variables()
def seal(data: dict[str, str]) -> bytes:
    return current_box().encrypt(json.dumps(data).encode())


@sensitive_variables()
def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """Raises cryptography.fernet.InvalidToken if none of the keys fits."""
    data: dict[str, str] = json.loads(current_box().decrypt(bytes(sealed)))
    return data


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same data under the newest key."""
    return current_box().rotate(bytes(sealed))


@sensitive_variables()
def keyed_hash(*parts: object) -> bytes:
    """32 bytes that are equal for equal parts; without the key nobody can try out which they were."""
    message = json.dumps([str(part) for part in parts]).encode()
    return hmac.digest(settings.APPLICANT_FINGERPRINT_KEY.encode(), message, hashlib.sha256)


def keys_are_usable(**_options: Any) -> list[CheckMessage]:
    """Refuse to start with a key that would only fail when the first rejection is saved."""
    hint = "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
    try:
        current_box()
    except ValueError:
        return [Error("APPLICANT_KEYS must be Fernet keys, separated by commas.", hint=hint, id="rejections.E001")]
    return []
