"""Which party may reach which people and agreements; organisations' names are no secret."""

from laereplads.database.wall import ALL_ROWS, COMPANY, SCHOOL, STUDENT, TODAY, WEB, Table, may
from laereplads.people.models.agreements import DAYS_IN_VIEW_AFTER_THE_END

EVERYBODY = (WEB, "company_staff", "school_staff", "student")
OF_OWN_AGREEMENTS = "id in (select student_id from people_agreement)"


def public_table(name: str) -> Table:
    """Read by all, maintained by administrators."""
    readers = tuple(grant for role in EVERYBODY for grant in may(role, "select", ALL_ROWS))
    return Table(name, (*readers, *may("administrator", "select insert update", ALL_ROWS)))


TABLES = [
    public_table("people_education"),
    public_table("people_school"),
    public_table("people_company"),
    public_table("people_workplace"),
    Table(
        "people_student",
        (
            *may("company_staff", "select", OF_OWN_AGREEMENTS),
            *may("school_staff", "select", f"school_id = {SCHOOL} and signed_off_on is null"),
            *may("student", "select", f"id = {STUDENT}"),
            *may("administrator", "select insert update", ALL_ROWS),
        ),
    ),
    # Files that wait for an administrator's yes.
    Table("people_rosterupload", may("administrator", "select insert update delete", ALL_ROWS)),
    Table(
        "people_agreement",
        (
            *may(
                "company_staff",
                "select",
                f"company_id = {COMPANY} and last_day > {TODAY} - {DAYS_IN_VIEW_AFTER_THE_END}",
            ),
            *may("school_staff", "select", "student_id in (select id from people_student)"),
            *may("student", "select", f"student_id = {STUDENT}"),
            *may("administrator", "select insert update", ALL_ROWS),
        ),
    ),
]
