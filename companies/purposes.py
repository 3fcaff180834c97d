"""What the company's pages that name students are for."""

from django.utils.translation import gettext_lazy as _

from laereplads.access_log.purposes import Purpose

RISK_OVERVIEW = Purpose(
    "risk_overview",
    _("Overblik over frafaldsrisiko"),
    shown=_("En liste med blandt andet dit navn, din aftale og din frafaldsrisiko."),
)
ASSESSMENT = Purpose(
    "assessment",
    _("Registrering af frafaldsrisiko"),
    shown=_("Dit navn og dine vurderinger."),
    opens_page=True,
)
# In the window of another's assessment.
ASSESSMENT_BESIDE = Purpose(
    "assessment_beside",
    _("Registrering af en andens frafaldsrisiko"),
    shown=_("Kun dit navn, fordi du stod før eller efter på listen."),
)
AGREEMENT_OVERVIEW = Purpose(
    "agreement_overview",
    _("Overblik over lærlinge og uddannelsesaftaler"),
    shown=_("En liste med blandt andet dit navn, dit arbejdssted og din aftale."),
)
ABSENCE_OVERVIEW = Purpose(
    "absence_overview",
    _("Overblik over fravær"),
    shown=_("En liste med blandt andet dit navn, dit skoleophold og dit fravær."),
)
ABSENCE = Purpose(
    "absence",
    _("Fravær i skoleopholdene"),
    shown=_("Dit navn, dine skoleophold og dit fravær hver dag."),
    opens_page=True,
)
ABSENCE_SPREADSHEET = Purpose(
    "absence_spreadsheet",
    _("Regneark med fravær"),
    shown=_("En fil med blandt andet dit navn, dit skoleophold og dit fravær."),
)
SCHOOL_PERIOD_OVERVIEW = Purpose(
    "school_period_overview",
    _("Overblik over skoleophold"),
    shown=_("En liste med blandt andet dit navn, dit arbejdssted og dit skoleophold."),
)
SCHOOL_PERIOD_SPREADSHEET = Purpose(
    "school_period_spreadsheet",
    _("Regneark med skoleophold"),
    shown=_("En fil med blandt andet dit navn, dit arbejdssted og dit skoleophold."),
)

PURPOSES = [
    *(RISK_OVERVIEW, ASSESSMENT, ASSESSMENT_BESIDE, AGREEMENT_OVERVIEW),
    *(ABSENCE_OVERVIEW, ABSENCE, ABSENCE_SPREADSHEET, SCHOOL_PERIOD_OVERVIEW, SCHOOL_PERIOD_SPREADSHEET),
]
