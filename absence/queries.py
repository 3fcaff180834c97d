"""What a company asks of school periods: which are wanted, a page of them in order; and all of one agreement."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Sum, TextField, UUIDField, When
from django.db.models.functions import MD5, Cast, Coalesce, Concat
from django.utils import timezone

from absence.figures import NOTHING, Sums
from absence.models import AbsenceDay, AbsenceNotice, PeriodListEntry, PeriodListEntryQuerySet
from laereplads.access_log.left_out import left_out
from laereplads.database.text import holds_words
from laereplads.people.models import Workplace
from laereplads.web.paging import Page, named_in, page_at

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import QueryDict

    from laereplads.access.models import Membership
    from laereplads.web.paging import PageRange

PAGE_SIZE = 25
# The orders of lists, all ascending and together unique.
MOST_ABSENT_FIRST = ("after_running", "presence", "sort_key", "public_id")
BY_FIRST_DAY = ("starts_on", "sort_key", "public_id")
BY_WORKPLACE = ("workplace_key", "workplace_id", "sort_key", "starts_on", "public_id")


@dataclass(frozen=True)
class PeriodFilter:
    """What narrows a list of periods."""

    words: str = ""
    # A p-number.
    workplace: str = ""
    running: bool = False
    absent: bool = False
    # The first and last day of those that it must meet.
    days: tuple[datetime.date, datetime.date] | None = None

    @property
    def conditions(self) -> list[Q]:
        """One for each filter in force."""
        found = []
        if self.words:
            found.append(holds_words(self.words))
        if self.workplace:
            found.append(Q(workplace__in=Workplace.objects.filter(p_number=self.workplace).values("pk")))
        if self.running:
            found.append(Q(after_running=0))
        if self.absent:
            found.append(Q(absent_counted__gt=0))
        if self.days:
            found.append(meets(*self.days))
        return found


def meets(first: datetime.date, last: datetime.date) -> Q:
    """That one of these days is one of the period and of the agreement."""
    return Q(starts_on__lte=last, agreement_starts_on__lte=last, due_on__gte=first)


@dataclass(frozen=True)
class PeriodList:
    """A company's periods in an order, narrowed: each once for each of its agreements that it meets."""

    membership: Membership
    # The list that is narrowed.
    scope: PeriodListEntryQuerySet
    wanted: PeriodFilter
    keys: tuple[str, ...]

    @property
    def own(self) -> PeriodListEntryQuerySet:
        """The list that is narrowed, with all it is narrowed and put in order by."""
        today = timezone.localdate()
        return (
            self.scope.with_sums()
            .annotate(
                # A row is about both, and derived anew when days come: its own id does not last.
                public_id=Cast(
                    MD5(Concat(Cast("agreement_public_id", TextField()), Cast("period_public_id", TextField()))),
                    UUIDField(),
                ),
                after_running=Case(When(due_on__gte=today, then=0), default=1, output_field=IntegerField()),
            )
            .annotate(presence=Coalesce("tenths", -1, output_field=IntegerField()) * -1)
        )

    @property
    def found(self) -> PeriodListEntryQuerySet:
        return self.own.filter(*self.wanted.conditions)

    @property
    def shown(self) -> PeriodListEntryQuerySet:
        """The same with what rows say, too."""
        others = PeriodListEntry.objects.visible_to(self.membership).filter(sort_key=OuterRef("sort_key"))
        # Who has changed schools is another student, and the same person of the same agreement.
        others = others.exclude(student=OuterRef("student")).exclude(agreement=OuterRef("agreement"))
        return self.found.annotate(has_namesake=Exists(others)).select_related("school")

    @property
    def counts(self) -> dict[str, int]:
        """How many periods were found, and of how many students."""
        return self.found.order_by().aggregate(rows=Count("pk"), students=Count("student", distinct=True))

    @property
    def workplaces(self) -> list[tuple[str, str]]:
        """The numbers and names of the places of the list, before it is narrowed."""
        places = Workplace.objects.filter(pk__in=self.scope.order_by().values("workplace"))
        return list(places.order_by("sort_key", "pk").values_list("p_number", "name"))

    def page(self, asked: QueryDict, count: int) -> Page[PeriodListEntry]:
        return page_at(asked, self.rows, self.keys_of, count=count, size=PAGE_SIZE)

    def rows(self, page_range: PageRange) -> list[PeriodListEntry]:
        return list(page_range.of(self.shown, self.keys))

    def keys_of(self, public_id: UUID) -> tuple[Any, ...] | None:
        return self.found.filter(Q(public_id=public_id)).values_list(*self.keys).first()

    def everything(self) -> list[PeriodListEntry]:
        return list(self.found.select_related("school").order_by(*self.keys))

    def told_of(self, page: Page[PeriodListEntry], asked: QueryDict) -> set[int]:
        """The students of whom a page tells without naming them: see `left_out`, and whom its address names."""
        beside = named_in(asked)
        told = left_out(page.span(self.own, self.keys), self.wanted.conditions)
        if beside:
            told |= set(self.own.filter(Q(public_id=beside)).values_list("student", flat=True))
        return told - {entry.student_id for entry in page}

    def left_out_of_all(self) -> set[int]:
        """As `told_of`, of the whole list at once."""
        return left_out(self.own, self.wanted.conditions)

    def sums_of_agreements(self, entries: Iterable[PeriodListEntry]) -> dict[int, Sums]:
        """Of the agreements of these entries, by their ids: the days until yesterday, of all their periods."""
        agreements = {entry.agreement_id for entry in entries}
        whole = PeriodListEntry.objects.visible_to(self.membership).filter(agreement__in=agreements).with_sums()
        parts = ("scheduled", "lawful", "unlawful")
        in_all = {f"{part}_in_all": Sum(f"{part}_counted") for part in parts}
        summed = whole.order_by().values("agreement").annotate(**in_all).values_list("agreement", *in_all)
        return {agreement: Sums(*minutes) for agreement, *minutes in summed}


