"""Who may reach assessments: the parties of the agreement, and nobody else. Administrators have no ground to."""

from laereplads.access.roles import Role
from laereplads.access.wall import RECORDER_COLUMNS
from laereplads.database.wall import MEMBERSHIP, Table, may

OF_OWN_AGREEMENTS = "agreement_id in (select id from people_agreement)"
OF_RECORDERS = "id in (select recorded_by_id from risk_riskassessment)"

TABLES = [
    # Those who may see an assessment may see who made it.
    Table(
        "access_membership",
        (
            # Also of the company that had the agreement before.
            *may(Role.COMPANY_STAFF, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.SCHOOL_STAFF, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
            *may(Role.STUDENT, "select", OF_RECORDERS, columns=RECORDER_COLUMNS),
        ),
    ),
    Table(
        "risk_riskassessment",
        (
            *may(Role.COMPANY_STAFF, "select", OF_OWN_AGREEMENTS),
            *may(Role.COMPANY_STAFF, "insert", f"{OF_OWN_AGREEMENTS} and recorded_by_id = {MEMBERSHIP}"),
            *may(Role.SCHOOL_STAFF, "select", OF_OWN_AGREEMENTS),
            *may(Role.STUDENT, "select", OF_OWN_AGREEMENTS),
        ),
    ),
    Table(
        "risk_currentrisk",
        (
            # Written by the database alone, when an assessment is.
            *may(Role.COMPANY_STAFF, "select", OF_OWN_AGREEMENTS),
            *may(Role.SCHOOL_STAFF, "select", OF_OWN_AGREEMENTS),
            *may(Role.STUDENT, "select", OF_OWN_AGREEMENTS),
        ),
    ),
]
