"""Telling students who asked for it that their level is another: once for each change, and after any talk about it.

What was registered yesterday or before is told of at 8 on a working day, whatever a local agreement says: whoever talks
with the student has had the rest of the day to do so.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.notifications.choices import wanting
from laereplads.notifications.operations import send
from laereplads.people.models import Agreement
from laereplads.web.working_days import is_working_day
from risk.models import NotedAssessment, RiskAssessment
from students.mails import OWN_RISK

if TYPE_CHECKING:
    from laereplads.access.models import MembershipQuerySet

TOLD_FROM = datetime.time(8)


def tell_of_own_levels(now: datetime.datetime) -> int:
    """How many students are told."""
    subscribers = wanting(OWN_RISK, Membership.objects.active())
    forget_who_asks_no_more(subscribers)
    begin_with_what_is_there(subscribers)
    local = timezone.localtime(now)
    if local.time() < TOLD_FROM or not is_working_day(local.date()):
        return 0
    return tell_of_changes(datetime.datetime.combine(local.date(), datetime.time.min, tzinfo=local.tzinfo))


def forget_who_asks_no_more(subscribers: MembershipQuerySet) -> None:
    """Whoever asks again later is not told of what happened meanwhile."""
    NotedAssessment.objects.exclude(membership__in=subscribers.values("pk")).delete()


def begin_with_what_is_there(subscribers: MembershipQuerySet) -> None:
    """Note of each agreement of theirs that is not noted yet which assessment is the latest: that is no news."""
    latest = RiskAssessment.objects.filter(agreement=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    noted = NotedAssessment.objects.filter(agreement=OuterRef("pk"))
    for membership in subscribers.only("student").order_by("pk"):
        own = Agreement.objects.filter(
            Q(student=membership.student_id) | Q(student__moved_to=membership.student_id),
            ~Exists(noted.filter(membership=membership)),
        )
        NotedAssessment.objects.bulk_create(
            NotedAssessment(membership=membership, agreement_id=agreement, assessment_number=number)
            for agreement, number in own.order_by("pk").values_list("pk", Coalesce(Subquery(latest), 0))
        )


def tell_of_changes(until: datetime.datetime) -> int:
    """Write to those whose level was another before `until` than when they were last told; what it was is not kept.

    What was removed since counts as another level, whatever it was: a removal is news.
    """
    of_agreement = RiskAssessment.objects.filter(agreement=OuterRef("agreement"))
    latest = of_agreement.filter(recorded_at__lt=until).order_by("-pk")
    known = of_agreement.filter(pk=OuterRef("assessment_number"), is_removed=False)
    behind = (
        NotedAssessment.objects.annotate(
            latest=Subquery(latest.values("pk")[:1]),
            level=Subquery(latest.values("level")[:1]),
            known_level=Subquery(known.values("level")),
            is_known=Exists(known),
        )
        .filter(latest__gt=F("assessment_number"))
        .order_by("pk")
    )
    changed: set[int] = set()
    for told in behind:
        # Nothing there before is no level, as a removal is none.
        was_removed = told.assessment_number and not told.is_known
        if was_removed or told.level != told.known_level:
            changed.add(told.membership_id)
        told.assessment_number = told.latest
        told.save(update_fields=["assessment_number"])
    receivers = Membership.objects.filter(pk__in=changed).select_related("user")
    for membership in receivers.only("user__email", "user__is_active", "role").order_by("pk"):
        send(OWN_RISK, to=membership.user, on_behalf_of=membership)
    return len(changed)