def lately(membership: Membership) -> PeriodListEntryQuerySet:
    """The list of Fraværsoversigt."""
    return PeriodListEntry.objects.visible_to(membership).begun_lately()


def until(membership: Membership, day: datetime.date) -> PeriodListEntryQuerySet:
    """The list of Skoleophold: what runs, and what begins no later than `day`."""
    return PeriodListEntry.objects.visible_to(membership).filter(meets(timezone.localdate(), day))


def at_any_time(membership: Membership) -> PeriodListEntryQuerySet:
    return PeriodListEntry.objects.visible_to(membership)


@dataclass(frozen=True)
class AgreementPeriod:
    """A period of an agreement, with its days in it and what the company was told of them."""

    entry: PeriodListEntry
    days: list[AbsenceDay]
    # The oldest first.
    notices: list[AbsenceNotice]

    @property
    def has_archived_days(self) -> bool:
        """Whether the sums count days that are no longer kept."""
        return self.entry.school_days > len(self.days)


def periods_of(membership: Membership, agreement: UUID) -> list[AgreementPeriod]:
    """The periods of an agreement that is in view, the newest first; none of any other."""
    entries = list(
        PeriodListEntry.objects.visible_to(membership)
        .filter(agreement_public_id=agreement)
        # Of a student who had left the school before, there is nothing.
        .exclude(due_on=None, last_day=None)
        .select_related("school")
        .order_by("-starts_on", "-period_id")
    )
    if not entries:
        return []
    first = entries[0]
    days = AbsenceDay.objects.visible_to(membership).filter(
        period__in=[entry.period_id for entry in entries],
        # The company may have another agreement in the same period.
        day__range=(first.agreement_starts_on, first.agreement_last_day),
    )
    notices = AbsenceNotice.objects.visible_to(membership).filter(agreement=first.agreement_id)
    days_of = by_period(days.order_by("period_id", "day"))
    notices_of = by_period(notices.order_by("period_id", "sequence"))
    return [
        AgreementPeriod(entry, days_of.get(entry.period_id, []), notices_of.get(entry.period_id, []))
        for entry in entries
    ]


def by_period[Row](rows: Iterable[Row]) -> dict[int, list[Row]]:
    return {period: list(of_period) for period, of_period in groupby(rows, attrgetter("period_id"))}


def sum_of(periods: Iterable[AgreementPeriod]) -> Sums:
    """Of the days until yesterday."""
    return sum((period.entry.sums for period in periods), start=NOTHING)
