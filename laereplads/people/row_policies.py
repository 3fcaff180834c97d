"""Which party may reach which people and agreements; organisations' names are no secret."""

from laereplads.database.row_level_security import (
    ALL_ROWS,
    AT_OWN_WORKPLACE,
    COMPANY,
    SCHOOL,
    STUDENT,
    TODAY,
    WEB,
    Table,
    may,
)
from laereplads.people.models.agreements import DAYS_IN_VIEW_AFTER_THE_END

# Asked of each row that is looked at, by an index: a school has many students, and no list goes through them.
OF_OWN_STUDENTS = "exists (select from people_student where id = people_agreement.student_id)"
OF_OWN_AGREEMENTS = "exists (select from people_agreement where id = people_agreementtakeover.agreement_id)"
PARTIES = ("company_staff", "school_staff", "student")
# Also as whom one was known at a school that one has left.
ONESELF = f"id = {STUDENT} or moved_to_id = {STUDENT}"
OF_ONESELF = "student_id = any(array(select id from people_student))"
# What administrators and rosters change.
STUDENT_COLUMNS = (
    *("name", "student_number", "birth_date", "email", "phone", "education_id", "student_type", "status"),
    *("basic_programme", "relation", "visibility", "expected_completion_on", "signed_off_on"),
    *("is_protected", "residence_municipality", "uniid", "has_completed_youth_education", "education_starts_on"),
    *("main_programme_starts_on", "has_credit", "dropped_out_on"),
    # Guards say when.
    *("moved_to_id", "moved_on", "identity_confirmed_at"),
)
AGREEMENT_COLUMNS = (
    *("number", "company_id", "workplace_id", "school_id", "education_id", "type"),
    *("starts_on", "ends_on", "ended_early_on", "annulled_on"),
    # Guards say when: along with the student to another school, along with the company in a merger.
    "student_id",
)
WORKPLACE_COLUMNS = ("name", "company_id", "p_number", "street", "postal_code", "town", "email", "phone")


def public_table(name: str, *readers: str, changes: tuple[str, ...] = ()) -> Table:
    """Names that are no secret: read whole by `readers`, maintained by administrators."""
    return Table(
        name,
        (
            *(grant for role in readers for grant in may(role, "select", ALL_ROWS)),
            *may("administrator", "select insert", ALL_ROWS),
            *may("administrator", "update", ALL_ROWS, columns=changes),
        ),
    )


TABLES = [
    public_table("people_education", "company_staff", "school_staff", "student"),
    # Written by a migration.
    Table("people_region", may("administrator", "select", ALL_ROWS)),
    public_table("people_school", WEB, "company_staff", "student"),
    public_table("people_company", WEB, "company_staff", "school_staff", "student"),
    public_table("people_workplace", WEB, "company_staff", "school_staff", "student", changes=WORKPLACE_COLUMNS),
    Table(
        "people_merger",
        (
            *(grant for role in PARTIES for grant in may(role, "select", ALL_ROWS)),
            *may("administrator", "select insert", ALL_ROWS),
        ),
    ),
    Table(
        "people_agreementtakeover",
        (
            *(grant for role in PARTIES for grant in may(role, "select", OF_OWN_AGREEMENTS)),
            *may("administrator", "select", ALL_ROWS),
        ),
    ),
    Table(
        "people_student",
        (
            # The school reported every column itself, and the student may have all that is held about them.
            *may("school_staff", "select", f"school_id = {SCHOOL} and signed_off_on is null"),
            *may("student", "select", ONESELF),
            *may("administrator", "select insert", ALL_ROWS),
            *may("administrator", "update", ALL_ROWS, columns=STUDENT_COLUMNS),
        ),
    ),
    Table(
        "people_agreement",
        (
            *may(
                "company_staff",
                "select",
                f"company_id = {COMPANY} and {AT_OWN_WORKPLACE} and annulled_on is null"
                f" and last_day > {TODAY} - {DAYS_IN_VIEW_AFTER_THE_END}",
            ),
            *may("school_staff", "select", OF_OWN_STUDENTS),
            *may("student", "select", OF_ONESELF),
            *may("administrator", "select insert", ALL_ROWS),
            *may("administrator", "update", ALL_ROWS, columns=AGREEMENT_COLUMNS),
        ),
    ),
]
