"""What the administration's pages of users and memberships are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

USER_MAINTENANCE = Purpose(
    "user_maintenance",
    _("Vedligeholdelse af brugere og deres adgang"),
    shown=_("Dit navn, din e-mailadresse og din adgang. Ikke din frafaldsrisiko."),
    opens_page=True,
)

PURPOSES = [USER_MAINTENANCE]
