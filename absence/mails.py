"""What companies are mailed about absence. Numbers only: no mail says who."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from laereplads.access.roles import Role
from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind

COMPANIES = (Role.COMPANY_STAFF,)

ABSENCE_INSTANT = MailKind(
    "absence_instant",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: Skolen har registreret fravær for %(students)d lærling. Log ind på %(address)s.",
        "%(organisation)s: Skolen har registreret fravær for %(students)d lærlinge. Log ind på %(address)s.",
        "students",
    ),
    can_be_turned_off=True,
    label=_("Straksbesked om fravær"),
    help_text=_(
        "Straksbesked sendes højst 30 minutter efter, at skolens registrering er kommet, mellem kl. 7 og 18. "
        "Fravær, som er registreret efter kl. 17, giver ingen straksbesked."
    ),
    roles=COMPANIES,
    is_on=False,
)
ABSENCE_DAILY = MailKind(
    "absence_daily",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: %(students)d lærling har registreret fravær i dag. Log ind på %(address)s.",
        "%(organisation)s: %(students)d lærlinge har registreret fravær i dag. Log ind på %(address)s.",
        "students",
    ),
    can_be_turned_off=True,
    label=_("Opsummeret fraværsbesked pr. dag"),
    help_text=_("Den daglige besked sendes kl. 16."),
    roles=COMPANIES,
    is_on=False,
    is_joined=True,
)
ABSENCE_WEEKLY = MailKind(
    "absence_weekly",
    USUAL_SUBJECT,
    ngettext_lazy(
        "%(organisation)s: %(students)d lærling havde fravær i sidste uge. Log ind på %(address)s.",
        "%(organisation)s: %(students)d lærlinge havde fravær i sidste uge. Log ind på %(address)s.",
        "students",
    ),
    can_be_turned_off=True,
    label=_("Opsummeret fraværsbesked pr. uge"),
    help_text=_("Den ugentlige besked sendes mandag kl. 8 og gælder ugen før."),
    roles=COMPANIES,
    is_on=False,
    is_joined=True,
)
# A duty of the law.
ABSENCE_FINAL = MailKind(
    "absence_final",
    _("%(portal)s: fravær i et afsluttet skoleophold"),
    ngettext_lazy(
        "%(organisation)s: Fraværet i %(periods)d afsluttet skoleophold er gjort op. Log ind på %(address)s.",
        "%(organisation)s: Fraværet i %(periods)d afsluttede skoleophold er gjort op. Log ind på %(address)s.",
        "periods",
    ),
    can_be_turned_off=False,
    label=_("Fravær i et afsluttet skoleophold"),
    help_text=_("et skoleophold er slut."),
    roles=COMPANIES,
)
ABSENCE_CORRECTED = MailKind(
    "absence_corrected",
    _("%(portal)s: fravær i et afsluttet skoleophold"),
    ngettext_lazy(
        "%(organisation)s: Fraværet i %(periods)d afsluttet skoleophold er rettet. Log ind på %(address)s.",
        "%(organisation)s: Fraværet i %(periods)d afsluttede skoleophold er rettet. Log ind på %(address)s.",
        "periods",
    ),
    can_be_turned_off=False,
    label=_("Rettelse af fravær i et afsluttet skoleophold"),
    help_text=_("fraværet i et afsluttet skoleophold er rettet."),
    roles=COMPANIES,
)

# What a company may choose; whoever has chosen any of them gets the final notice for all.
CHOSEN_KINDS = (ABSENCE_INSTANT, ABSENCE_DAILY, ABSENCE_WEEKLY)
MAIL_KINDS = [*CHOSEN_KINDS, ABSENCE_FINAL, ABSENCE_CORRECTED]
