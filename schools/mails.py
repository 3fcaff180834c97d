"""What a school is mailed about its students. Numbers only: no mail says who, or which level."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from laereplads.access.roles import Role
from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind

SCHOOLS = (Role.SCHOOL_STAFF,)

HIGH_NOW = MailKind(
    "high_now",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: %(students)d elev har en ny vurdering, som du bør se i dag. Log ind på %(address)s.",
        "%(organisation)s: %(students)d elever har en ny vurdering, som du bør se i dag. Log ind på %(address)s.",
        "students",
    ),
    can_be_turned_off=True,
    label=_("Straks, når en elev vurderes til Høj"),
    help_text=_(
        "Om de elever, du følger. Om en elev, som ingen følger, får lederne besked. "
        "Har skolen aftalt noget andet med virksomheden, gælder det."
    ),
    roles=SCHOOLS,
)
CHANGES_WEEKLY = MailKind(
    "changes_weekly",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: %(students)d elev fik en anden frafaldsrisiko i sidste uge. Log ind på %(address)s.",
        "%(organisation)s: %(students)d elever fik en anden frafaldsrisiko i sidste uge. Log ind på %(address)s.",
        "students",
    ),
    can_be_turned_off=True,
    label=_("Ugens ændringer i frafaldsrisiko"),
    help_text=_("Sendes mandag kl. 8 og gælder ugen før."),
    roles=SCHOOLS,
    is_joined=True,
)

SAVED_FILTER_MATCHES = MailKind(
    "saved_filter_matches",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: %(students)d elev er ny i dine gemte filtre. Log ind på %(address)s.",
        "%(organisation)s: %(students)d elever er nye i dine gemte filtre. Log ind på %(address)s.",
        "students",
    ),
    can_be_turned_off=True,
    label=_("Nye elever i dine gemte filtre"),
    help_text=_("Kl. 6.30 på hverdage. Kun om de filtre, hvor du har bedt om besked."),
    roles=SCHOOLS,
    is_joined=True,
)

MAIL_KINDS = [HIGH_NOW, CHANGES_WEEKLY, SAVED_FILTER_MATCHES]
