"""The forms with which one logs in, in the portal's words."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.utils.translation import gettext_lazy as _


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["login"], self.fields["password"]
        email.label = _("E-mailadresse")
        email.error_messages["required"] = _("Skriv din e-mailadresse.")
        email.error_messages["invalid"] = _("Skriv en e-mailadresse som navn@eksempel.dk.")
        password.label = _("Adgangskode")
        password.help_text = ""
        password.error_messages["required"] = _("Skriv din adgangskode.")
        for field in (email, password):
            field.widget.attrs.pop("placeholder", None)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("E-mailadresse")
        email.error_messages["required"] = _("Skriv din e-mailadresse.")
        email.error_messages["invalid"] = _("Skriv en e-mailadresse som navn@eksempel.dk.")
        email.widget.attrs.pop("placeholder", None)
