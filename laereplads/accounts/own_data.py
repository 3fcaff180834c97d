"""What a student's own file tells of their account."""

from django.utils.translation import gettext_lazy as _

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
        left_out={"password": "a hash, which nobody can read and somebody could attack"},
    ),
]
NOT_IN_OWN_FILE = {
    "accounts.Session": "who is logged in, for hours; the account tells of the last login",
    "mfa.Authenticator": "secrets of the login; its own page tells which second steps there are",
    "account.EmailAddress": "the account's address once more",
    "account.EmailConfirmation": "the portal sends none",
    "admin.LogEntry": "the portal writes none",
}
