"""Who may reach invitations, requests and confirmations; and what two narrow roles reach of users and memberships.

What a row must be when several are written, or stays once it is answered, stands in guards.sql.
"""

from laereplads.access.roles import Role
from laereplads.access_log.row_policies import FOR_ONESELF, WRITTEN
from laereplads.database.row_level_security import (
    ALL_ROWS,
    AT_OWN_WORKPLACE,
    COMPANY,
    JOBS,
    MEMBERSHIP,
    SCHOOL,
    STUDENT,
    TODAY,
    WORKPLACE,
    Table,
    may,
)
from laereplads.delegation.database_roles import SIGN_IN, USER_ADMINISTRATOR

ADMINISTRATOR = Role.ADMINISTRATOR
# When the request began.
NOW = "nullif(current_setting('app.now', true), '')::timestamptz"
STAFF = "role in ('company_staff', 'school_staff')"
OF_OWN_ORGANISATION = f"(company_id = {COMPANY} or school_id = {SCHOOL})"
# Of the one workplace, for who looks after no more than that.
STAFF_OF_OWN = f"({OF_OWN_ORGANISATION} and {AT_OWN_WORKPLACE} and {STAFF})"
LOOKS_AFTER_ALL = f"({OF_OWN_ORGANISATION} and {WORKPLACE} is null)"
# What has ended stays so, and nothing ends before today.
NOT_ENDED = f"(ends_on is null or ends_on >= {TODAY})"
# A student's own school, which lets them in by a letter.
OF_OWN_STUDENTS = (
    "(role = 'student' and exists (select from people_student"
    f" where id = student_id and school_id = {SCHOOL} and signed_off_on is null))"
)
KNOWN_COLLEAGUES = f"exists (select from access_membership where user_id = {{user}} and {STAFF})"
OPEN_REQUESTS = "select from delegation_accessrequest asked where asked.answered_at is null"
OF_OWN_REQUESTS = (
    f"exists ({OPEN_REQUESTS}"
    " and asked.company_id is not distinct from access_membership.company_id"
    " and asked.school_id is not distinct from access_membership.school_id)"
)
OF_WHO_ASKED = (
    f"exists ({OPEN_REQUESTS}"
    " and (asked.scheme, asked.issuer, asked.subject, asked.cvr, asked.p_number, asked.professional_id)"
    " = (accounts_identity.scheme, accounts_identity.issuer, accounts_identity.subject, accounts_identity.cvr,"
    " accounts_identity.p_number, accounts_identity.professional_id))"
)
BY_OWN_LOGIN = (
    f"scheme = 'mitid_erhverv' and cvr in (select cvr from people_company where id = {COMPANY}"
    f" union all select cvr from people_school where id = {SCHOOL})"
)
# What is new of somebody who was nobody: no password, and no right that a row of their own gives.
PLAIN_USER = "is_active and not is_break_glass and left(password, 1) = '!'"
# A user made in this request: their first membership comes a moment later.
MADE_JUST_NOW = f"created_at >= {NOW}"
NEW_USER = f"exists (select from accounts_user where id = user_id and {MADE_JUST_NOW})"

# At the login: who signed in, who is logged in already, and the invitation whose secret was shown.
SIGNED_IN = (
    "(issuer, subject) = (nullif(current_setting('app.issuer', true), ''),"
    " nullif(current_setting('app.subject', true), ''))"
)
LOGGED_IN_OR_NEW = f"(user_id = nullif(current_setting('app.user_id', true), '')::bigint or {NEW_USER})"
SHOWN = "secret_hash = nullif(current_setting('app.secret_hash', true), '')"
USABLE_INVITATIONS = (
    f"select from delegation_invitation invited where {SHOWN.replace('secret_hash', 'invited.secret_hash', 1)}"
    f" and invited.accepted_at is null and invited.withdrawn_at is null and invited.expires_at > {NOW}"
)
AS_INVITED = (
    f"exists ({USABLE_INVITATIONS}"
    " and (invited.role, invited.is_user_administrator, invited.is_absence_officer, invited.is_support_officer,"
    " invited.is_leader) = (access_membership.role, access_membership.is_user_administrator,"
    " access_membership.is_absence_officer, access_membership.is_support_officer, access_membership.is_leader)"
    " and invited.company_id is not distinct from access_membership.company_id"
    " and invited.school_id is not distinct from access_membership.school_id"
    " and invited.student_id is not distinct from access_membership.student_id"
    " and invited.workplace_id is not distinct from access_membership.workplace_id)"
)
BY_UNIID = "(uniid = nullif(current_setting('app.uniid', true), '') and signed_off_on is null)"
STUDENT_BY_UNIID = f"(role = 'student' and exists (select from people_student where id = student_id and {BY_UNIID}))"
INVITED_STUDENT = f"exists ({USABLE_INVITATIONS} and invited.student_id = people_student.id)"
# A student has one login.
NOT_YET_LET_IN = (
    "(role <> 'student' or not exists (select from access_membership held where held.role = 'student'"
    f" and held.student_id = access_membership.student_id and (held.ends_on is null or held.ends_on >= {TODAY})))"
)
# Of the students that are reached at the login: the one who is invited, or whom the school knows by `uniid`.
OF_THE_STUDENT = (
    "exists (select from access_membership held join people_student on people_student.id = held.student_id"
    " where held.role = 'student' and held.user_id = accounts_identity.user_id{which})"
)
VOUCHED_FOR_BY_WHO_INVITES = (
    # Of the authority's own number only the portal knows.
    f"exists ({USABLE_INVITATIONS} and (invited.role = 'administrator' or accounts_identity.cvr in"
    " (select cvr from people_company where id = invited.company_id"
    " union all select cvr from people_school where id = invited.school_id)))"
)
TIED_AT_THE_LOGIN = (
    f"{SIGNED_IN} and case scheme"
    f" when 'mitid_erhverv' then {VOUCHED_FOR_BY_WHO_INVITES} and {LOGGED_IN_OR_NEW}"
    f" when 'mitid' then exists ({USABLE_INVITATIONS} and invited.role = 'student')"
    f" and ({LOGGED_IN_OR_NEW} or {OF_THE_STUDENT.format(which='')})"
    f" else {OF_THE_STUDENT.format(which=f' and {BY_UNIID}')} end"
)
NEW_AT_THE_LOGIN = (
    f"{PLAIN_USER} and (exists ({USABLE_INVITATIONS} and nullif(invited.email, '') is not distinct from"
    f" accounts_user.email) or (email is null and exists (select from people_student where {BY_UNIID})))"
)
VOUCHED_FOR_BY_WHO_IS_ASKED = (
    "cvr in (select cvr from people_company where id = company_id"
    " union all select cvr from people_school where id = school_id)"
)

