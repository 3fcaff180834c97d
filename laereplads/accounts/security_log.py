"""A log line for whoever comes in, is turned away or gets a new password: numbers, never a name or an address.

The number of the request ties each line to events, the access log and the answer. `docs/trust.md` lists the lines.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

if TYPE_CHECKING:
    from laereplads.accounts.models import User

logger = logging.getLogger("laereplads.security")


@receiver(user_logged_in)
def logged_in(sender: object, user: User, **signal: Any) -> None:
    logger.info("logged in: user %d", user.pk)


@receiver(user_logged_out)
def logged_out(sender: object, user: User | None, **signal: Any) -> None:
    if user:
        logger.info("logged out: user %d", user.pk)


@receiver(user_login_failed)
def login_failed(sender: object, **signal: Any) -> None:
    logger.warning("login failed")


def login_held_back() -> None:
    logger.warning("login held back: too many tries")


@receiver(authentication_failed)
def second_step_failed(sender: object, user: User, **signal: Any) -> None:
    """A wrong code, at the login or when they confirm who they are."""
    logger.warning("second step failed: user %d", user.pk)


def second_step_held_back(user: User) -> None:
    logger.warning("second step held back: too many tries, user %d", user.pk)


@receiver(password_changed)
def password_was_changed(sender: object, user: User, **signal: Any) -> None:
    logger.info("password changed: user %d", user.pk)


@receiver(password_reset)
def password_was_reset(sender: object, user: User, **signal: Any) -> None:
    logger.info("password set by link: user %d", user.pk)


def sessions_ended(user: User) -> None:
    logger.info("sessions ended: user %d", user.pk)


def sign_in_refused(reason: str) -> None:
    """`reason` is a word of ours; what a broker sends is never written."""
    logger.warning("sign-in refused: %s", reason)


def address_changed(user: User) -> None:
    logger.info("address changed: user %d", user.pk)


def mail_failed(user: User) -> None:
    logger.warning("mail about a change not sent: user %d", user.pk)
