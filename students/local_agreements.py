"""What of a local agreement concerns the student whom it is about, said to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.local_agreement_words import capitalised, when
from risk.models.local_agreements import ChangeTold, PassedOnTo, SchoolTold, StudentTold

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from risk.models import LocalAgreement

YOUR: dict[str, StrPromise] = {
    "trainer": gettext_lazy("din oplæringsvejleder"),
    "responsible": gettext_lazy("din oplæringsansvarlige"),
    "coordinator": gettext_lazy("din uddannelseskoordinator"),
    "manager": gettext_lazy("lederen på dit arbejdssted"),
    "contact_teacher": gettext_lazy("din kontaktlærer"),
}
YOUR_AT_SCHOOL: dict[str, StrPromise] = {
    PassedOnTo.CONTACT_TEACHER: gettext_lazy("din kontaktlærer"),
    PassedOnTo.MENTOR: gettext_lazy("din mentor"),
    PassedOnTo.COUNSELLOR: gettext_lazy("din vejleder"),
    PassedOnTo.READING_COUNSELLOR: gettext_lazy("din læsevejleder"),
}


def to_the_student(agreement: LocalAgreement) -> list[str]:
    """In sentences, the most important first."""
    return [
        *(assessed_and_told(agreement)),
        {
            ChangeTold.SAME: _("Du får en ændring at vide på samme måde."),
            ChangeTold.WHEN_RISEN: _("Ændrer vurderingen sig, taler de kun med dig, når risikoen er steget."),
            ChangeTold.OWN_PAGE: _("Ændrer vurderingen sig, ser du det selv under Mit uddannelsesforløb."),
        }[ChangeTold(agreement.change_told)],
        {
            SchoolTold.HIGH_NOW: _("Din skole får besked straks, hvis risikoen er høj, og ellers hver uge."),
            SchoolTold.ALL_NOW: _("Din skole får besked straks, hver gang du er vurderet."),
            SchoolTold.WEEKLY: _("Din skole får besked hver uge."),
            SchoolTold.NEXT_PERIOD: _("Din skole får ingen mail. I taler om vurderingen ved dit næste skoleophold."),
        }[SchoolTold(agreement.school_told)],
        *passed_on([str(YOUR_AT_SCHOOL[each]) for each in agreement.passed_on_to]),
        *(
            [
                _("Er risikoen høj, følger skolen op senest %(days)d arbejdsdage efter.")
                % {"days": agreement.follow_up_within}
            ]
            if agreement.follow_up_within
            else []
        ),
    ]


def passed_on(receivers: list[str]) -> list[str]:
    """One sentence, or none where it is passed on to nobody."""
    if not receivers:
        return []
    *most, last = receivers
    if not most:
        return [_("Skolen giver beskeden videre til %(receiver)s.") % {"receiver": last}]
    told = {"receivers": ", ".join(most), "last": last}
    return [_("Skolen giver beskeden videre til %(receivers)s og %(last)s.") % told]


def assessed_and_told(agreement: LocalAgreement) -> list[str]:
    """Who assesses and who talks with the student: one sentence where it is the same person."""
    places = {
        "who": capitalised(str(YOUR[agreement.assessor])),
        "teller": capitalised(str(YOUR[agreement.student_told_by])),
        "when": when(agreement),
    }
    is_same = agreement.assessor == agreement.student_told_by
    assessed = _("%(who)s vurderer dig %(when)s.") % places
    match StudentTold(agreement.student_told):
        case StudentTold.TALK_BEFORE if is_same:
            return [_("%(who)s vurderer dig %(when)s og taler med dig, før vurderingen registreres.") % places]
        case StudentTold.TALK_BEFORE:
            return [assessed, _("%(teller)s taler med dig, før vurderingen registreres.") % places]
        case StudentTold.TALK_AFTER if is_same:
            return [_("%(who)s vurderer dig %(when)s og taler med dig bagefter.") % places]
        case StudentTold.TALK_AFTER:
            return [assessed, _("%(teller)s taler med dig bagefter.") % places]
        case StudentTold.OWN_PAGE:
            return [assessed, _("Du ser selv vurderingen under Mit uddannelsesforløb.")]