OF_OWN_CONFIRMATIONS = "exists (select from delegation_confirmation where id = confirmation_id)"
NOT_OF_ONESELF = (
    "not exists (select from access_membership listed join access_membership own using (user_id)"
    f" where listed.id = membership_id and own.id = {MEMBERSHIP})"
)
# In nobody else's name.
ANSWERED_BY_ONESELF = f"(answered_by_id is null or answered_by_id = {MEMBERSHIP})"

# What a membership is about, and what its organisation may change of it.
RIGHTS = ("is_user_administrator", "is_absence_officer", "is_support_officer", "is_leader", "workplace_id")
# Not when they were last logged in, which may have been for somebody else.
USERS_OF_ONES_OWN = ("id", "public_id", "name", "email", "is_active", "created_at", "sort_key", "search_key")
USERS_AT_THE_LOGIN = ("id", "email", "is_active", "created_at", "sort_key", "search_key")
LOGINS_OF_ONES_OWN = ("id", "user_id", "issuer", "subject", "cvr", "ended_at", "last_signed_in_at")
MEMBERSHIPS_AT_THE_LOGIN = (
    *("id", "user_id", "role", "company_id", "school_id", "student_id", "starts_on", "ends_on"),
    *("is_user_administrator", "workplace_id"),
)
MEMBERSHIPS_IN_JOBS = (
    *("id", "user_id", "role", "company_id", "school_id", "starts_on", "ends_on", "confirmed_on"),
    *("is_user_administrator", "workplace_id"),
)
STUDENTS_AT_THE_LOGIN = ("id", "name", "birth_date", "uniid", "school_id", "signed_off_on")
STUDENTS_OF_LETTERS = (
    *("id", "public_id", "name", "sort_key", "search_key", "student_number", "birth_date", "email"),
    *("education_id", "school_id", "signed_off_on"),
)
# What the student's own file tells.
CODES_OF_ONES_OWN = ("id", "public_id", "student_id", "created_at", "expires_at", "accepted_at", "withdrawn_at")
# Never whom it is for, nor what became of it.
INVITED_ANEW = ("name", "secret_hash", "invited_by_id", "created_at", "expires_at", "withdrawn_at", *RIGHTS)
INVITED_BY_ONESELF = f"invited_by_id = {MEMBERSHIP} and accepted_at is null"
USED = {
    "people_company": (USER_ADMINISTRATOR, SIGN_IN, JOBS),
    "people_school": (USER_ADMINISTRATOR, SIGN_IN, JOBS),
    "people_workplace": (USER_ADMINISTRATOR, SIGN_IN),
}

