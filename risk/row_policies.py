"""Who may reach assessments: the parties of the agreement, and nobody else. Administrators have no ground to."""

from laereplads.access.roles import Role
from laereplads.access.row_policies import RECORDER_COLUMNS
from laereplads.database.row_level_security import COMPANY, LISTED_AT_OWN_WORKPLACE, MEMBERSHIP, TODAY, Table, may
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

TABLES = [
    # Those who may see an assessment may see who made it.
    Table(
        "access_membership",
        (
            # Also of the company that had the agreement before.
            *may(Role.COMPANY_STAFF, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.SCHOOL_STAFF, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.STUDENT, "select", OF_OWN_RECORDERS, columns=RECORDER_COLUMNS),
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
        may(
            Role.COMPANY_STAFF,
            "select",
            f"company_id = {COMPANY} and {LISTED_AT_OWN_WORKPLACE}"
            f" and last_day > {TODAY} - {DAYS_IN_VIEW_AFTER_THE_END}",
        ),
    ),
]
