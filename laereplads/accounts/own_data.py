"""What a student's own file tells of their account."""

from django.utils.translation import gettext_lazy as _

from laereplads.accounts.models import Identity
from laereplads.database.own_data import OwnTable

OWN_TABLES = [
    OwnTable(
        "account",
        "accounts.User",
        _("Din bruger"),
        {
            "name": _("Navn"),
            "email": _("E-mailadresse"),
            "is_active": _("Brugeren er aktiv"),
            "created_at": _("Oprettet"),
            "last_login": _("Sidst logget ind"),
            "public_id": _("Brugerens portal-id"),
        },
        lambda membership: [membership.user],
        left_out={
            "password": "a hash, which nobody can read and somebody could attack",
            "is_break_glass": "no student has it",
        },
    ),
    OwnTable(
        "identities",
        "accounts.Identity",
        _("Sådan logger du ind"),
        {
            "scheme": _("Log ind med"),
            "issuer": _("Udsteder"),
            "subject": _("Dit kendetegn hos udstederen"),
            "tied_at": _("Knyttet til dig"),
            "last_signed_in_at": _("Sidst brugt"),
            "ended_at": _("Afsluttet"),
            "public_id": _("Logins portal-id"),
        },
        lambda membership: Identity.objects.filter(user=membership.user_id).order_by("tied_at", "id"),
        nothing=_("Du har ikke logget ind med MitID eller Unilogin endnu."),
        left_out={
            "user": "themselves",
            **dict.fromkeys(("cvr", "p_number", "professional_id"), "of an employer's login only"),
        },
    ),
]
NOT_IN_OWN_FILE = {
    "accounts.Session": "who is logged in, for hours; the account tells of the last login",
    "mfa.Authenticator": "secrets of the login; its own page tells which second steps there are",
    "account.EmailAddress": "the account's address once more",
    "account.EmailConfirmation": "the portal sends none",
    "admin.LogEntry": "the portal writes none",
}