TABLES = [
    Table(
        "access_membership",
        (
            *may(USER_ADMINISTRATOR, "select", f"{STAFF_OF_OWN} or {OF_OWN_STUDENTS}"),
            *may(USER_ADMINISTRATOR, "insert", f"{STAFF_OF_OWN} and {OF_OWN_REQUESTS}"),
            *may(
                USER_ADMINISTRATOR,
                "update",
                f"{STAFF_OF_OWN} and {NOT_ENDED}",
                columns=("ends_on", "confirmed_on", *RIGHTS),
            ),
            *may(JOBS, "select", ALL_ROWS, columns=MEMBERSHIPS_IN_JOBS),
            *may(JOBS, "update", STAFF, columns=("ends_on", "confirmed_on")),
            # What a file of users changes.
            *may(ADMINISTRATOR, "update", ALL_ROWS, columns=("is_user_administrator", "workplace_id")),
            *may(SIGN_IN, "select", ALL_ROWS, columns=MEMBERSHIPS_AT_THE_LOGIN),
            *may(
                SIGN_IN, "insert", f"({AS_INVITED} or {STUDENT_BY_UNIID}) and {LOGGED_IN_OR_NEW} and {NOT_YET_LET_IN}"
            ),
        ),
    ),
    Table(
        "accounts_user",
        (
            *may(
                USER_ADMINISTRATOR,
                "select",
                f"{KNOWN_COLLEAGUES.format(user='accounts_user.id')} or {MADE_JUST_NOW}",
                columns=USERS_OF_ONES_OWN,
            ),
            *may(
                USER_ADMINISTRATOR,
                "insert",
                f"{PLAIN_USER} and exists ({OPEN_REQUESTS} and asked.email = accounts_user.email)",
            ),
            *may(SIGN_IN, "select", ALL_ROWS, columns=USERS_AT_THE_LOGIN),
            *may(SIGN_IN, "insert", NEW_AT_THE_LOGIN),
        ),
    ),
    Table(
        "accounts_identity",
        (
            *may(
                USER_ADMINISTRATOR,
                "select",
                f"{BY_OWN_LOGIN} and ({KNOWN_COLLEAGUES.format(user='accounts_identity.user_id')} or {OF_WHO_ASKED})",
                columns=LOGINS_OF_ONES_OWN,
            ),
            *may(USER_ADMINISTRATOR, "insert", f"{OF_WHO_ASKED} and {NEW_USER}"),
            *may(SIGN_IN, "select", SIGNED_IN),
            *may(SIGN_IN, "insert", TIED_AT_THE_LOGIN),
        ),
    ),
    *(
        Table(name, tuple(grant for role in roles for grant in may(role, "select", ALL_ROWS)))
        for name, roles in USED.items()
    ),
    Table(
        "people_student",
        (
            *may(SIGN_IN, "select", f"{BY_UNIID} or {INVITED_STUDENT}", columns=STUDENTS_AT_THE_LOGIN),
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
            *may(USER_ADMINISTRATOR, "select", f"{STAFF_OF_OWN} or {OF_OWN_STUDENTS}"),
            *may(USER_ADMINISTRATOR, "insert", f"({STAFF_OF_OWN} or {OF_OWN_STUDENTS}) and {INVITED_BY_ONESELF}"),
            *may(USER_ADMINISTRATOR, "update", f"{STAFF_OF_OWN} or {OF_OWN_STUDENTS}", columns=INVITED_ANEW),
            *may(Role.STUDENT, "select", f"student_id = {STUDENT}", columns=CODES_OF_ONES_OWN),
            *may(SIGN_IN, "select", SHOWN),
            *may(SIGN_IN, "update", SHOWN, columns=("accepted_at", "membership_id")),
            *may(ADMINISTRATOR, "select", ALL_ROWS),
            # Administrators are invited by the operator, who owns the tables.
            *may(ADMINISTRATOR, "insert", f"{STAFF} and {INVITED_BY_ONESELF}"),
            *may(ADMINISTRATOR, "update", STAFF, columns=INVITED_ANEW),
        ),
    ),
    Table(
        "delegation_accessrequest",
        (
            *may(USER_ADMINISTRATOR, "select", LOOKS_AFTER_ALL),
            *may(
                USER_ADMINISTRATOR,
                "update",
                f"{LOOKS_AFTER_ALL} and {ANSWERED_BY_ONESELF}",
                columns=("answered_at", "answered_by_id", "membership_id"),
            ),
            *may(SIGN_IN, "select", f"{SIGNED_IN} and answered_at is null"),
            *may(SIGN_IN, "insert", f"{SIGNED_IN} and answered_at is null and {VOUCHED_FOR_BY_WHO_IS_ASKED}"),
        ),
    ),
    Table(
        "delegation_confirmation",
        (
            *may(USER_ADMINISTRATOR, "select", LOOKS_AFTER_ALL),
            *may(USER_ADMINISTRATOR, "update", LOOKS_AFTER_ALL, columns=("closed_on",)),
            *may(JOBS, "select insert", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=("closed_on", "warnings")),
        ),
    ),
    Table(
        "delegation_confirmationline",
        (
            *may(USER_ADMINISTRATOR, "select", OF_OWN_CONFIRMATIONS),
            *may(
                USER_ADMINISTRATOR,
                "update",
                f"{OF_OWN_CONFIRMATIONS} and {NOT_OF_ONESELF} and {ANSWERED_BY_ONESELF}",
                columns=("is_confirmed", "answered_at", "answered_by_id"),
            ),
            *may(JOBS, "select insert", ALL_ROWS),
            *may(JOBS, "update", "answered_by_id is null", columns=("is_confirmed", "answered_at")),
        ),
    ),
]
