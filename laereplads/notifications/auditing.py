"""What of mails is recorded: that an administrator sent one again. What was told is recorded where it was done."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action

MAIL_SENT_AGAIN = Action("mail_sent_again", _("Mail er sendt igen"))

ACTIONS = [MAIL_SENT_AGAIN]

NOT_AUDITED = {
    "notifications.outgoingmail": "it tells of what is recorded itself; that one is sent again records itself",
    "notifications.mailchoice": "what one wants mails about is one's own affair, and changes nothing for anybody else",
    "notifications.refusedaddress": "the mail that did not arrive says so in the outbox",
    "notifications.jobrun": "what a job changes is recorded row by row; this only says that it ran",
}
