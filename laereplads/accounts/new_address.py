"""A user's new e-mail address: an administrator asks for it, and whoever has the old one says yes.

An administrator who could change it alone would get the link to the next password, and read as that user.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from laereplads.accounts.models import User
from laereplads.accounts.operations import send_mail, try_to_send_mail
from laereplads.accounts.sealing import box
from laereplads.accounts.security_log import address_changed

if TYPE_CHECKING:
    from django.http import HttpRequest

PURPOSE = b"laereplads.accounts.new_address"
URL_NAME = "account_new_address"


class NewAddress(NamedTuple):
    """What was asked for: for whom, and from which address to which."""

    user: User
    before: str
    after: str


def ask_for_new_address(user: User, address: str, request: HttpRequest) -> None:
    """Mail the user's present address a link that says yes. Raises OSError when the mail server does not take it."""
    secret = box(settings.SECRET_KEY, PURPOSE).encrypt(json.dumps([user.pk, user.email, address]).encode()).decode()
    context = {"new_address": address, "url": request.build_absolute_uri(reverse(URL_NAME, args=[secret]))}
    send_mail(user, "new_address_asked", context)


def known_by(user: User) -> int | None:
    """A membership by which the record knows the user; the layer above knows what it is."""
    memberships = User.objects.filter(pk=user.pk).order_by("memberships").values_list("memberships", flat=True)
    return memberships.first()


@sensitive_variables()
def what_was_asked(secret: str) -> NewAddress | None:
    """None when it is no such link, or is older than such links may be, or the address has changed since."""
    try:
        text = box(settings.SECRET_KEY, PURPOSE).decrypt(secret.encode(), ttl=settings.PASSWORD_RESET_TIMEOUT)
    except InvalidToken:
        return None
    number, before, after = json.loads(text)
    user = User.objects.filter(pk=number, email=before, is_active=True).first()
    return NewAddress(user, before, after) if user else None


def change_address(asked: NewAddress) -> bool:
    """Let the user log in with the new address; the database ends their sessions, and both addresses are told.

    False when somebody else has got it meanwhile.
    """
    asked.user.email = asked.after
    try:
        with transaction.atomic():
            asked.user.save(update_fields=["email"])
    except IntegrityError:
        return False
    address_changed(asked.user)
    context = {"before": asked.before, "after": asked.after, "at": timezone.localtime()}
    for address in (asked.before, asked.after):
        try_to_send_mail(asked.user, "new_address_taken", context, to=address)
    return True
