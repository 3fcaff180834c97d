"""What a student's own file tells of assessments."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnTable
from risk.models import RiskAssessment

OWN_TABLES = [
    OwnTable(
        "assessments",
        "risk.RiskAssessment",
        _("Vurderinger af frafaldsrisiko"),
        {
            "level": _("Frafaldsrisiko"),
            "is_removal": _("Vurderingen blev fjernet"),
            "recorded_at": _("Registreret"),
            "recorded_by.user.name": _("Medarbejderens navn"),
            "recorded_by.company": _("Virksomhed"),
            "agreement.number": _("Aftalenummer"),
        },
        lambda membership: (
            RiskAssessment.objects.visible_to(membership).with_recorder().select_related("agreement").order_by("-id")
        ),
        nothing=_("Der er ingen vurderinger."),
        left_out={"is_removed": "removed ones are shown to nobody"},
    ),
]
NOT_IN_OWN_FILE = {
    "risk.CurrentRisk": "the newest assessment once more",
    "risk.AgreementListEntry": "the agreement and its newest assessment once more, for the company's lists",
}
