"""Companies are told of absence: at the end of each period, of each correction, and of news to whom wants them.

Jobs call these, as the role of jobs. What a company is told is written down once, whoever runs how often.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from absence.mails import (
    ABSENCE_CORRECTED,
    ABSENCE_DAILY,
    ABSENCE_FINAL,
    ABSENCE_INSTANT,
    ABSENCE_WEEKLY,
    CHOSEN_KINDS,
)
from absence.models import AbsenceDay, AbsenceDelivery, AbsenceNotice, NoticeKind, PeriodListEntry
from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.notifications.choices import wanting
from laereplads.notifications.models import RefusedAddress
from laereplads.notifications.operations import send
from laereplads.people.models.agreements import longest_ended
from laereplads.web.working_days import is_working_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from absence.models import AbsenceDayQuerySet, AbsenceNoticeQuerySet
    from laereplads.notifications.kinds import MailKind

# Who was not told in time is told late, as long as the company has the agreement in view and days are kept.
DAYS_LATE = 396
INSTANT_FROM, INSTANT_UNTIL = datetime.time(7), datetime.time(18)
# What is registered later gives no message at once.
LAST_REGISTRATION = datetime.time(17)


def give_notices(today: datetime.date, *, also_incomplete: bool) -> int:
    """Tell companies of the periods that they are to be told of until `today`; how many.

    Where the last days are missing, only with `also_incomplete`; where all are, nobody is told.
    """
    # A period that was prolonged, or an agreement, is told of anew when it ends.
    told = AbsenceNotice.objects.filter(
        period=OuterRef("period"), agreement=OuterRef("agreement"), due_on__gte=OuterRef("due_on")
    )
    entries = PeriodListEntry.objects.of_agreements().filter(
        ~Exists(told),
        due_on__lte=today,
        due_on__gt=today - datetime.timedelta(days=DAYS_LATE),
        # As it is now, however late the job is.
        agreement_last_day__gt=longest_ended(),
        last_day__isnull=False,
    )
    due = [entry for entry in entries.order_by("id") if also_incomplete or is_complete(entry)]
    receivers = Receivers(due)
    before = latest_of(AbsenceNotice.objects.filter(period__in={entry.period_id for entry in due}))
    AbsenceNotice.objects.bulk_create(
        notice_of(
            entry,
            before.get((entry.period_id, entry.agreement_id)),
            has_receiver=receivers.are_there_for(entry),
        )
        for entry in due
    )
    receivers.tell(ABSENCE_FINAL)
    return len(due)


def is_complete(entry: PeriodListEntry) -> bool:
    """Whether days are there until the due day, or until the last working day before it."""
    if entry.due_on is None or entry.last_day is None:
        return False
    needed = entry.due_on - datetime.timedelta(days=1)
    while not is_working_day(needed):
        needed -= datetime.timedelta(days=1)
    return bool(entry.last_day >= needed)


def latest_of(notices: AbsenceNoticeQuerySet) -> dict[tuple[int, int | None], AbsenceNotice]:
    """The latest of each period and agreement."""
    latest = (
        notices.order_by("period_id", "agreement_id", "-sequence")
        .distinct("period_id", "agreement_id")
        .select_related("agreement")
        .only(
            *("period", "sequence", "due_on", "told_lawful", "told_unlawful"),
            *("agreement__company", "agreement__workplace"),
        )
    )
    return {(notice.period_id, notice.agreement_id): notice for notice in latest}


def notice_of(entry: PeriodListEntry, after: AbsenceNotice | None, *, has_receiver: bool) -> AbsenceNotice:
    """What the entry says now, of all delivered days, today's as well: as the first notice, or the one after another.

    It tells of the end of the period; `correction_of` makes one that corrects what was told of it.
    """
    return AbsenceNotice(
        period_id=entry.period_id,
        agreement_id=entry.agreement_id,  # type: ignore[misc]  # an agreement's entry has one
        sequence=after.sequence + 1 if after else 1,
        kind=NoticeKind.CORRECTION if after else NoticeKind.FINAL,
        due_on=entry.due_on,
        through=entry.last_day,
        is_incomplete=not is_complete(entry),
        told_scheduled=entry.scheduled,
        told_lawful=entry.lawful,
        told_unlawful=entry.unlawful,
        has_receiver=has_receiver,
    )


def correction_of(notice: AbsenceNotice, entry: PeriodListEntry, *, has_receiver: bool) -> AbsenceNotice:
    """What the entry says now, of the same end."""
    made = notice_of(entry, notice, has_receiver=has_receiver)
    made.due_on, made.is_incomplete = notice.due_on, False
    return made


def correct_notices() -> int:
    """Tell companies of absence that is another than they were told; how many of them. The same sums are no news."""
    in_view = AbsenceNotice.objects.filter(agreement__last_day__gt=longest_ended(), agreement__annulled_on=None)
    told = latest_of(in_view)
    entries = PeriodListEntry.objects.filter(
        period__in={period for period, _agreement in told}, agreement__in={agreement for _period, agreement in told}
    )
    now = {(entry.period_id, entry.agreement_id): entry for entry in entries}
    changed = []
    for pair, notice in sorted(told.items()):
        entry = now.get(pair) or without_days(notice)
        # Whose end was put off is told of it then, and not of each day until then.
        ends_later = entry.due_on is not None and entry.due_on > notice.due_on
        if not ends_later and (entry.lawful, entry.unlawful) != (notice.told_lawful, notice.told_unlawful):
            changed.append((entry, notice))
    receivers = Receivers(entry for entry, _notice in changed)
    AbsenceNotice.objects.bulk_create(
        correction_of(notice, entry, has_receiver=receivers.are_there_for(entry)) for entry, notice in changed
    )
    receivers.tell(ABSENCE_CORRECTED)
    return len(changed)


def without_days(notice: AbsenceNotice) -> PeriodListEntry:
    """A period that was cancelled, or no longer meets the agreement: nothing is left of it."""
    agreement = notice.agreement
    return PeriodListEntry(
        period_id=notice.period_id,
        agreement_id=notice.agreement_id,
        company_id=agreement.company_id,
        workplace_id=agreement.workplace_id,
        scheduled=0,
        lawful=0,
        unlawful=0,
    )


class Receivers:
    """Who is told of some entries: those of the company who want messages of absence, else all of them.

    Who is limited to a workplace is told of its students only.
    """

    def __init__(self, entries: Iterable[PeriodListEntry]) -> None:
        self.entries = list(entries)
        active = Membership.objects.active().filter(
            role=Role.COMPANY_STAFF, company__in={entry.company_id for entry in self.entries}
        )
        self.of_company: defaultdict[int | None, list[Membership]] = defaultdict(list)
        for membership in active.select_related("user", "company").only(*READ_BY_JOBS).order_by("id"):
            self.of_company[membership.company_id].append(membership)
        # Whoever has an address that nobody knows is no reason to leave the others out.
        reached = active.exclude(user__in=RefusedAddress.objects.in_force().values("user"))
        self.wanting = {pk for kind in CHOSEN_KINDS for pk in wanting(kind, reached).values_list("pk", flat=True)}

    def of(self, entry: PeriodListEntry) -> list[Membership]:
        may = [one for one in self.of_company[entry.company_id] if one.workplace_id in {None, entry.workplace_id}]
        return [one for one in may if one.pk in self.wanting] or may

    def are_there_for(self, entry: PeriodListEntry) -> bool:
        return bool(self.of(entry))

    def tell(self, kind: MailKind) -> None:
        """One mail to each, with how many it is about."""
        counts = Counter(membership for entry in self.entries for membership in self.of(entry))
        for membership, periods in counts.items():
            send(kind, to=membership.user, on_behalf_of=membership, counts={"periods": periods})


READ_BY_JOBS = (
    *("user__email", "user__is_active", "company__name"),
    *("role", "company", "school", "workplace", "starts_on", "ends_on"),
)


def tell_of_absence(kind: MailKind, days: AbsenceDayQuerySet) -> int:
    """Tell those who want `kind` how many of their students were absent on some of `days`; how many were told."""
    absent = days.filter(Q(lawful__gt=0) | Q(unlawful__gt=0))
    by_period: defaultdict[int, list[datetime.date]] = defaultdict(list)
    for period, day in absent.values_list("period", "day"):
        by_period[period].append(day)
    entries = [
        entry
        for entry in PeriodListEntry.objects.of_agreements().filter(
            period__in=by_period, agreement_last_day__gt=longest_ended()
        )
        if any(entry.agreement_has(day) for day in by_period[entry.period_id])
    ]
    companies = {entry.company_id for entry in entries}
    memberships = wanting(kind, Membership.objects.active().filter(company__in=companies))
    told = 0
    for membership in memberships.select_related("user", "company").only(*READ_BY_JOBS).order_by("id"):
        students = {
            entry.student_id
            for entry in entries
            if entry.company_id == membership.company_id and membership.workplace_id in {None, entry.workplace_id}
        }
        if students:
            send(kind, to=membership.user, on_behalf_of=membership, counts={"students": len(students)})
            told += 1
    return told


def tell_of_the_day(due_at: datetime.datetime) -> int:
    """The absence of the day as it was delivered by `due_at`, to whom wants it daily."""
    days = AbsenceDay.objects.filter(day=timezone.localdate(due_at), delivery__imported_at__lte=due_at)
    return tell_of_absence(ABSENCE_DAILY, days)


def tell_of_the_week(due_at: datetime.datetime) -> int:
    """The absence of the week before, to whom wants it weekly."""
    today = timezone.localdate(due_at)
    monday = today - datetime.timedelta(days=today.weekday())
    days = AbsenceDay.objects.filter(day__gte=monday - datetime.timedelta(weeks=1), day__lt=monday)
    return tell_of_absence(ABSENCE_WEEKLY, days)


def tell_at_once(now: datetime.datetime) -> int:
    """What files have brought since the last time, of what was registered today until 17; from 7 to 18 only.

    What comes before 7 waits until then; what comes after 18 is told by the other messages alone.
    """
    here = timezone.localtime(now)
    if here.time() < INSTANT_FROM:
        return 0
    fresh = list(
        AbsenceDelivery.objects.filter(instant_told_at=None, imported_at__lte=now).values_list("pk", flat=True)
    )
    told = 0
    if fresh and here.time() <= INSTANT_UNTIL:
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        last = here.replace(hour=LAST_REGISTRATION.hour, minute=0, second=0, microsecond=0)
        days = AbsenceDay.objects.filter(delivery__in=fresh, registered_at__gte=midnight, registered_at__lte=last)
        told = tell_of_absence(ABSENCE_INSTANT, days)
    AbsenceDelivery.objects.filter(pk__in=fresh).update(instant_told_at=now)
    return told
