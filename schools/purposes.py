"""What the school's pages that name students are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

STUDENT_OVERVIEW = Purpose(
    "student_overview",
    _("Skolens overblik over elever"),
    shown=_("En liste med blandt andet dit navn, din aftale og din frafaldsrisiko."),
)
STUDENT_SPREADSHEET = Purpose(
    "student_spreadsheet",
    _("Skolens overblik over elever, hentet som regneark"),
    shown=_("En fil med blandt andet dit navn, din aftale og din frafaldsrisiko."),
)
STUDENT_PROFILE = Purpose(
    "student_profile",
    _("Opfølgning på den enkelte elev"),
    shown=_("Din side hos skolen med fødselsdag, uddannelse, aftaler og vurderinger."),
    opens_page=True,
)
FOLLOWED_STUDENTS = Purpose(
    "followed_students", _("Valg af elever, som en medarbejder vil følge"), shown=_("Dit navn.")
)

PURPOSES = [STUDENT_OVERVIEW, STUDENT_SPREADSHEET, STUDENT_PROFILE, FOLLOWED_STUDENTS]
