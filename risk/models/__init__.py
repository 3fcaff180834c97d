"""One module for each thing; import the models from here."""

from risk.models.agreement_lists import (
    BY_STUDENT,
    KEYS,
    MONTHS_THAT_ARE_SOON,
    NEVER,
    NOT_DUE,
    AgreementListEntry,
    AgreementListEntryQuerySet,
    DueTab,
    Order,
    in_tab,
)
from risk.models.assessments import (
    NOT_REGISTERED,
    TONES,
    CurrentRisk,
    Level,
    NotedAssessment,
    RiskAssessment,
    RiskAssessmentQuerySet,
    tone_of,
)
from risk.models.days import months_after
from risk.models.due import (
    LONGEST_PAUSE,
    AssessmentPause,
    DueAssessment,
    DueAssessmentQuerySet,
    DueState,
    SentReminder,
)
from risk.models.local_agreements import LocalAgreement, LocalAgreementQuerySet, LocalAgreementState

__all__ = [
    "BY_STUDENT",
    "KEYS",
    "LONGEST_PAUSE",
    "MONTHS_THAT_ARE_SOON",
    "NEVER",
    "NOT_DUE",
    "NOT_REGISTERED",
    "TONES",
    "AgreementListEntry",
    "AgreementListEntryQuerySet",
    "AssessmentPause",
    "CurrentRisk",
    "DueAssessment",
    "DueAssessmentQuerySet",
    "DueState",
    "DueTab",
    "Level",
    "LocalAgreement",
    "LocalAgreementQuerySet",
    "LocalAgreementState",
    "NotedAssessment",
    "Order",
    "RiskAssessment",
    "RiskAssessmentQuerySet",
    "SentReminder",
    "in_tab",
    "months_after",
    "tone_of",
]
