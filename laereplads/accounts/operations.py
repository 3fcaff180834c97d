"""What is done about a user's login: links and mails, an end to a lost second factor, an end to sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laereplads.accounts.models import Session
from laereplads.accounts.security_log import mail_failed, sessions_ended

if TYPE_CHECKING:
    from django.http import HttpRequest

    from laereplads.accounts.models import User

# What has happened, by allauth's names and ours → the mail that tells of it, and its words.
CHANGES = {
    "password_changed": ("password_changed", _("Du har skiftet adgangskoden.")),
    "password_reset": ("password_changed", _("Du har valgt adgangskoden med et link, som du har fået i en mail.")),
    "totp_activated": ("second_factor_changed", _("Du har tilføjet en app.")),
    "totp_deactivated": ("second_factor_changed", _("Du har fjernet appen.")),
    "webauthn_added": ("second_factor_changed", _("Du har tilføjet en sikkerhedsnøgle.")),
    "webauthn_removed": ("second_factor_changed", _("Du har fjernet en sikkerhedsnøgle.")),
    "recovery_codes_generated": ("second_factor_changed", _("Du har fået nye nødkoder.")),
    "removed_by_administrator": ("second_factor_changed", _("En administrator har fjernet det.")),
}


def password_path(user: User) -> str:
    """The path at which `user` chooses a password; worth nothing once they have."""
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), token])


def send_mail(user: User, name: str, context: dict[str, Any], *, to: str | None = None) -> None:
    """Send `user` the mail of that name, at their address or at `to`. Raises OSError when the server refuses it."""
    get_adapter().send_mail(f"account/email/{name}", to or user.email, {"user": user, **context})


def try_to_send_mail(user: User, name: str, context: dict[str, Any], *, to: str | None = None) -> None:
    """As `send_mail`, for news of what is done already: a mail that cannot be sent undoes nothing."""
    try:
        send_mail(user, name, context, to=to)
    except OSError:
        mail_failed(user)


def send_invitation(user: User, request: HttpRequest) -> None:
    """Mail the link to `user`. Raises OSError when the mail server does not take it."""
    send_mail(user, "invitation", {"password_url": request.build_absolute_uri(password_path(user))})


def tell_of_change(user: User, change: str) -> None:
    """Mail `user` that what they log in with is another."""
    template, what = CHANGES[change]
    try_to_send_mail(user, template, {"what": what, "at": timezone.localtime()})


def remove_second_factor(user: User) -> bool:
    """Let `user` log in with their password alone; all their sessions end. Whether there was anything to remove."""
    count, _by_table = Authenticator.objects.filter(user_id=user.pk).delete()
    if count:
        tell_of_change(user, "removed_by_administrator")
    return bool(count)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Log `user` out everywhere, or everywhere but in the session whose key has this hash; how many sessions ended."""
    count, _by_table = Session.objects.filter(user=user).exclude(session_key=but).delete()
    sessions_ended(user)
    return count
