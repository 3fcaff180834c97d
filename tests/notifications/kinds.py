"""Kinds of mail that tests declare for themselves."""

from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind

NEWS = MailKind("test_news", USUAL_SUBJECT, "%(organisation)s: %(students)d elever. Log ind på %(address)s.", True)
INVITATION = MailKind(
    "test_invitation",
    USUAL_SUBJECT,
    "%(organisation)s har inviteret dig. Brug linket her inden 14 dage:\n\n%(link)s",
    False,
)
PLAIN = MailKind("test_plain", USUAL_SUBJECT, "Der er noget nyt. Log ind på %(address)s.", True)
KINDS = (NEWS, INVITATION, PLAIN)
