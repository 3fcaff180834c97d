"""Who may reach rejections: the company that made them, or whoever did if they are limited to one workplace of it.

An applicant is written by it, and read by nobody here.
"""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import ALL_ROWS, COMPANY, MEMBERSHIP, TODAY, Table, if_limited, may

REGISTERED_BY_ONESELF = if_limited(f"registered_by_id = {MEMBERSHIP}")


def of_own_rejections(table: str) -> str:
    return f"exists (select from rejections_rejection where id = {table}.rejection_id)"


TABLES = [
    Table(
        "rejections_rejectionreason",
        (
            *may(Role.COMPANY_STAFF, "select", ALL_ROWS),
            *may(Role.ADMINISTRATOR, "select insert", ALL_ROWS),
            # A code is chosen once.
            *may(
                Role.ADMINISTRATOR,
                "update",
                ALL_ROWS,
                columns=("label", "help_text", "order", "valid_from", "valid_until", "is_catch_all"),
            ),
        ),
    ),
    Table(
        "rejections_rejection",
        (
            # It names no workplace.
            *may(Role.COMPANY_STAFF, "select", f"company_id = {COMPANY} and {REGISTERED_BY_ONESELF}"),
            *may(Role.COMPANY_STAFF, "insert", f"company_id = {COMPANY} and registered_by_id = {MEMBERSHIP}"),
            # Enough to see which reasons are given how often, and not by whom; a count of today would tell one reason.
            *may(
                Role.ADMINISTRATOR,
                "select",
                f"registered_on < date_trunc('month', {TODAY})",
                columns=("id", "primary_reason_id", "second_reason_id", "registered_on"),
            ),
        ),
    ),
    Table("rejections_applicant", may(Role.COMPANY_STAFF, "insert", of_own_rejections("rejections_applicant"))),
    Table(
        "rejections_fingerprint",
        may(Role.COMPANY_STAFF, "select insert", of_own_rejections("rejections_fingerprint")),
    ),
    # The delivery is a command, and runs as the owner.
    Table("rejections_delivery"),
    Table("rejections_deliveredrejection"),
]
