"""The second step of logging in: an app's code or a security key, and what is kept of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from laereplads.accounts.sessions import IDENTITY_KEY
from laereplads.database.identity import in_the_name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from laereplads.accounts.models import User

    type View = Callable[..., HttpResponseBase]


@functools.cache
def box(keys: tuple[str, ...]) -> MultiFernet:
    """Seals with the first key, opens with any."""
    return MultiFernet([Fernet(key) for key in keys])


class SecondFactorAdapter(DefaultMFAAdapter):
    """The portal's words and names, and a seal on every secret that is kept."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Koden er forkert. Prøv igen med en ny kode."),
        "cannot_generate_recovery_codes": _("Vælg først en app eller en sikkerhedsnøgle."),
        "cannot_delete_authenticator": _("Den kan ikke fjernes."),
    }

    def encrypt(self, text: str) -> str:
        return box(tuple(settings.SECOND_FACTOR_KEYS)).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box(tuple(settings.SECOND_FACTOR_KEYS)).decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Sikkerhedsnøgle %(number)d") % {"number": number}

    def _get_site_name(self) -> str:
        return str(settings.PORTAL_NAME)


def factors_of(user: User) -> set[tuple[int, str]]:
    """What the user can show as the second step, recovery codes included."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("pk", "type"))


def can_confirm(factors: set[tuple[int, str]]) -> bool:
    """Whether one of them is more than a list of recovery codes."""
    return any(kind != Authenticator.Type.RECOVERY_CODES for _pk, kind in factors)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor; asks no table. A broker asks for one itself: level Betydelig."""
    if IDENTITY_KEY in request.session:
        return True
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(record.get("method") == "mfa" for record in records)


def membership_of(request: HttpRequest) -> int | None:
    """The membership by which the record knows the user; any will do where they have chosen none yet."""
    own = [request.membership, *request.memberships]  # type: ignore[attr-defined]  # set by the layer above
    return next((membership.pk for membership in own if membership), None)


def changes_factors(view: View) -> View:
    """After a change of factors only this session goes on: the database has ended all, and it gets a new key.

    Who has just chosen a first factor has shown it by that; who has none left has shown nothing. The record names
    them as the one who did it.
    """

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: User = request.user  # type: ignore[assignment]  # logged in
        before = factors_of(user)
        with in_the_name_of(membership_of(request)):
            response = view(request, *args, **kwargs)
        after = factors_of(user)
        if before != after:
            if not can_confirm(before):
                record_authentication(request, user, "mfa")
            if not can_confirm(after):
                records = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
                kept = [record for record in records if record["method"] != "mfa"]
                request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept
            request.session.cycle_key()
        return response

    return answer
