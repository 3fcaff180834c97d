"""What the administration's pages of students and agreements are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

STUDENT_MAINTENANCE = Purpose(
    "student_maintenance",
    _("Vedligeholdelse af elevers oplysninger"),
    shown=_("Dit navn og din uddannelse. Ikke din frafaldsrisiko."),
    opens_page=True,
)
AGREEMENT_MAINTENANCE = Purpose(
    "agreement_maintenance",
    _("Vedligeholdelse af uddannelsesaftaler"),
    shown=_("Dit navn og din aftale. Ikke din frafaldsrisiko."),
    opens_page=True,
)

PURPOSES = [STUDENT_MAINTENANCE, AGREEMENT_MAINTENANCE]
