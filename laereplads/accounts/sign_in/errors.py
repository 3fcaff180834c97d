"""How a sign-in ends without one. `reason` is a word for the log; it never holds what a broker or a browser sent."""

from __future__ import annotations


class SignInError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(SignInError):
    """Something does not hold: 403."""


class Cancelled(SignInError):
    """The person said no at the broker."""


class BrokerAway(SignInError):
    """The broker does not answer, or answers what is no answer: 503."""
