"""A local agreement in plain sentences, for the two parties."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from risk.models.local_agreements import (
    ChangeTold,
    LocalAgreement,
    PassedOnTo,
    SchoolTold,
    StudentTold,
    Timing,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Those who assess and talk with students.
THE: dict[str, StrPromise] = {
    "trainer": gettext_lazy("oplæringsvejlederen"),
    "responsible": gettext_lazy("den oplæringsansvarlige"),
    "coordinator": gettext_lazy("uddannelseskoordinatoren"),
    "manager": gettext_lazy("lederen på arbejdsstedet"),
    "contact_teacher": gettext_lazy("kontaktlæreren"),
}
# What the form proposes first; without an agreement nobody is named.
USUALLY_PASSED_ON_TO = [PassedOnTo.CONTACT_TEACHER.value]


class Said(NamedTuple):
    """One thing that is agreed; `is_usual` where it is what the portal suggests."""

    heading: StrPromise
    sentence: str
    is_usual: bool


def capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def listed(words: list[str]) -> str:
    """“mentor, vejleder og læsevejleder”."""
    *most, last = words
    return f"{', '.join(most)} og {last}" if most else last


def said(agreement: LocalAgreement) -> list[Said]:
    """All that is agreed, in the order of the form."""
    usual = sentences(LocalAgreement(passed_on_to=USUALLY_PASSED_ON_TO))
    return [Said(heading, words, words == usual[heading]) for heading, words in sentences(agreement).items()]


def unusual(agreement: LocalAgreement) -> list[str]:
    """The sentences that are others than where nothing is agreed."""
    return [each.sentence for each in said(agreement) if not each.is_usual]


def sentences(agreement: LocalAgreement) -> dict[StrPromise, str]:
    return {
        gettext_lazy("Hvornår"): f"{capitalised(when(agreement))}.",
        gettext_lazy("Hvor længe"): waits(agreement.grace_days),
        gettext_lazy("Kort periode"): ngettext(
            "Oplæringsperioder på under %(days)d dag tæller ikke med.",
            "Oplæringsperioder på under %(days)d dage tæller ikke med.",
            agreement.shortest_days,
        )
        % {"days": agreement.shortest_days},
        gettext_lazy("Af hvem"): _("%(who)s vurderer.") % {"who": capitalised(str(THE[agreement.assessor]))},
        gettext_lazy("Eleven oplyses"): student_told(agreement),
        gettext_lazy("Ved ændring"): {
            ChangeTold.SAME: _("Eleven oplyses om en ændring på samme måde."),
            ChangeTold.WHEN_RISEN: _("Eleven oplyses kun om en ændring, når niveauet stiger."),
            ChangeTold.OWN_PAGE: _("Eleven ser selv en ændring på Min side."),
        }[ChangeTold(agreement.change_told)],
        gettext_lazy("Skolen oplyses"): {
            SchoolTold.HIGH_NOW: _("Skolen får besked straks ved Høj og ellers hver uge."),
            SchoolTold.ALL_NOW: _("Skolen får besked straks ved hver registrering."),
            SchoolTold.WEEKLY: _("Skolen får besked hver uge."),
            SchoolTold.NEXT_PERIOD: _("Skolen får besked ved elevens næste skoleophold."),
        }[SchoolTold(agreement.school_told)],
        gettext_lazy("Videre til"): passed_on(agreement),
        gettext_lazy("Opfølgning"): _("Skolen følger op senest %(days)d arbejdsdage efter Høj.")
        % {"days": agreement.follow_up_within}
        if agreement.follow_up_within
        else _("Det er ikke aftalt, hvornår skolen følger op."),
    }


def when(agreement: LocalAgreement) -> str:
    """“midt i hver oplæringsperiode”."""
    weeks = agreement.weeks or 0
    match Timing(agreement.timing):
        case Timing.MIDDLE:
            return _("midt i hver oplæringsperiode")
        case Timing.AFTER_START:
            words = ngettext(
                "%(weeks)d uge inde i hver oplæringsperiode", "%(weeks)d uger inde i hver oplæringsperiode", weeks
            )
        case Timing.BEFORE_END:
            words = ngettext(
                "%(weeks)d uge før, hver oplæringsperiode slutter",
                "%(weeks)d uger før, hver oplæringsperiode slutter",
                weeks,
            )
        case Timing.EVERY:
            words = _("hver %(weeks)d. uge i oplæringen")
    return words % {"weeks": weeks}


def waits(days: int) -> str:
    if not days:
        return _("Vurderingen bør være registreret på dagen.")
    return ngettext(
        "Vurderingen kan vente %(days)d dag efter dagen.", "Vurderingen kan vente %(days)d dage efter dagen.", days
    ) % {"days": days}


def student_told(agreement: LocalAgreement) -> str:
    who = {"who": capitalised(str(THE[agreement.student_told_by]))}
    match StudentTold(agreement.student_told):
        case StudentTold.TALK_BEFORE:
            return _("%(who)s taler med eleven, før vurderingen registreres.") % who
        case StudentTold.TALK_AFTER:
            return _("%(who)s taler med eleven, når vurderingen er registreret.") % who
        case StudentTold.OWN_PAGE:
            return _("Eleven ser selv vurderingen på Min side.")


def passed_on(agreement: LocalAgreement) -> str:
    if not agreement.passed_on_to:
        return _("Det er ikke aftalt, hvem på skolen der får beskeden.")
    receivers = [str(PassedOnTo(each).label).lower() for each in agreement.passed_on_to]
    return _("Skolen giver beskeden videre til elevens %(receivers)s.") % {"receivers": listed(receivers)}
