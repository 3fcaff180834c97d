"""Who may reach users, and what allauth and sessions keep beside them."""

from laereplads.database.row_level_security import ALL_ROWS, MEMBERSHIP, WEB, Table, may

# Names are read by those who may see who did something; addresses and passwords by the login alone.
NAME_COLUMNS = ("id", "name")
# Whoever maintains users reads no password, and gives nobody one.
COLUMNS_BUT_THE_PASSWORD = (
    *("id", "public_id", "name", "email", "is_active", "is_break_glass", "last_login", "created_at"),
    *("sort_key", "search_key"),
)
KNOWN_THROUGH_MEMBERSHIPS = "exists (select from access_membership where user_id = accounts_user.id)"
# Not of whoever recorded something about them, whose memberships they see, too.
ONES_OWN = f"exists (select from access_membership where user_id = accounts_identity.user_id and id = {MEMBERSHIP})"

TABLES = [
    Table(
        "accounts_user",
        (
            *may(WEB, "select", ALL_ROWS),
            # The address, for whoever confirms a new one; an administrator may correct it while the user is nobody yet.
            *may(WEB, "update", ALL_ROWS, columns=("password", "last_login", "email")),
            *may("company_staff", "select", KNOWN_THROUGH_MEMBERSHIPS, columns=NAME_COLUMNS),
            *may("school_staff", "select", KNOWN_THROUGH_MEMBERSHIPS, columns=NAME_COLUMNS),
            *may("student", "select", KNOWN_THROUGH_MEMBERSHIPS, columns=NAME_COLUMNS),
            *may("administrator", "select", ALL_ROWS, columns=COLUMNS_BUT_THE_PASSWORD),
            # A new user's row says that there is no password yet.
            *may("administrator", "insert", ALL_ROWS),
            *may("administrator", "update", ALL_ROWS, columns=("name", "email", "is_active")),
        ),
    ),
    Table(
        "account_emailaddress",
        (*may(WEB, "select insert update", ALL_ROWS), *may("administrator", "select insert update", ALL_ROWS)),
    ),
    Table(
        "accounts_identity",
        (
            *may(WEB, "select", ALL_ROWS),
            *may(WEB, "update", ALL_ROWS, columns=("last_signed_in_at", "p_number")),
            *may("student", "select", ONES_OWN),
        ),
    ),
    Table("account_emailconfirmation"),
    Table("accounts_session", may(WEB, "select insert update delete", ALL_ROWS)),
    # What is sealed in `data` only the login reads; an administrator sees that there is one, and may take it away.
    Table(
        "mfa_authenticator",
        (
            *may(WEB, "select insert update delete", ALL_ROWS),
            *may("administrator", "select", ALL_ROWS, columns=("id", "user_id", "type")),
            *may("administrator", "delete", ALL_ROWS),
        ),
    ),
    Table("cache", (*may(WEB, "select insert update delete", ALL_ROWS),)),
    # Django's groups and permissions are not used: rights come from memberships.
    Table("auth_group"),
    Table("auth_group_permissions"),
    Table("auth_permission"),
    # Names of files in the repository: a process compares them with its own before it calls itself ready.
    Table("django_migrations", may(WEB, "select", ALL_ROWS)),
    Table("django_content_type", may("administrator", "select", ALL_ROWS)),
    # Our own events take its place.
    Table("django_admin_log"),
]
