"""What the pages that preview a file are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

ROSTER_IMPORT = Purpose(
    "roster_import",
    _("Indlæsning af elever fra skolens fil"),
    shown=_("Dit navn og dit elevnummer. Ikke din frafaldsrisiko."),
)

# Of every file that a school reads in itself.
SCHOOL_IMPORT = Purpose(
    "school_import",
    _("Indlæsning af en fil, som din skole har sendt"),
    shown=_("Dit navn eller elevnummer og det, som filen ændrer."),
)

PURPOSES = [ROSTER_IMPORT, SCHOOL_IMPORT]
