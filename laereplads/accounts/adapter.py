"""What allauth asks the portal."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by the administrator, never by themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mailadressen eller adgangskoden er forkert. Prøv igen."),
        "invalid_login": _("E-mailadressen eller adgangskoden er forkert. Prøv igen."),
        "too_many_login_attempts": _("Du har prøvet for mange gange. Vent fem minutter, og prøv igen."),
        "rate_limited": _("Du har prøvet for mange gange. Vent lidt, og prøv igen."),
        "enter_current_password": _("Skriv din nuværende adgangskode."),
        "unverified_primary_email": _("Din e-mailadresse er ikke bekræftet."),
        "unknown_email": _("E-mailadressen er ikke knyttet til en bruger."),
        "incorrect_password": _("Adgangskoden er forkert. Prøv igen."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Says only that the password was changed: that one is logged in or out shows in the header."""
        template = kwargs.get("message_template") or (args[0] if args else "")
        if template == "account/messages/password_changed.txt":
            super().add_message(request, level, *args, **kwargs)
