"""Seals what a page or an address carries from one request to another; only the portal opens it."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet


@functools.cache
def box(secret: str, purpose: bytes) -> Fernet:
    """A box with a key of its own for each purpose: what was sealed for one opens for no other."""
    return Fernet(base64.urlsafe_b64encode(hmac.digest(secret.encode(), purpose, hashlib.sha256)))
