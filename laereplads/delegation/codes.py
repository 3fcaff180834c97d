"""The secret of an invitation: read from a letter and typed, or followed as a link; kept as its hash only."""

from __future__ import annotations

import hashlib
import secrets

# Without A, E, I, O and U, of which chance makes words, and without what looks alike in print.
ALPHABET = "BCDFGHJKMNPQRTVWXY346789"
GROUP = 4
# 24 ** 12 is 55 bits: who guesses one a second needs a billion years, and the portal lets nobody guess that often.
TYPED_LENGTH = 12
# Of a link, which nobody types: 110 bits.
LINKED_LENGTH = 24


def new_code(length: int) -> str:
    """A code drawn by chance, in groups of four: "BCDF-GHJK-MNPQ"."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(letters[start : start + GROUP] for start in range(0, length, GROUP))


def hashed(code: str) -> str:
    """What is kept of a code, however it is typed: small letters and other marks between the groups are the same."""
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
