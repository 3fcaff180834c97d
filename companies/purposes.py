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
    shown=_("Dit navn og dine vurderinger. Eller kun dit navn, fordi du var den næste på listen."),
    opens_page=True,
)
AGREEMENT_OVERVIEW = Purpose(
    "agreement_overview",
    _("Overblik over lærlinge og uddannelsesaftaler"),
    shown=_("En liste med blandt andet dit navn, dit arbejdssted og din aftale."),
)

PURPOSES = [RISK_OVERVIEW, ASSESSMENT, AGREEMENT_OVERVIEW]
