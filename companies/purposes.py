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

PURPOSES = [RISK_OVERVIEW, ASSESSMENT, ASSESSMENT_BESIDE, AGREEMENT_OVERVIEW]
