"""Who may reach invitations, requests and confirmations; and what two narrow roles reach of users and memberships."""

from laereplads.access.roles import Role
from laereplads.access_log.row_policies import FOR_ONESELF, WRITTEN
from laereplads.accounts.row_policies import COLUMNS_BUT_THE_PASSWORD
from laereplads.database.row_level_security import (
    ALL_ROWS,
    COMPANY,
    JOBS,
    MEMBERSHIP,
    SCHOOL,
    STUDENT,
    WORKPLACE,
    Table,
    may,
)
from laereplads.delegation.database_roles import SIGN_IN, USER_ADMINISTRATOR

ADMINISTRATOR = Role.ADMINISTRATOR
# When the request began.
NOW = "nullif(current_setting('app.now', true), '')::timestamptz"
OF_OWN_ORGANISATION = f"(company_id = {COMPANY} or school_id = {SCHOOL})"
# Of the one workplace, for who looks after no more than that.
OF_OWN_USERS = f"({OF_OWN_ORGANISATION} and ({WORKPLACE} is null or workplace_id = {WORKPLACE}))"
# Students of one's own school, whom a school lets in by a letter.
OF_OWN_STUDENTS = (
    "role = 'student' and exists (select from people_student"
    f" where id = {{table}}.student_id and school_id = {SCHOOL} and signed_off_on is null)"
)
STAFF = "role in ('company_staff', 'school_staff')"
STAFF_OF_OWN = f"({OF_OWN_USERS} and {STAFF})"
LOOKS_AFTER_ALL = f"({OF_OWN_ORGANISATION} and {WORKPLACE} is null)"
KNOWN_THROUGH_MEMBERSHIPS = "exists (select from access_membership where user_id = {table}.{column})"
OF_OWN_REQUESTS = (
    "exists (select from delegation_accessrequest asked where asked.answered_at is null"
    " and asked.company_id is not distinct from access_membership.company_id"
    " and asked.school_id is not distinct from access_membership.school_id)"
)
OF_WHO_ASKED = (
    "exists (select from delegation_accessrequest asked where asked.answered_at is null"
    " and asked.issuer = accounts_identity.issuer and asked.subject = accounts_identity.subject"
    " and asked.cvr = accounts_identity.cvr)"
)
# The invitation whose secret was shown, while it may be used.
SHOWN = "secret_hash = nullif(current_setting('app.secret_hash', true), '')"
AS_INVITED = (
    "exists (select from delegation_invitation invited"
    f" where invited.accepted_at is null and invited.withdrawn_at is null and invited.expires_at > {NOW}"
    " and (invited.role, invited.is_user_administrator, invited.is_absence_officer, invited.is_support_officer,"
    " invited.is_leader) = (access_membership.role, access_membership.is_user_administrator,"
    " access_membership.is_absence_officer, access_membership.is_support_officer, access_membership.is_leader)"
    " and invited.company_id is not distinct from access_membership.company_id"
    " and invited.school_id is not distinct from access_membership.school_id"
    " and invited.student_id is not distinct from access_membership.student_id"
    " and invited.workplace_id is not distinct from access_membership.workplace_id)"
)
BY_UNIID = "uniid <> '' and uniid = nullif(current_setting('app.uniid', true), '')"
STUDENT_BY_UNIID = (
    f"role = 'student' and exists (select from people_student where id = access_membership.student_id and {BY_UNIID})"
)
INVITED_STUDENT = f"exists (select from delegation_invitation where student_id = people_student.id and {SHOWN})"
OF_OWN_CONFIRMATIONS = "exists (select from delegation_confirmation where id = confirmation_id)"
# What a membership is about, and what its organisation may change of it.
RIGHTS = ("is_user_administrator", "is_absence_officer", "is_support_officer", "is_leader", "workplace_id")
# A user made in this request: their first membership comes a moment later.
MADE_JUST_NOW = f"created_at >= {NOW}"
STUDENTS_AT_THE_LOGIN = ("id", "name", "birth_date", "uniid", "school_id", "signed_off_on")
STUDENTS_OF_LETTERS = (
    *("id", "public_id", "name", "sort_key", "search_key", "student_number", "birth_date", "email"),
    *("education_id", "school_id", "signed_off_on"),
)
NAMES = ("people_company", "people_school", "people_workplace")
# What is new of somebody who was nobody: no password, and no right that a row of their own gives.
PLAIN_USER = "is_active and not is_break_glass and left(password, 1) = '!'"

