"""What the pages that preview a file are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

ROSTER_IMPORT = Purpose(
    "roster_import",
    _("Indlæsning af elever fra skolens fil"),
    shown=_("Dit navn og dit elevnummer. Ikke din frafaldsrisiko."),
)

PURPOSES = [ROSTER_IMPORT]
