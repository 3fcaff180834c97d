"""What a school and a company do with a local agreement: propose, answer, and end it.

Either party may propose and end; only the other says yes. All of it is locked by the pair, so that of two at once the
second finds what the first did.
"""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.access.roles import CHANGE_LOCAL_AGREEMENT_AS_COMPANY, CHANGE_LOCAL_AGREEMENT_AS_SCHOOL
from laereplads.database.identity import in_the_name_of
from laereplads.database.locks import lock
from laereplads.web.words import long_date
from risk.models import LocalAgreement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.access.models import Membership
    from laereplads.people.models import Company, Education, School
    from risk.models import LocalAgreementQuerySet

A_DAY = datetime.timedelta(days=1)
# What two parties agree on; the rest says who, with whom, and when.
RULES = (
    *("timing", "weeks", "grace_days", "shortest_days", "assessor", "student_told", "student_told_by", "change_told"),
    *("school_told", "passed_on_to", "follow_up_within"),
)


WAITS_NO_LONGER = gettext_lazy("Forslaget venter ikke længere på svar. Se, hvad der er sket, før du går videre.")


class AnsweredMeanwhile(Exception):
    """Somebody answered, replaced or took back the proposal after the page was fetched; says so in words."""


def may_change(membership: Membership) -> bool:
    """Whether it may propose, answer and end for its party."""
    return membership.grants(CHANGE_LOCAL_AGREEMENT_AS_COMPANY) or membership.grants(CHANGE_LOCAL_AGREEMENT_AS_SCHOOL)


@contextmanager
def alone_with(school: int, company: int, by: Membership, at: datetime.datetime | None) -> Iterator[None]:
    """One at a time for a pair. Raises PermissionDenied unless `by` acts for one of the two and may change this."""
    is_party = by.school_id == school if by.school_id else by.company_id == company
    if not is_party or not may_change(by):
        raise PermissionDenied
    with transaction.atomic():
        lock("local_agreement", f"{school}:{company}")
        with in_the_name_of(by.pk, at=at):
            yield


def is_proposed_by(agreement: LocalAgreement, membership: Membership) -> bool:
    """Whether the membership's own party proposed it; needs `proposed_by`."""
    return bool(agreement.proposed_by.company_id) == bool(membership.company_id)


def propose(  # noqa: PLR0913  # what, between whom, from when, in place of what
    school: School,
    company: Company,
    *,
    education: Education | None,
    valid_from: datetime.date,
    rules: dict[str, Any],
    by: Membership,
    answers: LocalAgreement | None = None,
    at: datetime.datetime | None = None,
) -> LocalAgreement:
    """Propose an agreement, or a change of one; it holds when the other party says yes.

    With `answers`, a proposal that waits, it takes that one's place: whoever proposed that is the one to answer now.
    The same once more gives the one that is there. Raises ValidationError if the day cannot be, and AnsweredMeanwhile
    where `answers` waits no longer, or another proposal does.
    """
    with alone_with(school.pk, company.pk, by, at):
        made = LocalAgreement(
            school=school,
            company=company,
            education=education,
            valid_from=valid_from,
            proposed_by=by,
            proposed_at=at or timezone.now(),
            **rules,
        )
        of_pair = LocalAgreement.objects.visible_to(by).about_the_same_as(made)
        waiting = of_pair.awaiting().first()
        if waiting and says_the_same(waiting, made):
            return waiting
        if answers and (waiting is None or waiting.pk != answers.pk):
            raise AnsweredMeanwhile(WAITS_NO_LONGER)
        if waiting and not answers:
            raise AnsweredMeanwhile(
                _("Der er allerede et forslag, der venter på svar. Se det, før du foreslår noget andet.")
            )
        refuse_day(made, first_day(of_pair, timezone.localdate(at)))
        if waiting:
            waiting.delete()
        made.save(force_insert=True)
        return made


def says_the_same(waiting: LocalAgreement, made: LocalAgreement) -> bool:
    compared = ("valid_from", "proposed_by_id", *RULES)
    return all(getattr(waiting, name) == getattr(made, name) for name in compared)