TABLES = [
    Table(
        "access_membership",
        (
            *may(
                USER_ADMINISTRATOR,
                "select",
                f"{OF_OWN_USERS} or ({OF_OWN_STUDENTS.format(table='access_membership')})",
            ),
            *may(USER_ADMINISTRATOR, "insert", f"{STAFF_OF_OWN} and {OF_OWN_REQUESTS}"),
            *may(USER_ADMINISTRATOR, "update", STAFF_OF_OWN, columns=("ends_on", "confirmed_on", *RIGHTS)),
            *may(JOBS, "select", ALL_ROWS),
            *may(JOBS, "update", STAFF, columns=("ends_on", "confirmed_on")),
            # What a file of users changes.
            *may(ADMINISTRATOR, "update", ALL_ROWS, columns=("is_user_administrator", "workplace_id")),
            *may(SIGN_IN, "select", ALL_ROWS),
            *may(SIGN_IN, "insert", f"{AS_INVITED} or ({STUDENT_BY_UNIID})"),
        ),
    ),
    Table(
        "accounts_user",
        (
            *may(
                USER_ADMINISTRATOR,
                "select",
                f"{KNOWN_THROUGH_MEMBERSHIPS.format(table='accounts_user', column='id')} or {MADE_JUST_NOW}",
                columns=COLUMNS_BUT_THE_PASSWORD,
            ),
            *may(USER_ADMINISTRATOR, "insert", PLAIN_USER),
            *may(SIGN_IN, "select", ALL_ROWS),
            *may(SIGN_IN, "insert", PLAIN_USER),
        ),
    ),
    Table(
        "accounts_identity",
        (
            *may(
                USER_ADMINISTRATOR,
                "select",
                f"{KNOWN_THROUGH_MEMBERSHIPS.format(table='accounts_identity', column='user_id')} or {OF_WHO_ASKED}",
            ),
            *may(USER_ADMINISTRATOR, "insert", OF_WHO_ASKED),
            *may(SIGN_IN, "select insert", ALL_ROWS),
        ),
    ),
    *(
        Table(
            name,
            tuple(grant for role in (USER_ADMINISTRATOR, SIGN_IN, JOBS) for grant in may(role, "select", ALL_ROWS)),
        )
        for name in NAMES
    ),
    Table(
        "people_student",
        (
            *may(SIGN_IN, "select", f"({BY_UNIID}) or {INVITED_STUDENT}", columns=STUDENTS_AT_THE_LOGIN),
            *may(
                USER_ADMINISTRATOR,
                "select",
                f"school_id = {SCHOOL} and signed_off_on is null",
                columns=STUDENTS_OF_LETTERS,
            ),
        ),
    ),
    Table("people_education", may(USER_ADMINISTRATOR, "select", ALL_ROWS)),
    Table("access_log_accesslogentry", may(USER_ADMINISTRATOR, "insert", FOR_ONESELF, columns=WRITTEN)),
    Table("access_processedform", may(USER_ADMINISTRATOR, "select insert", ALL_ROWS)),
    Table(
        "delegation_invitation",
        (
            *may(
                USER_ADMINISTRATOR,
                "select insert update",
                f"{STAFF_OF_OWN} or ({OF_OWN_STUDENTS.format(table='delegation_invitation')})",
            ),
            *may(Role.STUDENT, "select", f"student_id = {STUDENT}"),
            *may(SIGN_IN, "select", SHOWN),
            *may(SIGN_IN, "update", SHOWN, columns=("accepted_at", "membership_id")),
            *may(ADMINISTRATOR, "select insert update", ALL_ROWS),
        ),
    ),
    Table(
        "delegation_accessrequest",
        (
            *may(USER_ADMINISTRATOR, "select", LOOKS_AFTER_ALL),
            *may(
                USER_ADMINISTRATOR,
                "update",
                LOOKS_AFTER_ALL,
                columns=("answered_at", "answered_by_id", "membership_id"),
            ),
            *may(SIGN_IN, "select insert", "answered_at is null"),
            *may(ADMINISTRATOR, "select", ALL_ROWS),
        ),
    ),
    Table(
        "delegation_confirmation",
        (
            *may(USER_ADMINISTRATOR, "select", LOOKS_AFTER_ALL),
            *may(USER_ADMINISTRATOR, "update", LOOKS_AFTER_ALL, columns=("closed_on",)),
            *may(JOBS, "select insert", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=("closed_on", "warnings")),
            *may(ADMINISTRATOR, "select", ALL_ROWS),
        ),
    ),
    Table(
        "delegation_confirmationline",
        (
            *may(
                USER_ADMINISTRATOR,
                "select",
                OF_OWN_CONFIRMATIONS,
            ),
            *may(
                USER_ADMINISTRATOR,
                "update",
                f"membership_id <> {MEMBERSHIP} and {OF_OWN_CONFIRMATIONS}",
                columns=("is_confirmed", "answered_at", "answered_by_id"),
            ),
            *may(JOBS, "select insert", ALL_ROWS),
            *may(JOBS, "update", "answered_by_id is null", columns=("is_confirmed", "answered_at")),
            *may(ADMINISTRATOR, "select", ALL_ROWS),
        ),
    ),
]
