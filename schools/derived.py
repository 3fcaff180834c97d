"""What the database derives of students, their agreements and current risks; `derived.sql` says how."""

from laereplads.database.derived_tables import DerivedTable

TABLES = [
    DerivedTable(
        "schools.StudentListEntry",
        source="people.Student",
        key="student_id",
        differs="{} elever står forkert i elevoversigten.",
        # Entries that have ended go at night, and come again where the student is saved.
        matters="ends_on >= %(today)s",
    ),
]
