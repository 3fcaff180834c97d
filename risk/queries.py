"""What a company's pages ask: which agreements, how many, a page of them in order, of one table; and one's history.

Every query is put together once for all companies, with a place for each value.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, TextField, UUIDField
from django.db.models.functions import Coalesce
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.database.prepared import Later, Prepared, once_for_each
from laereplads.database.text import holds_words, places_of_words, words_in_places
from laereplads.people.models import Agreement, Workplace
from laereplads.web.paging import IsOneOf, Page, Position, Stretch, keys_of, page_at
from risk.models import (
    MONTHS_THAT_ARE_SOON,
    NEVER,
    ListedAgreement,
    ListedAgreementQuerySet,
    RiskAssessment,
    months_after,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from uuid import UUID

PAGE_SIZE = 25
# Whoever asks, and what is asked for.
ANYBODY = Membership(pk=Later("membership", BigIntegerField()), company_id=Later("company", BigIntegerField()))
PUBLIC_ID, ID, WORKPLACE = Later("public_id", UUIDField()), Later("id", BigIntegerField()), Later("place", TextField())


class Progress(TypedDict):
    """How many students there are, and how many of them have an assessment."""

    students: int
    assessed: int


class Hits(TypedDict):
    """How many agreements were found, and of how many students."""

    rows: int
    students: int


# A student with two agreements counts once, and as assessed if one of them carries an assessment.
OF_PROGRESS = {
    "students": Count("student", distinct=True),
    "assessed": Count("student", distinct=True, filter=~Q(level="")),
}


@functools.cache
def place_of_key(name: str) -> Later:
    return Later(name, ListedAgreement._meta.get_field(name))  # type: ignore[arg-type]  # columns all


@dataclass(frozen=True)
class Wanted:
    """Which of a company's agreements are looked for."""

    # Only those whose students can be assessed now.
    assessable: bool
    words: str | tuple[Later, ...] = ""
    # Its p-number.
    workplace: str | Later = ""
    # An empty one is "Ikke registreret".
    levels: tuple[str, ...] = ()
    ends_soon: bool = False

    @property
    def typed(self) -> str:
        return self.words if isinstance(self.words, str) else ""

    def untyped(self) -> Wanted:
        """The same with a place for each value: of queries that are kept, what was typed is no part."""
        return replace(self, words=places_of_words(self.typed), workplace=WORKPLACE if self.workplace else "")

    def values(self) -> dict[str, Any]:
        """What stands in those places."""
        return {**words_in_places(self.typed), WORKPLACE.value: self.workplace}

    def among(self, listed: ListedAgreementQuerySet) -> ListedAgreementQuerySet:
        return listed.assessable() if self.assessable else listed

    @property
    def condition(self) -> Q:
        """What narrows them further; empty when nothing does."""
        condition = holds_words(self.words)
        if self.workplace:
            of_number = Workplace.objects.filter(p_number=self.workplace)
            condition &= Q(workplace__in=of_number.values("pk"))
        if self.levels:
            condition &= Q(level__in=self.levels)
        if self.ends_soon:
            today = timezone.localdate()
            condition &= Q(last_day__gte=today, last_day__lte=months_after(today, MONTHS_THAT_ARE_SOON))
        return condition


class Line(NamedTuple):
    """An agreement with all that lists show and sort by: birth dates and addresses of students stay where they are."""

    agreement_id: int
    student_id: int
    name: str
    sort_key: str
    starts_on: datetime.date
    last_day: datetime.date
    workplace_id: int
    workplace_key: str
    level: str
    assessed_on: datetime.date
    public_id: UUID
    type: str
    ends_on: datetime.date
    ended_early_on: datetime.date | None
    workplace_name: str
    street: str
    postal_code: str
    town: str
    # The employee; empty where there is no assessment.
    recorder: str
    education: str
    school: str

    @property
    def pk(self) -> int:
        """The agreement's."""
        return self.agreement_id

    def runs_on(self, day: datetime.date) -> bool:
        return self.starts_on <= day <= self.last_day

    def assessed(self, assessment: RiskAssessment | None, recorder: str) -> Line:
        """The line as it is when `recorder` has made `assessment`; None clears what there was."""
        if assessment is None or assessment.level is None:
            return self._replace(level="", assessed_on=NEVER, recorder="")
        return self._replace(level=assessment.level, assessed_on=assessment.recorded_on, recorder=recorder)


# Where each part of a line is found.
OF_LINE = {name: name for name in Line._fields} | {name: f"{name}__name" for name in ("education", "school")}


def assessable_line(membership: Membership, public_id: UUID) -> Line | None:
    """The agreement with this public id, if the company can assess its student now."""
    found = line_asked(timezone.localdate()).run(company=membership.company_id, public_id=public_id)
    return Line._make(found[0]) if found else None


@once_for_each
def line_asked(today: datetime.date) -> Prepared[ListedAgreement, Any]:
    of_public_id = Agreement.objects.filter(public_id=PUBLIC_ID).order_by().values("pk")
    own = ListedAgreement.objects.visible_to(ANYBODY).assessable().filter(IsOneOf("pk", of_public_id))
    return Prepared(own.values_list(*OF_LINE.values()))


def history_of(membership: Membership, line: Line) -> list[RiskAssessment]:
    """The agreement's assessments, the newest first, each with who made it."""
    return history_asked(timezone.localdate()).run(company=membership.company_id, id=line.agreement_id)


