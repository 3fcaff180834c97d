"""What the pages about users that name students are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

STUDENT_CODES = Purpose(
    "student_codes",
    _("Koder, som elever får adgang til portalen med"),
    shown=_("Dit navn, din uddannelse, og om du har adgang. Ikke din frafaldsrisiko."),
)

PURPOSES = [STUDENT_CODES]
