"""What administrators do about a user's login: a link to choose a password with, an end to a lost second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest

    from laereplads.accounts.models import User


def password_path(user: User) -> str:
    """The path at which `user` chooses a password; worth nothing once she has."""
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), token])


def send_invitation(user: User, request: HttpRequest) -> None:
    """Mail the link to `user`. Raises OSError when the mail server does not take it."""
    context = {
        "user": user,
        "portal_name": settings.PORTAL_NAME,
        "password_url": request.build_absolute_uri(password_path(user)),
    }
    get_adapter(request).send_mail("account/email/invitation", user.email, context)


def remove_second_factor(user: User) -> bool:
    """Let `user` log in with her password alone; all her sessions end. Whether there was anything to remove."""
    count, _by_table = Authenticator.objects.filter(user_id=user.pk).delete()
    return bool(count)
