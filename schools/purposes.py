"""What the school's pages that name students are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

STUDENT_OVERVIEW = Purpose(
    "student_overview",
    _("Skolens overblik over elever"),
    shown=_("En liste med blandt andet dit navn, din aftale, din frafaldsrisiko og dit fravær."),
)
STUDENT_SPREADSHEET = Purpose(
    "student_spreadsheet",
    _("Skolens overblik over elever, hentet som regneark"),
    shown=_("En fil med blandt andet dit navn, din aftale, din frafaldsrisiko og dit fravær."),
)
STUDENT_PROFILE = Purpose(
    "student_profile",
    _("Opfølgning på den enkelte elev"),
    shown=_("Din side hos skolen med fødselsdag, uddannelse, aftaler og vurderinger."),
    opens_page=True,
)
STUDENT_ABSENCE = Purpose(
    "student_absence",
    _("Opfølgning på den enkelte elevs fravær"),
    shown=_("Din side hos skolen med dine skoleophold og dit fravær i hvert af dem."),
    opens_page=True,
)
NOTICE_OVERVIEW = Purpose(
    "notice_overview",
    _("Skolens overblik over underretning om fravær"),
    shown=_("En liste med dit navn, dit skoleophold, din virksomhed, og om den er underrettet om dit fravær."),
)
FOLLOWED_STUDENTS = Purpose(
    "followed_students", _("Valg af elever, som en medarbejder vil følge"), shown=_("Dit navn.")
)
TODAY = Purpose(
    "school_front_page",
    _("Skolens forside: elever, der har brug for nogen i dag"),
    shown=_("En liste med blandt andet dit navn, din frafaldsrisiko, din telefon og e-mail og dit arbejdssted."),
)

PURPOSES = [
    TODAY,
    STUDENT_OVERVIEW,
    STUDENT_SPREADSHEET,
    STUDENT_PROFILE,
    STUDENT_ABSENCE,
    NOTICE_OVERVIEW,
    FOLLOWED_STUDENTS,
]
