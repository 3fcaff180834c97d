"""What allauth asks the portal."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from laereplads.accounts import limits
from laereplads.accounts.models import User
from laereplads.accounts.operations import tell_of_change
from laereplads.accounts.security_log import login_held_back
from laereplads.database.locks import lock


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by the administrator, never by themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mailadressen eller adgangskoden er forkert. Prøv igen."),
        "invalid_login": _("E-mailadressen eller adgangskoden er forkert. Prøv igen."),
        "too_many_login_attempts": _("Du har prøvet for mange gange. Vent fem minutter, og prøv igen."),
        "rate_limited": _("Du har prøvet for mange gange. Vent lidt, og prøv igen."),
        "enter_current_password": _("Adgangskoden er forkert. Skriv den, du bruger nu."),
        "unverified_primary_email": _("Din e-mailadresse er ikke bekræftet."),
        "unknown_email": _("E-mailadressen er ikke knyttet til en bruger."),
        "incorrect_password": _("Adgangskoden er forkert. Prøv igen."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: every answer is a page."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """One attempt at an account at a time, whichever worker has it: those at once would not count each other."""
        email = str(credentials.get("email", "")).lower()
        lock("login", email)
        try:
            super().pre_authenticate(request, **credentials)
            if not limits.knows(request, email):
                self.count_by_address(request)
        except ValidationError:
            login_held_back()
            raise

    def count_by_address(self, request: HttpRequest) -> None:
        """Count a try of somebody whom the browser does not know; the right password takes it back, as allauth's."""
        usage = limits.take(request, "wrong")
        if usage is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage.extend(usage.usage)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """A budget for each address, and one for each browser that it has logged in with."""
        key = str(super()._get_login_attempts_cache_key(request, **credentials))
        return f"{key} {limits.knows(request, str(credentials.get('email', '')))}".strip()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail says whose it is, and how one can tell."""
        super().send_mail(
            template_prefix, email, {**context, "portal": settings.PORTAL_TEXTS, "portal_address": own_address()}
        )

    def is_safe_url(self, url: str | None) -> bool:
        """Whether `next` stays on the site; what is no address at all does not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def set_password(self, user: User, password: str) -> None:
        """Change the password and no other column: the database lets the login do nothing more."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Tell the user what was changed, in the portal's words: allauth names what has happened as it names mails."""
        tell_of_change(user, template_prefix.rpartition("/")[2])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("front_page")

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Says only that the password was changed: that one is logged in or out shows in the header.

        Whoever has chosen one by a link is told so by the page that follows.
        """
        template = kwargs.get("message_template") or (args[0] if args else "")
        if template == "account/messages/password_changed.txt" and request.user.is_authenticated:
            super().add_message(request, level, *args, **kwargs)


def own_address() -> str:
    """Where the portal is, as one would type it: a mail's reader compares it with the links."""
    request = allauth_context.request
    return request.get_host() if request else str(settings.ALLOWED_HOSTS[0])
