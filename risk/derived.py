"""What the database derives of assessments and agreements; `derived.sql` says how."""

from laereplads.database.derived_tables import DerivedTable

TABLES = [
    DerivedTable(
        "risk.CurrentRisk",
        source="people.Agreement",
        key="agreement_id",
        differs="{} aftaler har en anden aktuel frafaldsrisiko, end deres historik siger.",
    ),
    DerivedTable(
        "risk.AgreementListEntry",
        source="people.Agreement",
        key="agreement_id",
        differs="{} aftaler står forkert i virksomhedernes lister.",
    ),
    DerivedTable(
        "risk.DueAssessment",
        source="people.Agreement",
        key="agreement_id",
        differs="{} aftaler har andre foreslåede vurderinger, end deres perioder siger.",
    ),
]
