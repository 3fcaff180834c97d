"""What the database derives of periods and days; `derived.sql` says how."""

from laereplads.database.derived_tables import DerivedTable

TABLES = [
    DerivedTable(
        "absence.PeriodListEntry",
        source="absence.SchoolPeriod",
        key="period_id",
        differs="{} skoleophold står forkert i lister over fravær.",
    ),
    DerivedTable(
        "absence.AbsenceStanding",
        source="people.Student",
        key="student_id",
        differs="{} elever har et andet fravær de seneste skoledage, end deres dage siger.",
    ),
]
