"""How long invitations, requests, confirmations and identities are kept."""

import datetime

from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Months, Rule, Time
from laereplads.people.retention import GONE_STUDENTS

PERIODS = {
    # Long enough to see why somebody was or was not let in.
    "answered": Time(datetime.timedelta(days=90)),
    # The one of this year, and the one before it.
    "confirmed": Months(25),
}

OLD_CONFIRMATIONS = "select id from delegation_confirmation where opened_on < %(confirmed)s"
OLD_INVITATION = f"(expires_at < %(answered_at)s or coalesce(student_id in ({GONE_STUDENTS}), false))"
OLD_REQUEST = "coalesce(answered_at, requested_at) < %(answered_at)s"
# What says of a membership how it came about, who gave it, and that it was confirmed.
MEMBERSHIPS_NEEDED = [
    f"exists (select from delegation_{table} where membership.id in (membership_id, {column}) and not {is_old})"
    for table, column, is_old in (
        ("invitation", "invited_by_id", OLD_INVITATION),
        ("accessrequest", "answered_by_id", f"({OLD_REQUEST})"),
        ("confirmationline", "answered_by_id", f"(confirmation_id in ({OLD_CONFIRMATIONS}))"),
    )
]

RULES = [
    Rule(
        "delegation_confirmationline",
        what=_("Hvem en organisation har bekræftet i den årlige bekræftelse"),
        when=_("{period} efter, at bekræftelsen blev åbnet"),
        does=Delete("confirmed", f"confirmation_id in ({OLD_CONFIRMATIONS})"),
        why=_("Så kan årets bekræftelse ses ved siden af den forrige."),
        is_published=True,
    ),
    Rule(
        "delegation_confirmation",
        what=_("Hvornår en organisation har bekræftet sine brugere"),
        when=_("{period} efter, at bekræftelsen blev åbnet"),
        does=Delete("confirmed", "opened_on < %(confirmed)s"),
        why=_("Som navnene på den."),
    ),
    Rule(
        "delegation_invitation",
        what=_("Invitationer: navn, e-mailadresse, og hvem der har inviteret"),
        when=_("{period} efter, at invitationen er udløbet"),
        does=Delete("answered", OLD_INVITATION),
        why=_("Så længe kan man se, hvordan nogen har fået adgang. Derefter står det i loggen uden navn."),
        is_published=True,
    ),
    Rule(
        "delegation_accessrequest",
        what=_("Anmodninger om adgang: navn, e-mailadresse og login"),
        when=_("{period} efter svaret, eller efter at ingen har svaret"),
        does=Delete("answered", OLD_REQUEST),
        why=_("Så længe kan man se, hvorfor nogen har fået adgang eller ikke har."),
        is_published=True,
    ),
]
