"""The forms with which one logs in and looks after one's password, in the portal's words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from laereplads.accounts.models import User
from laereplads.accounts.operations import password_path
from laereplads.accounts.security_log import second_step_held_back
from laereplads.database.locks import lock

EMAIL = (_("E-mailadresse"), _("Skriv din e-mailadresse."))
PASSWORD = (_("Adgangskode"), _("Skriv din adgangskode."))
OLD_PASSWORD = (_("Nuværende adgangskode"), _("Skriv din nuværende adgangskode."))
CODE = (_("Kode"), _("Skriv koden."))
NEW_PASSWORD = (_("Ny adgangskode"), _("Skriv en ny adgangskode."))
NEW_PASSWORD_AGAIN = (_("Gentag den nye adgangskode"), _("Skriv den nye adgangskode igen."))


class PortalForm(forms.Form):
    """One of allauth's forms with our labels, and messages that say what to do."""

    # Field → its label, and what to do when it is empty.
    words: dict[str, tuple[StrPromise, StrPromise]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, required) in self.words.items():
            field = self.fields[name]
            field.label = label
            field.help_text = ""
            field.error_messages["required"] = required
            field.error_messages["invalid"] = _("Skriv en e-mailadresse som navn@eksempel.dk.")
            field.widget.attrs.pop("placeholder", None)
        if self.words.get("password1"):
            self.fields["password1"].help_text = _("Mindst %(length)s tegn. Skriv gerne flere ord efter hinanden.") % {
                "length": settings.PASSWORD_LENGTH
            }


class LoginForm(PortalForm, allauth_forms.LoginForm):
    words = {"login": EMAIL, "password": PASSWORD}


class ResetPasswordForm(PortalForm, allauth_forms.ResetPasswordForm):
    words = {"email": EMAIL}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send one mail to any address, with as much work: the time of the answer tells nothing either."""
        email: str = self.cleaned_data["email"]
        user: User | None = next((known for known in self.users if known.may_use_password), None)
        link = request.build_absolute_uri(password_path(user or User(pk=0)))
        name = "password_reset_key" if user else "unknown_account"
        get_adapter(request).send_mail(f"account/email/{name}", email, {"password_reset_url": link})
        return email


class ResetPasswordKeyForm(PortalForm, allauth_forms.ResetPasswordKeyForm):
    words = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}


class ChangePasswordForm(PortalForm, allauth_forms.ChangePasswordForm):
    words = {"oldpassword": OLD_PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}


class ConfirmByPasswordForm(PortalForm, allauth_forms.ReauthenticateForm):
    words = {"password": PASSWORD}


class OneCodeAtATime(PortalForm):
    """Codes that are tried at once would not count each other."""

    words = {"code": CODE}
    user: User

    def clean_code(self) -> str:
        lock("second step", self.user.pk)
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of allauth's form, which comes after this one
        except ValidationError as refusal:
            if refusal.code == "too_many_login_attempts":
                second_step_held_back(self.user)
            raise
        return code


class CodeForm(OneCodeAtATime, mfa_forms.AuthenticateForm):
    pass


class ConfirmByCodeForm(OneCodeAtATime, mfa_forms.ReauthenticateForm):
    pass


class ActivateAppForm(PortalForm, totp_forms.ActivateTOTPForm):
    words = {"code": CODE}


class AddKeyForm(PortalForm, webauthn_forms.AddWebAuthnForm):
    words = {"name": (_("Hvad vil du kalde nøglen?"), _("Giv nøglen et navn."))}
