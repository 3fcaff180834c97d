"""Who may reach assessments: the parties of the agreement, and nobody else. Administrators have no ground to."""

from laereplads.access.roles import Role
from laereplads.access.row_policies import RECORDER_COLUMNS
from laereplads.database.row_level_security import (
    ALL_ROWS,
    COMPANY,
    JOBS,
    LISTED_AT_OWN_WORKPLACE,
    MEMBERSHIP,
    SCHOOL,
    TODAY,
    WORKPLACE,
    Table,
    may,
)
from laereplads.people.models.agreements import DAYS_IN_VIEW_AFTER_THE_END

# Companies and schools have many agreements and look at few assessments: each row asks an index. A student has few rows
# of any kind: they are read first and lead to the others. The other way would pass all that the recorder assessed.
OF_RECORDERS = "exists (select from risk_riskassessment where recorded_by_id = access_membership.id)"
OF_OWN_RECORDERS = "id = any(array(select recorded_by_id from risk_riskassessment))"
OF_OWN_FEW_AGREEMENTS = "agreement_id = any(array(select id from people_agreement))"


def of_own_agreements(table: str) -> str:
    return f"exists (select from people_agreement where id = {table}.agreement_id)"


# What a company has removed is shown to nobody.
NOT_REMOVED = "not is_removed"
ASSESSED = of_own_agreements("risk_riskassessment")

# Those of whom a local agreement says that they proposed or accepted it.
OF_PARTIES = "exists (select from risk_localagreement where access_membership.id in (proposed_by_id, accepted_by_id))"
# What the party may change: the other's proposal by accepting it, and when it ends.
OF_THE_WHOLE_COMPANY = f"company_id = {COMPANY} and {WORKPLACE} is null"
CHANGED_BY_PARTIES = ("valid_from", "valid_to", "accepted_by_id", "accepted_at")
IN_OWN_AGREEMENT = (
    "exists (select from people_agreement agreement"
    " join people_student student on student.id = agreement.student_id"
    " where agreement.company_id = risk_localagreement.company_id"
    " and student.school_id = risk_localagreement.school_id)"
)
COUNTED_BY_JOBS = (
    *("agreement_id", "company_id", "workplace_id", "student_id"),
    *("is_sosu", "last_day", "unassessed_from", "signed_off_on"),
)
OF_ONESELF = "student_id = any(array(select id from people_student))"

TABLES = [
    # Those who may see an assessment may see who made it.
    Table(
        "access_membership",
        (
            # Also of the company that had the agreement before.
            *may(Role.COMPANY_STAFF, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.SCHOOL_STAFF, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.STUDENT, "select", OF_OWN_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.COMPANY_STAFF, "select", OF_PARTIES, columns=RECORDER_COLUMNS),
            *may(Role.SCHOOL_STAFF, "select", OF_PARTIES, columns=RECORDER_COLUMNS),
            # Who of a school is told of its agreements, and whose a student's mails are.
            *may(JOBS, "select", ALL_ROWS, columns=("id", "is_leader", "student_id")),
        ),
    ),
    Table(
        "risk_riskassessment",
        (
            *may(Role.COMPANY_STAFF, "select", f"{NOT_REMOVED} and {ASSESSED}"),
            *may(Role.COMPANY_STAFF, "insert", f"{NOT_REMOVED} and {ASSESSED} and recorded_by_id = {MEMBERSHIP}"),
            *may(Role.SCHOOL_STAFF, "select", f"{NOT_REMOVED} and {ASSESSED}"),
            *may(Role.STUDENT, "select", f"{NOT_REMOVED} and {OF_OWN_FEW_AGREEMENTS}"),
        ),
    ),
    # Lists are derived of it; nobody asks for it.
    Table("risk_currentrisk"),
    # Written by the database alone. The student's name is in it, and how their number ends: a company reads no more
    # of them.
    Table(
        "risk_agreementlistentry",
        (
            *may(
                Role.COMPANY_STAFF,
                "select",
                f"company_id = {COMPANY} and {LISTED_AT_OWN_WORKPLACE}"
                f" and last_day > {TODAY} - {DAYS_IN_VIEW_AFTER_THE_END}",
            ),
            # How many were never assessed: a reminder says so. No name.
            *may(JOBS, "select", "unassessed_from is not null", columns=COUNTED_BY_JOBS),
        ),
    ),
    Table(
        "risk_localagreement",
        (
            *may(Role.COMPANY_STAFF, "select", f"company_id = {COMPANY}"),
            *may(
                Role.COMPANY_STAFF,
                "insert",
                f"{OF_THE_WHOLE_COMPANY} and proposed_by_id = {MEMBERSHIP} and accepted_at is null",
            ),
            *may(Role.COMPANY_STAFF, "update", OF_THE_WHOLE_COMPANY, columns=CHANGED_BY_PARTIES),
            *may(Role.COMPANY_STAFF, "delete", f"{OF_THE_WHOLE_COMPANY} and accepted_at is null"),
            *may(Role.SCHOOL_STAFF, "select", f"school_id = {SCHOOL}"),
            *may(
                Role.SCHOOL_STAFF,
                "insert",
                f"school_id = {SCHOOL} and proposed_by_id = {MEMBERSHIP} and accepted_at is null",
            ),
            *may(Role.SCHOOL_STAFF, "update", f"school_id = {SCHOOL}", columns=CHANGED_BY_PARTIES),
            *may(Role.SCHOOL_STAFF, "delete", f"school_id = {SCHOOL} and accepted_at is null"),
            *may(Role.STUDENT, "select", f"accepted_at is not null and {IN_OWN_AGREEMENT}"),
            *may(JOBS, "select", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=("proposal_told_at", "answer_told_at")),
        ),
    ),
    # Written by the database alone. The scope leads every index, so that the policy costs nothing.
    Table(
        "risk_dueassessment",
        (
            *may(
                Role.COMPANY_STAFF,
                "select",
                f"company_id = {COMPANY} and {LISTED_AT_OWN_WORKPLACE}"
                f" and agreement_last_day > {TODAY} - {DAYS_IN_VIEW_AFTER_THE_END}",
            ),
            *may(Role.SCHOOL_STAFF, "select", f"school_id = {SCHOOL} and signed_off_on is null"),
            *may(Role.STUDENT, "select", OF_ONESELF),
            *may(JOBS, "select", ALL_ROWS),
        ),
    ),
    # What a company chose is replaced, and never changed.
    Table(
        "risk_assessmentpause",
        (
            *may(Role.COMPANY_STAFF, "select delete", of_own_agreements("risk_assessmentpause")),
            *may(
                Role.COMPANY_STAFF,
                "insert",
                f"{of_own_agreements('risk_assessmentpause')} and set_by_id = {MEMBERSHIP}",
            ),
            *may(Role.STUDENT, "select", OF_OWN_FEW_AGREEMENTS),
        ),
    ),
    Table("risk_sentreminder", may(JOBS, "select insert", ALL_ROWS)),
    Table(
        "risk_notedassessment",
        (
            *may(JOBS, "select insert delete", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=("assessment_number",)),
        ),
    ),
    # Whose agreement it is, also of who moved to another school.
    Table("people_agreement", may(JOBS, "select", ALL_ROWS, columns=("id", "student_id"))),
    Table("people_student", may(JOBS, "select", ALL_ROWS, columns=("id", "moved_to_id"))),
]
