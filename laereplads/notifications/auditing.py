"""What of mails is recorded: that an administrator sent one again. What was told is recorded where it was done."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action

MAIL_SENT_AGAIN = Action("mail_sent_again", _("Mail er sendt igen"))

ACTIONS = [MAIL_SENT_AGAIN]

NOT_AUDITED = {
    "notifications.outgoingmail": "it tells of what is recorded itself; that one is sent again records itself",
    "notifications.jobrun": "what a job changes is recorded row by row; this only says that it ran",
}
