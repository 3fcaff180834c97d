"""What students are mailed about: that there is news, and never what."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from laereplads.access.roles import Role
from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind

OWN_RISK = MailKind(
    "own_risk",
    USUAL_SUBJECT,
    _("Der er noget nyt om din frafaldsrisiko. Log ind på %(address)s."),
    can_be_turned_off=True,
    label=_("Når min frafaldsrisiko ændres"),
    help_text=_("Mailen kommer kl. 8 den næste arbejdsdag, så din arbejdsplads kan nå at tale med dig først."),
    roles=(Role.STUDENT,),
    is_on=False,
    is_joined=True,
)
MAIL_KINDS = [OWN_RISK]
