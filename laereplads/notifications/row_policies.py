"""Who may reach the outbox and the queue: jobs do; those who tell something write mails, and read of none what it said.

Everybody reaches what they chose for themselves, and which mails to themselves did not arrive.
"""

from laereplads.access.roles import Role
from laereplads.database.row_level_security import ALL_ROWS, JOBS, MEMBERSHIP, WEB, Table, may

# Every role in whose name something is done that somebody is told of.
SENDERS = (Role.COMPANY_STAFF, Role.SCHOOL_STAFF, Role.STUDENT, "user_administrator", "sign_in", JOBS)
NEW = "attempts = 0 and sending_since is null and sent_at is null and gave_up_at is null"
# Who has a page of their own about mails.
RECEIVERS = (Role.COMPANY_STAFF, Role.SCHOOL_STAFF, Role.STUDENT)
OF_THE_USER = f"user_id = (select user_id from access_membership where id = {MEMBERSHIP})"
UNDELIVERED = f"gave_up_because not in ('', 'no_receiver') and {OF_THE_USER}"
WHAT_DID_NOT_ARRIVE = ("id", "kind", "user_id", "organisation", "gave_up_at", "gave_up_because")
# What an administrator needs to see what did not arrive; the one-time link is the receiver's.
ALL_BUT_THE_LINK = (
    *("id", "kind", "user_id", "address", "membership_id", "organisation", "created_at", "due_at", "attempts"),
    *("sending_since", "sent_at", "gave_up_at", "gave_up_because"),
)
WHAT_SENDING_CHANGES = ("due_at", "attempts", "sending_since", "sent_at", "gave_up_at", "gave_up_because", "link")
WHAT_SENDING_AGAIN_CHANGES = ("due_at", "attempts", "gave_up_at", "gave_up_because")

TABLES = [
    Table(
        "notifications_outgoingmail",
        (
            *(grant for role in (*SENDERS, Role.ADMINISTRATOR) for grant in may(role, "insert", NEW)),
            *may(JOBS, "select", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=WHAT_SENDING_CHANGES),
            *may(Role.ADMINISTRATOR, "select", ALL_ROWS, columns=ALL_BUT_THE_LINK),
            *may(Role.ADMINISTRATOR, "update", "sent_at is null", columns=WHAT_SENDING_AGAIN_CHANGES),
            *(grant for role in RECEIVERS for grant in may(role, "select", UNDELIVERED, columns=WHAT_DID_NOT_ARRIVE)),
            # Times alone: whether mails wait longer than they should.
            *may(WEB, "select", ALL_ROWS, columns=("due_at", "sent_at", "gave_up_at")),
        ),
    ),
    Table(
        "notifications_mailchoice",
        (
            *(
                grant
                for role in RECEIVERS
                for grant in may(role, "select insert delete", f"membership_id = {MEMBERSHIP}")
            ),
            *may(JOBS, "select", ALL_ROWS),
        ),
    ),
    Table(
        "notifications_refusedaddress",
        (
            *(grant for role in RECEIVERS for grant in may(role, "select delete", OF_THE_USER)),
            *may(JOBS, "select insert", ALL_ROWS),
            *may(JOBS, "update", ALL_ROWS, columns=("address", "refused_at")),
            # Told at the next login.
            *may(WEB, "select", ALL_ROWS, columns=("user_id", "address")),
        ),
    ),
    Table("notifications_jobrun", (*may(JOBS, "select insert", ALL_ROWS), *may(WEB, "select", ALL_ROWS))),
    # To whom a mail goes, and whether it should.
    Table("accounts_user", may(JOBS, "select", ALL_ROWS, columns=("id", "email", "is_active"))),
    Table(
        "access_membership",
        may(JOBS, "select", ALL_ROWS, columns=("id", "user_id", "role", "starts_on", "ends_on")),
    ),
    # The queue's own; nothing of a person is in it, and no page puts anything into it.
    Table(
        "procrastinate_jobs",
        may(JOBS, "select insert update delete", ALL_ROWS),
        sequence="procrastinate_jobs_id_seq",
    ),
    Table(
        "procrastinate_events",
        may(JOBS, "select insert", ALL_ROWS),
        sequence="procrastinate_events_id_seq",
    ),
    Table(
        "procrastinate_periodic_defers",
        may(JOBS, "select insert update delete", ALL_ROWS),
        sequence="procrastinate_periodic_defers_id_seq",
    ),
    Table("procrastinate_workers", may(JOBS, "select insert update delete", ALL_ROWS)),
]
