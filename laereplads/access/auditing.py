"""How changes of users, of what they log in with, and of memberships are recorded. A login is no change of a user."""

from laereplads.audit.models import Action
from laereplads.audit.triggers import AuditedTable

AUDITED_TABLES = [
    AuditedTable(
        "access.membership",
        added=Action.MEMBERSHIP_ADDED,
        changed=Action.MEMBERSHIP_CHANGED,
        removed=Action.MEMBERSHIP_REMOVED,
        student="(select public_id from people_student where id = coalesce(it.student_id, was.student_id))",
        told=("user", "role", "company", "school", "student", "starts_on", "ends_on"),
    ),
    # What belongs to it is sealed, and its use is a login.
    AuditedTable("mfa.authenticator", told=("user", "type"), quiet=("data", "created_at", "last_used_at")),
    AuditedTable(
        "accounts.user",
        told=("is_active",),
        quiet=("password", "last_login"),
        # Whoever may log in with another address is somebody else, perhaps.
        instead=((Action.ADDRESS_CHANGED, "was.id is not null and was.email is distinct from it.email"),),
    ),
]
