"""What a company asks of school periods: which are wanted, a page of them in order; and all of one agreement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    Exists,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Sum,
    TextField,
    UUIDField,
    When,
)
from django.db.models.functions import MD5, Cast, Coalesce, Concat
from django.utils import timezone

from absence.figures import NOTHING, Sums
from absence.models import AbsenceDay, AbsenceNotice, PeriodListEntry, PeriodListEntryQuerySet
from laereplads.access.models import Membership
from laereplads.access_log.left_out import left_out
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.database.text import OnceAndForAll, holds_words, parameters_for_words, values_of_words
from laereplads.people.models import Workplace
from laereplads.web.paging import Page, named_in, page_at

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import QueryDict

    from laereplads.database.compiled_queries import CompiledQuery
    from laereplads.web.paging import PageRange

    # Of whoever asks, the list that is narrowed.
    type Scope = Callable[[Membership], PeriodListEntryQuerySet]

PAGE_SIZE = 25
# The orders of lists, all ascending and together unique.
OF_THE_ENTRY = ("agreement_public_id", "period_public_id")
MOST_ABSENT_FIRST = ("after_running", "presence", "sort_key", *OF_THE_ENTRY)
BY_FIRST_DAY = ("starts_on", "sort_key", *OF_THE_ENTRY)
BY_WORKPLACE = ("workplace_key", "workplace_id", "sort_key", "starts_on", *OF_THE_ENTRY)
# Whoever asks, and what they ask for, in queries that are compiled once for all companies, as in `risk.queries`.
COMPANY, OWN_WORKPLACE = (Parameter(name, BigIntegerField()) for name in ("company", "own_workplace"))
PLACEHOLDER_MEMBERSHIP = Membership(company_id=COMPANY)
PLACEHOLDER_OF_A_WORKPLACE = Membership(company_id=COMPANY, workplace_id=OWN_WORKPLACE)
PUBLIC_ID, WORKPLACE = Parameter("public_id", UUIDField()), Parameter("workplace", TextField())
FIRST_DAY, LAST_DAY = Parameter("first_day", DateField()), Parameter("last_day", DateField())
AGREEMENTS = Parameter("agreements", ArrayField(BigIntegerField()))
CALCULATED = {"after_running", "presence"}
POSITION: dict[str, Any] = {
    key: Parameter(key, IntegerField() if key in CALCULATED else PeriodListEntry._meta.get_field(key))  # type: ignore[arg-type]  # columns all
    for key in {*MOST_ABSENT_FIRST, *BY_FIRST_DAY, *BY_WORKPLACE}
}


def placeholder(*, limited: bool) -> Membership:
    return PLACEHOLDER_OF_A_WORKPLACE if limited else PLACEHOLDER_MEMBERSHIP


@dataclass(frozen=True)
class PeriodFilter:
    """Which of a company's periods are looked for."""

    scope: Scope
    words: str | tuple[Parameter, ...] = ""
    # A p-number.
    workplace: str | Parameter = ""
    running: bool = False
    absent: bool = False
    # The first and last day of those that it must meet.
    days: tuple[datetime.date | Parameter, datetime.date | Parameter] | None = None

    @property
    def typed(self) -> str:
        return self.words if isinstance(self.words, str) else ""

    def compilable(self) -> PeriodFilter:
        """The same with a parameter for each value: what was typed is no part of a query that is kept."""
        return replace(
            self,
            words=parameters_for_words(self.typed),
            workplace=WORKPLACE if self.workplace else "",
            days=(FIRST_DAY, LAST_DAY) if self.days else None,
        )

    def values(self) -> dict[str, Any]:
        """The values of these parameters."""
        first, last = self.days or (None, None)
        return {**values_of_words(self.typed), "workplace": self.workplace, "first_day": first, "last_day": last}

    def list_of(self, membership: Membership) -> PeriodListEntryQuerySet:
        """The list that is narrowed, with all that it is narrowed and put in order by."""
        return ordered(self.scope(membership))

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


def meets(first: datetime.date | Parameter, last: datetime.date | Parameter) -> Q:
    """That one of these days is one of the period and of the agreement."""
    return Q(starts_on__lte=last, agreement_starts_on__lte=last, due_on__gte=first)


