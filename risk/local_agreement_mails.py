"""Telling the other party of a proposal, and the one that proposed of a yes: each once, by a job.

A page cannot: it reaches no membership of another organisation. A proposal that was answered, replaced or taken back
before the job ran is not there any more, and nobody is told of it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.notifications.choices import wanting
from laereplads.notifications.operations import send
from risk.mails import LOCAL_AGREEMENT_ACCEPTED, LOCAL_AGREEMENT_PROPOSED
from risk.models import LocalAgreement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from laereplads.notifications.kinds import MailKind

READ_BY_JOBS = (
    *("user__email", "user__is_active", "company__name", "school__name"),
    *("role", "company", "school", "workplace", "starts_on", "ends_on"),
)


def tell_of_local_agreements() -> int:
    """How many proposals and answers are told of now."""
    now = timezone.now()
    told = 0
    for kind, agreements, remembered in (
        (LOCAL_AGREEMENT_PROPOSED, LocalAgreement.objects.awaiting().filter(proposal_told_at=None), "proposal_told_at"),
        (LOCAL_AGREEMENT_ACCEPTED, LocalAgreement.objects.accepted().filter(answer_told_at=None), "answer_told_at"),
    ):
        # Whoever answers meanwhile waits; what is being answered is told of as what it has become.
        found = list(
            agreements.select_for_update(of=("self",), skip_locked=True)
            .order_by("id")
            .values_list("pk", "school", "company", "proposed_by__company")
        )
        LocalAgreement.objects.filter(pk__in=[pk for pk, *_concerned in found]).update(**{remembered: now})
        of_school_is_told = kind is LOCAL_AGREEMENT_PROPOSED
        tell(
            kind,
            Counter(
                Q(school=school) if bool(by_company) == of_school_is_told else Q(company=company)
                for _pk, school, company, by_company in found
            ),
        )
        told += len(found)
    return told


def tell(kind: MailKind, parties: Counter[Q]) -> None:
    """One mail to each who looks after that at a party, with how many it is about."""
    for party, number in parties.items():
        for membership in receivers(kind, party):
            send(kind, to=membership.user, on_behalf_of=membership, counts={"agreements": number})


def receivers(kind: MailKind, party: Q) -> Iterable[Membership]:
    """A company's user administrators or a school's leaders; where there are none, all who may answer."""
    may_answer = Membership.objects.active().filter(
        party, role__in=(Role.COMPANY_STAFF, Role.SCHOOL_STAFF), workplace=None
    )
    first = may_answer.filter(Q(company__isnull=False, is_user_administrator=True) | Q(is_leader=True))
    asked = first if first.exists() else may_answer
    return wanting(kind, asked).select_related("user", "company", "school").only(*READ_BY_JOBS).order_by("id")
