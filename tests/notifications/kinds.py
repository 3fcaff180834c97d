"""Kinds of mail that tests declare for themselves."""

from django.db.models import Q

from laereplads.access.roles import Role
from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind

EVERYBODY = (Role.COMPANY_STAFF, Role.SCHOOL_STAFF, Role.STUDENT)
NEWS = MailKind(
    "test_news",
    USUAL_SUBJECT,
    "%(organisation)s: %(students)d elever. Log ind på %(address)s.",
    True,
    label="Nyt om elever",
    help_text="Hver mandag kl. 8.",
    roles=EVERYBODY,
)
# Off until somebody turns it on.
QUIET = MailKind(
    "test_quiet",
    USUAL_SUBJECT,
    "Der er noget stille. Log ind på %(address)s.",
    True,
    label="Noget stille",
    help_text="Samme dag kl. 16.",
    roles=EVERYBODY,
    is_on=False,
)
OF_MUNICIPALITIES = MailKind(
    "test_municipalities",
    USUAL_SUBJECT,
    "Nyt til kommunen. Log ind på %(address)s.",
    True,
    label="Nyt til kommunen",
    help_text="Hver dag kl. 8.",
    roles=(Role.COMPANY_STAFF,),
    condition=Q(company__kind="municipality"),
)
# Digests.
DAILY, WEEKLY, MORNING = (
    MailKind(
        f"test_{name}",
        USUAL_SUBJECT,
        f"%(organisation)s: {name} %(things)d. Log ind på %(address)s.",
        True,
        label=f"Oversigt {name}",
        help_text="Samlet i én mail.",
        roles=EVERYBODY,
        is_joined=True,
    )
    for name in ("dagens", "ugens", "morgenens")
)
INVITATION = MailKind(
    "test_invitation",
    USUAL_SUBJECT,
    "%(organisation)s har inviteret dig. Brug linket her inden 14 dage:\n\n%(link)s",
    False,
    label="Invitation",
)
PLAIN = MailKind("test_plain", USUAL_SUBJECT, "Der er noget nyt. Log ind på %(address)s.", False, label="Noget nyt")
KINDS = (NEWS, QUIET, OF_MUNICIPALITIES, DAILY, WEEKLY, MORNING, INVITATION, PLAIN)
