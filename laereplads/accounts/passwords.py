"""What a password must be. Django's own rules; our words say what to choose instead."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from laereplads.startup import surprises

# Of twelve signs that nobody can foretell about nine surprise; fewer than five only in one of a thousand.
FEWEST_SURPRISES = 5
SEPARATORS = str.maketrans("", "", " -._/,:")


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Adgangskoden er for kort. Skriv mindst %(length)s tegn.") % {"length": self.min_length}


class UserAttributeSimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> Promise:  # type: ignore[override]  # a lazy text, as Django's own
        return _("Adgangskoden ligner dit navn eller din e-mailadresse. Vælg en, som andre ikke kan gætte.")


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> Promise:  # type: ignore[override]  # a lazy text, as Django's own
        return _("Mange bruger den samme adgangskode. Vælg en, som andre ikke kan gætte.")


class PredictablePasswordValidator:
    """Refuses rows of digits, of the alphabet and of the keyboard, either way, and what is the same again and again."""

    def validate(self, password: str, user: object = None) -> None:
        text = password.lower().translate(SEPARATORS)
        # A text stands a second time inside of itself, written twice, if it is a repetition.
        is_repetition = text in (text + text)[1:-1]
        if is_repetition or surprises(text) < FEWEST_SURPRISES:
            raise ValidationError(
                _("Adgangskoden er nem at gætte, for den gentager sig eller følger en række. Skriv hellere flere ord."),
                code="password_is_predictable",
            )


class PortalWordsValidator:
    """Refuses the words that come first to mind here: of them a guesser would build a list."""

    words = ("lærepladsportal", "laerepladsportal", "læreplads", "laereplads", "frafald", "sosu")

    def validate(self, password: str, user: object = None) -> None:
        found = next((word for word in self.words if word in password.casefold()), None)
        if found:
            raise ValidationError(
                _("Adgangskoden må ikke indeholde “%(word)s”. Vælg et andet ord."),
                code="password_holds_a_word_of_the_portal",
                params={"word": found},
            )
