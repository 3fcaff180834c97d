"""What a password must be. Django's own rules; our words say what to choose instead."""

from django.contrib.auth import password_validation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Adgangskoden er for kort. Skriv mindst %(length)s tegn.") % {"length": self.min_length}


class UserAttributeSimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> Promise:  # type: ignore[override]  # a lazy text, as Django's own
        return _("Adgangskoden ligner dit navn eller din e-mailadresse. Vælg en, som andre ikke kan gætte.")


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> Promise:  # type: ignore[override]  # a lazy text, as Django's own
        return _("Mange bruger den samme adgangskode. Vælg en, som andre ikke kan gætte.")
