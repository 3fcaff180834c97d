"""How long assessments are kept."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.retention import over_memberships
from laereplads.database.retention import Delete, Follow, Keep, Months, Rule
from laereplads.people.retention import GONE_STUDENTS
from risk.models.due import MONTHS_KEPT

PERIODS = {
    # As proposed in the portal's own terms: long enough to end an agreement properly and to answer for it.
    "assessments": Months(MONTHS_KEPT),
    "assessment_pauses": Months(1),
    "reminders": Months(12),
}

OVER_AGREEMENTS = "select id from people_agreement where last_day < %(assessments)s"
HAS_ASSESSED = f"""exists (
    select from risk_riskassessment assessment
    where assessment.recorded_by_id = membership.id and assessment.agreement_id not in ({OVER_AGREEMENTS})
)"""

GONE_AGREEMENTS = f"select id from people_agreement where student_id in ({GONE_STUDENTS})"
GONE_PAUSES = f"until < %(assessment_pauses)s or agreement_id in ({GONE_AGREEMENTS})"
HAS_PAUSED = f"""exists (
    select from risk_assessmentpause where set_by_id = membership.id and not ({GONE_PAUSES})
)"""
# Whoever deleted it would let the company be reminded again.
IS_STILL_OPEN = """exists (
    select from risk_dueassessment due
    where due.agreement_id = risk_sentreminder.agreement_id and due.due_on = risk_sentreminder.due_on
        and due.assessed_on is null and due.ends_on >= %(today)s
)"""
HAS_AGREED = "exists (select from risk_localagreement where membership.id in (proposed_by_id, accepted_by_id))"

# As long as an assessment is there, the student must be able to see who made it: by whose membership, and by name.
MEMBERSHIPS_NEEDED = [HAS_ASSESSED, HAS_PAUSED, HAS_AGREED]
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
    Rule(
        "risk_localagreement",
        what=_("Lokale aftaler mellem en skole og en virksomhed"),
        does=Keep(),
        why=_("De handler om to organisationer. Medarbejdernes navne følger brugerne."),
    ),
    Rule(
        "risk_dueassessment",
        what=_("Hvornår eleven bør vurderes"),
        does=Follow("people_agreement"),
        why=_("Det følger aftalen og skoleopholdene."),
    ),
    Rule(
        "risk_assessmentpause",
        what=_("At virksomheden ikke vurderer eleven til og med en dag"),
        when=_("{period} efter den dag. Senest sammen med eleven"),
        does=Delete("assessment_pauses", GONE_PAUSES),
        why=_("Den har ingen betydning, når dagen er gået."),
        is_published=True,
    ),
    Rule(
        "risk_sentreminder",
        what=_("At virksomheden er mindet om en vurdering af eleven"),
        when=_("{period} efter påmindelsen. Senest sammen med eleven"),
        does=Delete(
            "reminders", f"(sent_at < %(reminders_at)s and not {IS_STILL_OPEN}) or agreement_id in ({GONE_AGREEMENTS})"
        ),
        why=_("Ingen skal mindes to gange om det samme."),
        is_published=True,
    ),
    Rule(
        "risk_notedassessment",
        what=_("Hvilken vurdering portalen sidst har skrevet til dig om, når du har bedt om det"),
        when=_("{period} efter, at uddannelsesaftalen er slut. Senest sammen med adgangen"),
        does=Delete(
            "assessments",
            lambda: (
                f"agreement_id in ({OVER_AGREEMENTS}) or agreement_id in ({GONE_AGREEMENTS})"
                f" or membership_id in ({over_memberships()})"
                " or membership_id in (select id from access_membership where ends_on < %(access)s)"
            ),
        ),
        why=_("Så længe kan der komme en ny vurdering. Ingen skal have besked to gange om den samme."),
        is_published=True,
    ),
]