def first_day(of_pair: LocalAgreementQuerySet, today: datetime.date) -> datetime.date:
    """The first day on which another version can begin: what was agreed holds for a day at least."""
    begun = [agreement.valid_from + A_DAY for agreement in of_pair.not_ended(today)]
    return max([today, *begun])


def refuse_day(agreement: LocalAgreement, earliest: datetime.date) -> None:
    if agreement.valid_from >= earliest:
        return
    if earliest == timezone.localdate():
        raise ValidationError({"valid_from": _("Vælg i dag eller en senere dag.")})
    raise ValidationError({"valid_from": _("Vælg den %(day)s eller en senere dag.") % {"day": long_date(earliest)}})


def accept(proposal: LocalAgreement, *, by: Membership, at: datetime.datetime | None = None) -> LocalAgreement:
    """Say yes to what the other party proposed: it holds from the day proposed, or from today if that is later.

    What holds for the same educations then ends the day before. Raises PermissionDenied to the party that proposed, and
    AnsweredMeanwhile if the proposal waits no longer; whoever said yes may say it again.
    """
    with alone_with(proposal.school_id, proposal.company_id, by, at):
        found = reloaded(proposal, by)
        if found and found.accepted_by_id == by.pk:
            return found
        if found is None or found.accepted_at:
            raise AnsweredMeanwhile(
                _("Forslaget venter ikke længere på svar. Se, hvad der er sket, før du går videre.")
            )
        if is_proposed_by(found, by):
            raise PermissionDenied
        today = timezone.localdate(at)
        of_pair = LocalAgreement.objects.visible_to(by).about_the_same_as(found)
        found.valid_from = max(found.valid_from, first_day(of_pair, today))
        for before in of_pair.not_ended(found.valid_from):
            before.valid_to = found.valid_from - A_DAY
            before.save(update_fields=["valid_to"])
        found.accepted_by, found.accepted_at = by, at or timezone.now()
        found.save(update_fields=["valid_from", "accepted_by", "accepted_at"])
        return found


def take_back(proposal: LocalAgreement, *, by: Membership) -> None:
    """Say no to a proposal of the other party, or take back one's own. Raises AnsweredMeanwhile if it was accepted.

    Nothing happens where it is gone already, which is what was wanted.
    """
    with alone_with(proposal.school_id, proposal.company_id, by, None):
        found = reloaded(proposal, by)
        if found and found.accepted_at:
            raise AnsweredMeanwhile(
                _("I har begge sagt ja til forslaget. Det kan ikke fjernes, men aftalen kan ophøre.")
            )
        if found:
            found.delete()


def end(
    agreement: LocalAgreement, last_day: datetime.date, *, by: Membership, at: datetime.datetime | None = None
) -> LocalAgreement:
    """Let an agreement end on a day, today at the earliest; either party may. It never lasts longer than it did.

    Raises ValidationError if the day cannot be, and AnsweredMeanwhile if it has ended.
    """
    with alone_with(agreement.school_id, agreement.company_id, by, at):
        found = reloaded(agreement, by)
        today = timezone.localdate(at)
        if found is None or found.accepted_at is None or (found.valid_to and found.valid_to < today):
            raise AnsweredMeanwhile(_("Aftalen gælder ikke længere."))
        earliest = max(today, found.valid_from)
        if last_day < earliest:
            raise ValidationError(
                {"last_day": _("Vælg den %(day)s eller en senere dag.") % {"day": long_date(earliest)}}
            )
        if found.valid_to and last_day > found.valid_to:
            raise ValidationError(
                {
                    "last_day": _("Aftalen slutter den %(day)s. Vælg den dag eller en tidligere.")
                    % {"day": long_date(found.valid_to)}
                }
            )
        found.valid_to = last_day
        found.save(update_fields=["valid_to"])
        return found


def reloaded(agreement: LocalAgreement, by: Membership) -> LocalAgreement | None:
    """As it is now that nobody else can change it."""
    return (
        LocalAgreement.objects.visible_to(by)
        .select_related("proposed_by")
        .only(*(field.attname for field in LocalAgreement._meta.concrete_fields), "proposed_by__company")
        .filter(pk=agreement.pk)
        .first()
    )
