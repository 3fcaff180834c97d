"""What companies are mailed about assessments, and both parties about local agreements. No mail says who."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from laereplads.access.roles import Role
from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind

PARTIES = (Role.COMPANY_STAFF, Role.SCHOOL_STAFF)

LOCAL_AGREEMENT_PROPOSED = MailKind(
    "local_agreement_proposed",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: Der er %(agreements)d forslag til en lokal aftale, som venter på jeres svar. "
        "Log ind på %(address)s.",
        "%(organisation)s: Der er %(agreements)d forslag til lokale aftaler, som venter på jeres svar. "
        "Log ind på %(address)s.",
        "agreements",
    ),
    can_be_turned_off=True,
    label=_("Forslag til en lokal aftale"),
    help_text=_("Når modparten har foreslået noget, I skal svare på. Sendes til brugeradministratorer eller ledere."),
    roles=PARTIES,
)
LOCAL_AGREEMENT_ACCEPTED = MailKind(
    "local_agreement_accepted",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: Modparten har sagt ja til %(agreements)d lokal aftale, I har foreslået. "
        "Log ind på %(address)s.",
        "%(organisation)s: Modparten har sagt ja til %(agreements)d lokale aftaler, I har foreslået. "
        "Log ind på %(address)s.",
        "agreements",
    ),
    can_be_turned_off=True,
    label=_("Ja til en lokal aftale"),
    help_text=_("Når modparten har sagt ja til jeres forslag. Sendes til brugeradministratorer eller ledere."),
    roles=PARTIES,
)
ASSESS_WEEKLY = MailKind(
    "assess_weekly",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: %(due)d lærling bør vurderes nu, %(never)d er aldrig vurderet. Log ind på %(address)s.",
        "%(organisation)s: %(due)d lærlinge bør vurderes nu, %(never)d er aldrig vurderet. Log ind på %(address)s.",
        "due",
    ),
    can_be_turned_off=True,
    label=_("Ugentlig påmindelse om vurderinger"),
    help_text=_(
        "Sendes mandag kl. 8, når en vurdering er foreslået eller aftalt. I bliver mindet om hver vurdering to gange: "
        "når den bør laves, og når dagen er passeret. Registreringen er frivillig."
    ),
    roles=(Role.COMPANY_STAFF,),
    is_joined=True,
)

MAIL_KINDS = [ASSESS_WEEKLY, LOCAL_AGREEMENT_PROPOSED, LOCAL_AGREEMENT_ACCEPTED]
