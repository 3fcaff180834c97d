"""How long assessments are kept."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Follow, Months, Rule

PERIODS = {
    # As proposed in the portal's own terms: long enough to end an agreement properly and to answer for it.
    "assessments": Months(6),
}

OVER_AGREEMENTS = "select id from people_agreement where last_day < %(assessments)s"
HAS_ASSESSED = f"""exists (
    select from risk_riskassessment assessment
    where assessment.recorded_by_id = membership.id and assessment.agreement_id not in ({OVER_AGREEMENTS})
)"""

# As long as an assessment is there, the student must be able to see who made it: by whose membership, and by name.
MEMBERSHIPS_NEEDED = [HAS_ASSESSED]
NAMES_NEEDED = [HAS_ASSESSED]
# What the change log tells of them goes with them.
EVENTS_TO_ERASE = [
    f"""(
    object_type = 'risk.riskassessment' and not exists (
        select from risk_riskassessment assessment
        where assessment.id = audit_event.object_id and assessment.agreement_id not in ({OVER_AGREEMENTS})
    )
)"""
]

RULES = [
    Rule(
        "risk_agreementlistentry",
        what=_("Elevens navn, aftaler og aktuelle frafaldsrisiko, som de står i virksomhedens lister"),
        does=Follow("people_agreement"),
        why=_("De følger aftalen, risikoen den seneste vurdering. Virksomheden ser dem kun, så længe den ser aftalen."),
    ),
    Rule(
        "risk_currentrisk",
        what=_("Elevens aktuelle frafaldsrisiko"),
        does=Follow("risk_riskassessment"),
        why=_("Den er den seneste vurdering."),
    ),
    Rule(
        "risk_riskassessment",
        what=_("Alle vurderinger af elevens frafaldsrisiko"),
        when=_("{period} efter, at uddannelsesaftalen er slut"),
        does=Delete("assessments", f"agreement_id in ({OVER_AGREEMENTS})"),
        why=_("De skal hjælpe, mens eleven er i oplæring. Bagefter er der tid til at gøre sagen færdig."),
        is_published=True,
    ),
]
