"""What a student's own file tells of mails: which they want, and whether their address works."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnTable
from laereplads.notifications.models import MailChoice, RefusedAddress

OWN_TABLES = [
    OwnTable(
        "mail_choices",
        "notifications.MailChoice",
        _("Mails, du har slået til eller fra"),
        {"kind": _("Slags"), "is_on": _("Slået til")},
        MailChoice.objects.visible_to,
        nothing=_("Du har ikke slået noget til eller fra."),
        left_out={"membership": "their own access"},
    ),
    OwnTable(
        "refused_address",
        "notifications.RefusedAddress",
        _("E-mailadresse, som mailserveren ikke kender"),
        {"address": _("E-mailadresse"), "refused_at": _("Afvist")},
        RefusedAddress.objects.visible_to,
        nothing=_("Der er ingen."),
        left_out={"user": "themselves"},
    ),
]

NOT_IN_OWN_FILE = {
    "notifications.OutgoingMail": "the student has the mail itself, and it says nothing about them; gone within months",
}
