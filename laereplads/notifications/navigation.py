"""The way to Mine beskeder, for everybody who can choose."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import CHOOSE_MAILS, PERMISSIONS
from laereplads.web.navigation import Link, Navigation

OWN_MAILS = Link(_("Mine beskeder"), "mail_settings")

NAVIGATION = [
    Navigation(role, own=(OWN_MAILS,)) for role, permissions in PERMISSIONS.items() if CHOOSE_MAILS in permissions
]