@once_for_each
def history_asked(today: datetime.date) -> Prepared[RiskAssessment, Any]:
    own = RiskAssessment.objects.visible_to(ANYBODY).filter(agreement=ID)
    return Prepared(own.with_recorder().order_by("-id"))


def progress_of(membership: Membership) -> Progress:
    return counted(membership, Wanted(assessable=True))[0]


def counted(membership: Membership, wanted: Wanted) -> tuple[Progress, Hits]:
    """The progress of all of a list's agreements, and how many of them are wanted: in one statement."""
    found = counts_asked(wanted.untyped(), timezone.localdate()).run(company=membership.company_id, **wanted.values())
    students, assessed, rows, hits = found[0] if found else (0, 0, 0, 0)
    return Progress(students=students, assessed=assessed), Hits(rows=rows, students=hits)


@once_for_each
def counts_asked(wanted: Wanted, today: datetime.date) -> Prepared[ListedAgreement, Any]:
    # Grouped by what is the same for all of one company.
    own = wanted.among(ListedAgreement.objects.visible_to(ANYBODY)).order_by().values("company")
    condition = wanted.condition or None
    rows, hits = Count("pk", filter=condition), Count("student", distinct=True, filter=condition)
    return Prepared(own.annotate(**OF_PROGRESS, rows=rows, hits=hits).values_list(*OF_PROGRESS, "rows", "hits"))


def workplaces_of(membership: Membership, *, assessable: bool) -> list[tuple[str, str]]:
    """The numbers and names of the places where the students of a list are trained."""
    return workplaces_asked(timezone.localdate(), assessable=assessable).run(company=membership.company_id)


@once_for_each
def workplaces_asked(today: datetime.date, *, assessable: bool) -> Prepared[Workplace, Any]:
    listed = Wanted(assessable).among(ListedAgreement.objects.visible_to(ANYBODY))
    # Both columns: so the index of that order finds one of each place, and does not go through them all.
    used = listed.filter(workplace_key=OuterRef("sort_key"), workplace=OuterRef("pk"))
    places = Workplace.objects.filter(Exists(used), company=ANYBODY.company_id)
    return Prepared(places.values_list("p_number", "name"))


@dataclass(frozen=True)
class AgreementList:
    """A company's agreements in an order, narrowed."""

    membership: Membership
    wanted: Wanted
    keys: tuple[str, ...]

    def page(self, asked: str, count: int) -> Page[Line]:
        return page_at(asked, self.fetch, keys=self.keys, count=count, size=PAGE_SIZE)

    def fetch(self, stretch: Stretch) -> list[Line]:
        """The lines of a stretch."""
        found = self.run(lines_asked, stretch)
        return [Line._make(line) for line in found]

    def after(self, line: Line) -> Line | None:
        """The next one, wherever `line` stands."""
        position = Position("after", keys_of(line, self.keys), 0)
        return next(iter(self.fetch(Stretch(position, False, 1))), None)

    def page_of(self, line: Line) -> str | None:
        """How the address says the page on which `line` stands; None for the first."""
        position = Position("before", keys_of(line, self.keys), 0)
        found = self.run(number_asked, Stretch(position, True, 0))
        number = found[0][0] if found else 0
        if number < PAGE_SIZE:
            return None
        # The last line of the page before.
        on_page = number % PAGE_SIZE
        nearest = self.fetch(Stretch(position, True, on_page + 1))
        return Position("after", keys_of(nearest[on_page], self.keys), number - on_page).sealed(self.keys)

    def run(self, asked: Any, stretch: Stretch) -> Sequence[Any]:
        anywhere = stretch.anywhere([place_of_key(key) for key in self.keys])
        query: Prepared[Any, Any] = asked(self.wanted.untyped(), self.keys, anywhere, timezone.localdate())
        beyond = dict(zip(self.keys, stretch.position.keys, strict=True)) if stretch.position else {}
        return query.run(company=self.membership.company_id, **self.wanted.values(), **beyond)


def wanted_by_anybody(wanted: Wanted) -> ListedAgreementQuerySet:
    return wanted.among(ListedAgreement.objects.visible_to(ANYBODY)).filter(wanted.condition)


@once_for_each
def lines_asked(
    wanted: Wanted, keys: tuple[str, ...], stretch: Stretch, today: datetime.date
) -> Prepared[ListedAgreement, Any]:
    """The inner query asks for what narrows and sorts, of one index; what lines show is looked up for these."""
    ids = stretch.of(wanted_by_anybody(wanted), keys).values("pk")
    # Said so that no index gives this order: one would lead past all of the company's.
    hidden = {f"by_{key}": Coalesce(key, key) for key in keys}
    shown = ListedAgreement.objects.filter(pk__in=ids).alias(**hidden)
    in_order = shown.order_by(*stretch.ordered([*hidden]))
    return Prepared(in_order.values_list(*OF_LINE.values()))


@once_for_each
def number_asked(
    wanted: Wanted, keys: tuple[str, ...], stretch: Stretch, today: datetime.date
) -> Prepared[ListedAgreement, Any]:
    """How many stand before."""
    before = stretch.beyond(wanted_by_anybody(wanted), keys)
    return Prepared(before.order_by().values("company").annotate(number=Count("pk")).values_list("number"))
