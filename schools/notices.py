"""Underretning: which companies have been told of the absence in a school period, and which must be.

A row is a period in an agreement. Whether it was told is asked of the notices; the list is short enough for that: what
ends soon, or ended lately.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from absence.models import AbsenceNotice, NoticeKind, PeriodListEntry
from absence.notices import DAYS_LATE
from laereplads.access_log.left_out import FEW, left_out
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.people.models import Company
from laereplads.people.models.agreements import longest_ended
from laereplads.web.paging import Page, named_in, page_at
from schools.absence import told_in_order
from schools.queries import PLACEHOLDER_MEMBERSHIP, ids_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import QueryDict

    from laereplads.access.models import Membership
    from laereplads.web.paging import PageRange
    from schools.absence import Told

PAGE_SIZE = 25
DAYS_AHEAD = 14
# What was told stays so long after the day, and so long after a correction of it.
DAYS_SHOWN = 60
# Not told first; then by the day. `public_id` stands for the pair.
ORDER = ("is_told", "due_on", "sort_key", "pk")
POSITION: dict[str, Any] = {
    "is_told": Parameter("is_told", IntegerField()),
    "due_on": Parameter("due_on", DateField()),
    "sort_key": Parameter("sort_key", TextField()),
    "pk": Parameter("pk", BigIntegerField()),
}


class State(TextChoices):
    """How far a notice has come: each row is in one of these."""

    MISSING = "missing", _("Mangler data")
    COMING = "coming", _("Ikke underrettet endnu")
    NO_RECEIVER = "no_receiver", _("Ingen modtager i virksomheden")
    CORRECTED = "corrected", _("Rettet efter underretning")
    TOLD = "told", _("Underrettet")


TONES = {
    State.MISSING: "error",
    State.COMING: "none",
    State.NO_RECEIVER: "warning",
    State.CORRECTED: "success",
    State.TOLD: "success",
}


def pairs(membership: Membership) -> QuerySet[Any, Any]:
    """The periods in agreements whose company is to be told of them about now, each with its `notice_state`."""
    today = timezone.localdate()
    own = PeriodListEntry.objects.visible_to(membership).of_agreements()
    told = AbsenceNotice.objects.filter(period=OuterRef("period"), agreement=OuterRef("agreement"))
    latest = told.order_by("-sequence")
    named = Concat(Cast("period_public_id", TextField()), Cast("agreement_public_id", TextField()))
    lately = today - datetime.timedelta(days=DAYS_SHOWN)
    return (
        own.filter(
            due_on__gt=today - datetime.timedelta(days=DAYS_LATE),
            due_on__lte=today + datetime.timedelta(days=DAYS_AHEAD),
        )
        .annotate(
            is_told=Case(
                When(Exists(told.filter(due_on__gte=OuterRef("due_on"))), then=1),
                default=0,
                output_field=IntegerField(),
            ),
            public_id=Cast(MD5(named), UUIDField()),
            latest_kind=Subquery(latest.values("kind")[:1]),
            latest_has_receiver=Subquery(latest.values("has_receiver")[:1]),
            latest_at=Subquery(latest.values("made_at")[:1]),
        )
        # What was not told stays as long as the company can be told.
        .filter(
            Q(is_told=0, agreement_last_day__gt=longest_ended())
            | Q(due_on__gt=lately)
            | Q(latest_at__gte=start_of(lately))
        )
        .annotate(
            notice_state=Case(
                When(is_told=0, due_on__lt=today, then=Value(State.MISSING)),
                When(is_told=0, then=Value(State.COMING)),
                When(latest_has_receiver=False, then=Value(State.NO_RECEIVER)),
                When(latest_kind=NoticeKind.CORRECTION, then=Value(State.CORRECTED)),
                default=Value(State.TOLD),
                output_field=TextField(),
            )
        )
    )


def start_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@dataclass(frozen=True)
class Line:
    """A row of the page: the pair, its company, and what it was told, the newest first."""

    entry: PeriodListEntry
    company: str
    told: list[Told]
    # Whether the page has another student of the same name.
    has_namesake: bool

    @property
    def seen_at(self) -> datetime.datetime | None:
        """When the company looked at what it was told last."""
        return self.told[0].notice.first_seen_at if self.told else None

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def state(self) -> State:
        return State(self.entry.notice_state)  # type: ignore[attr-defined]  # annotated


def in_states(states: tuple[str, ...]) -> Q:
    return Q(notice_state__in=states) if states else Q()


@compiled_query
def counts_query(today: datetime.date) -> QuerySet[Any, Any]:
    of_each: QuerySet[Any, Any] = pairs(PLACEHOLDER_MEMBERSHIP).order_by().values_list("notice_state")
    counted: QuerySet[Any, Any] = of_each.annotate(number=Count("*"))
    return counted


@compiled_query
def rows_query(today: datetime.date, states: tuple[str, ...], page_range: PageRange) -> QuerySet[Any, Any]:
    return page_range.of(pairs(PLACEHOLDER_MEMBERSHIP).filter(in_states(states)), ORDER)


@compiled_query
def missing_query(today: datetime.date) -> QuerySet[Any, Any]:
    """How many pairs are in the state **Mangler data**, asked without what rows show: each front page does."""
    lately = today - datetime.timedelta(days=DAYS_SHOWN)
    own = PeriodListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP).of_agreements()
    told = AbsenceNotice.objects.filter(period=OuterRef("period"), agreement=OuterRef("agreement"))
    due = own.filter(due_on__gt=today - datetime.timedelta(days=DAYS_LATE), due_on__lt=today)
    in_view = Q(agreement_last_day__gt=longest_ended()) | Q(due_on__gt=lately)
    shown = due.filter(in_view | Q(Exists(told.filter(made_at__gte=start_of(lately)))))
    missing = shown.filter(~Exists(told.filter(due_on__gte=OuterRef("due_on"))))
    return missing.order_by().values("school").annotate(number=Count("*")).values_list("number")


@dataclass(frozen=True)
class Notices:
    """A page at a time of the pairs in some states; none means in any."""

    membership: Membership
    states: tuple[str, ...]

    @property
    def wanted(self) -> Q:
        return in_states(self.states)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many pairs are in each state, those left out too."""
        found = counts_query(timezone.localdate()).run(**ids_of(self.membership))
        return dict.fromkeys(State.values, 0) | {str(state): count for state, count in found}

    @property
    def hits(self) -> int:
        return sum(self.counts[state] for state in self.states or State.values)

    def page(self, asked: QueryDict) -> Page[Any]:
        return page_at(asked, self.rows, self.keys_of, count=self.hits, size=PAGE_SIZE)

    def rows(self, page_range: PageRange) -> list[PeriodListEntry]:
        anywhere = page_range.anywhere([POSITION[key] for key in ORDER])
        position = dict(zip(ORDER, page_range.position or (), strict=False))
        compiled = rows_query(timezone.localdate(), self.states, anywhere)
        return compiled.instances(**ids_of(self.membership), **position)

    def keys_of(self, public_id: UUID) -> tuple[Any, ...] | None:
        return pairs(self.membership).filter(self.wanted, public_id=public_id).values_list(*ORDER).first()

    def lines(self, page: Page[PeriodListEntry]) -> list[Line]:
        """The page's rows with their companies and notices: two statements, however many rows."""
        companies = dict(Company.objects.filter(pk__in={row.company_id for row in page}).values_list("pk", "name"))
        notices = AbsenceNotice.objects.visible_to(self.membership).filter(period__in={row.period_id for row in page})
        told: dict[tuple[int, int | None], list[Told]] = {}
        for each in told_in_order(notices):
            told.setdefault((each.notice.period_id, each.notice.agreement_id), []).append(each)
        names = Counter(name for _student, name in {(row.student_id, row.student_name) for row in page})
        return [
            Line(
                row,
                companies.get(row.company_id or 0, ""),
                told.get((row.period_id, row.agreement_id), []),
                has_namesake=names[row.student_name] > 1,
            )
            for row in page
        ]

    def told_of(self, page: Page[PeriodListEntry], asked: QueryDict) -> set[int]:
        """The students of whom a page tells without naming them: see `left_out`, and whom its address names."""
        own = pairs(self.membership)
        told = left_out(page.span(own, ORDER), [self.wanted]) if self.states else set()
        # Whom a number beside a tick box tells of.
        named = self.states or State.values if not page.is_part else ()
        if few := [state for state, count in self.counts.items() if 0 < count <= FEW and state not in named]:
            told.update(own.filter(notice_state__in=few).values_list("student", flat=True))
        if beside := named_in(asked):
            told.update(own.filter(public_id=beside).values_list("student", flat=True))
        return told - {row.student_id for row in page}


def missed(membership: Membership) -> str:
    """What the front page says of companies that were not told in time; empty where all were."""
    found = missing_query(timezone.localdate()).run(**ids_of(membership))
    number = found[0][0] if found else 0
    if not number:
        return ""
    words = ngettext("%(number)d underretning mangler data", "%(number)d underretninger mangler data", number)
    address = f"{reverse('schools:notice_list')}?tilstand={State.MISSING}"
    return format_html('<a href="{}">{}</a>', address, words % {"number": number})