def ordered(entries: PeriodListEntryQuerySet) -> PeriodListEntryQuerySet:
    """With what they are narrowed and put in order by, besides their columns."""
    today = timezone.localdate()
    return (
        entries.with_sums()
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


@dataclass(frozen=True)
class PeriodList:
    """A company's periods in an order, narrowed: each once for each of its agreements that it meets."""

    membership: Membership
    wanted: PeriodFilter
    keys: tuple[str, ...]

    @property
    def own(self) -> PeriodListEntryQuerySet:
        """The list that is narrowed."""
        return self.wanted.list_of(self.membership)

    @property
    def counts(self) -> dict[str, int]:
        """How many periods were found, and of how many students where days were asked for."""
        found = self.run(counts_query, self.wanted.compilable())
        return dict(zip(("rows", "students"), found[0] if found else (0, 0), strict=False))

    @property
    def workplaces(self) -> list[tuple[str, str]]:
        """The numbers and names of the places of the list, before it is narrowed."""
        return [(number, name) for number, name in self.run(workplaces_query, self.wanted.scope)]

    def page(self, asked: QueryDict, count: int) -> Page[PeriodListEntry]:
        return page_at(asked, self.rows, self.keys_of, count=count, size=PAGE_SIZE)

    def rows(self, page_range: PageRange) -> list[PeriodListEntry]:
        anywhere = page_range.anywhere([POSITION[key] for key in self.keys])
        compiled = self.compiled(rows_query, self.wanted.compilable(), self.keys, anywhere)
        position = dict(zip(self.keys, page_range.position or (), strict=False))
        return page_range.sort(compiled.instances(**self.values(), **position), self.keys)

    def keys_of(self, public_id: UUID) -> tuple[Any, ...] | None:
        found = self.run(keys_query, self.wanted.compilable(), self.keys, public_id=public_id)
        return found[0] if found else None

    def everything(self) -> list[PeriodListEntry]:
        found = self.own.filter(*self.wanted.conditions)
        return list(found.select_related("school").order_by(*self.keys))

    def told_of(self, page: Page[PeriodListEntry], asked: QueryDict) -> set[int]:
        """The students of whom a page tells without naming them: see `left_out`, and whom its address names."""
        beside = named_in(asked)
        told: set[int] = set()
        if self.wanted.conditions:
            told = left_out(page.span(self.own, self.keys), self.wanted.conditions)
        if beside:
            told |= set(self.own.filter(Q(public_id=beside)).values_list("student", flat=True))
        return told - {entry.student_id for entry in page}

    def left_out_of_all(self) -> set[int]:
        """As `told_of`, of the whole list at once."""
        return left_out(self.own, self.wanted.conditions)

    def sums_of_agreements(self, entries: Iterable[PeriodListEntry]) -> dict[int, Sums]:
        """Of the agreements of these entries, by their ids: the days until yesterday, of all their periods."""
        summed = self.run(sums_query, agreements=list({entry.agreement_id for entry in entries}))
        return {agreement: Sums(*minutes) for agreement, *minutes in summed}

    def compiled(self, query: Any, *given: Any) -> CompiledQuery:
        compiled: CompiledQuery = query(timezone.localdate(), *given, limited=self.membership.workplace_id is not None)
        return compiled

    def values(self) -> dict[str, Any]:
        """The values of the parameters of whoever asks, and of what they ask for."""
        asker = {"company": self.membership.company_id, "own_workplace": self.membership.workplace_id}
        return {**asker, **self.wanted.values()}

    def run(self, query: Any, *given: Any, **values: Any) -> list[tuple[Any, ...]]:
        return self.compiled(query, *given).run(**self.values(), **values)


def found_by(asker: Membership, wanted: PeriodFilter) -> PeriodListEntryQuerySet:
    return wanted.list_of(asker).filter(*wanted.conditions)


@compiled_query
def counts_query(today: datetime.date, wanted: PeriodFilter, *, limited: bool) -> QuerySet[Any, Any]:
    # Grouped by what is the same for all of one company.
    found = found_by(placeholder(limited=limited), wanted).order_by().values("company")
    counts = {"rows": Count("*")}
    if wanted.days:
        counts["students"] = Count("student", distinct=True)
    return found.annotate(**counts).values_list(*counts)


@compiled_query
def workplaces_query(today: datetime.date, scope: Scope, *, limited: bool) -> QuerySet[Any, Any]:
    used = scope(placeholder(limited=limited)).filter(workplace=OuterRef("pk"))
    places = Workplace.objects.filter(Exists(used), company=COMPANY)
    return places.order_by("sort_key", "pk").values_list("p_number", "name")


@compiled_query
def rows_query(
    today: datetime.date,
    wanted: PeriodFilter,
    keys: tuple[str, ...],
    page_range: PageRange,
    *,
    limited: bool,
) -> QuerySet[Any, Any]:
    """The inner query puts all in order; what rows say besides is asked of the page's own alone."""
    asker = placeholder(limited=limited)
    on_page = page_range.of(found_by(asker, wanted), keys).values("pk")
    others = PeriodListEntry.objects.visible_to(asker).filter(sort_key=OuterRef("sort_key"))
    # Who has changed schools is another student, and the same person of the same agreement.
    others = others.exclude(student=OuterRef("student")).exclude(agreement=OuterRef("agreement"))
    shown = ordered(PeriodListEntry.objects.filter(pk__in=on_page))
    return shown.annotate(has_namesake=Exists(others)).select_related("school")


@compiled_query
def keys_query(
    today: datetime.date, wanted: PeriodFilter, keys: tuple[str, ...], *, limited: bool
) -> QuerySet[Any, Any]:
    found = found_by(placeholder(limited=limited), wanted)
    return found.filter(Q(public_id=PUBLIC_ID)).values_list(*keys)


@compiled_query
def sums_query(today: datetime.date, *, limited: bool) -> QuerySet[Any, Any]:
    asked = OnceAndForAll(Func(Cast(AGREEMENTS, AGREEMENTS.output_field), function="unnest"))
    own = PeriodListEntry.objects.visible_to(placeholder(limited=limited)).filter(agreement__in=asked).with_sums()
    in_all = {f"{part}_in_all": Sum(f"{part}_counted") for part in ("scheduled", "lawful", "unlawful")}
    return own.order_by().values("agreement").annotate(**in_all).values_list("agreement", *in_all)


def lately(membership: Membership) -> PeriodListEntryQuerySet:
    """The list of Fraværsoversigt."""
    return PeriodListEntry.objects.visible_to(membership).begun_lately()


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
