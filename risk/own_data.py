"""What a student's own file tells of assessments."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.own_data import OwnTable
from risk.models import AssessmentPause, DueAssessment, RiskAssessment

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
    OwnTable(
        "due_assessments",
        "risk.DueAssessment",
        _("Hvornår du er foreslået vurderet"),
        {
            "agreement.number": _("Aftalenummer"),
            "number": _("Oplæring nr."),
            "starts_on": _("Fra"),
            "ends_on": _("Til og med"),
            "due_on": _("Foreslået eller aftalt dag"),
            "grace_until": _("Kan vente til og med"),
            "is_agreed": _("Aftalt mellem skole og arbejdsplads"),
            "periods_are_known": _("Skoleopholdene er kendt"),
            "assessed_on": _("Vurderet"),
            "paused_until": _("Ikke relevant til og med"),
        },
        lambda membership: (
            DueAssessment.objects.visible_to(membership)
            .select_related("agreement")
            .order_by("agreement_id", "number", "part")
        ),
        nothing=_("Der er ingen foreslåede vurderinger."),
        absent={"assessed_on": _("Nej"), "paused_until": _("Nej")},
        left_out={
            **dict.fromkeys(
                ("student", "company", "workplace", "school", "agreement_last_day", "signed_off_on"),
                "stands with the agreement and the student",
            ),
            "part": "the order, which the days tell",
            "local_agreement": "what two organisations agreed; whether they did is told",
        },
    ),
    OwnTable(
        "assessment_pauses",
        "risk.AssessmentPause",
        _("Pauser i vurderinger"),
        {
            "agreement.number": _("Aftalenummer"),
            "set_on": _("Valgt den"),
            "until": _("Ikke relevant til og med"),
        },
        lambda membership: (
            AssessmentPause.objects.visible_to(membership).select_related("agreement").order_by("agreement_id")
        ),
        nothing=_("Der er ingen pauser."),
        left_out={"set_by": "the company chose it; which of its employees is in the change log"},
    ),
]
NOT_IN_OWN_FILE = {
    "risk.CurrentRisk": "the newest assessment once more",
    "risk.AgreementListEntry": "the agreement and its newest assessment once more, for the company's lists",
    "risk.LocalAgreement": "between two organisations; the student's pages say what of it concerns them",
    "risk.SentReminder": "that the company was sent a mail that names nobody",
    "risk.NotedAssessment": "up to which assessment the student was sent mails; the assessments are there themselves",
}
