"""What a company's pages ask: which agreements, how many, a page of them in order, of one table; and one's history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.db.models import BigIntegerField, Count, DateField, Exists, F, OuterRef, Q, TextField, UUIDField, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access_log.left_out import FEW, left_out
from laereplads.database.compiled_queries import Parameter, compiled_query
from laereplads.database.text import holds_words, parameters_for_words, values_of_words
from laereplads.people.models import Workplace
from laereplads.web.paging import Page, PageRange, after, named_in, page_at
from risk.models import (
    KEYS,
    MONTHS_THAT_ARE_SOON,
    NEVER,
    NOT_DUE,
    AgreementListEntry,
    AgreementListEntryQuerySet,
    AssessmentPause,
    DueAssessment,
    DueTab,
    Order,
    RiskAssessment,
    in_tab,
    months_after,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import QueryDict

    from laereplads.web.paging import Address

PAGE_SIZE = 25
# Whoever asks, and what they ask for, in queries that are compiled once for all companies. Those limited to a workplace
# have queries of their own: everybody else's are neither longer nor slower for it.
COMPANY, OWN_WORKPLACE = (Parameter(name, BigIntegerField()) for name in ("company", "own_workplace"))
PLACEHOLDER_MEMBERSHIP = Membership(company_id=COMPANY)
PLACEHOLDER_OF_A_WORKPLACE = Membership(company_id=COMPANY, workplace_id=OWN_WORKPLACE)
PUBLIC_ID, WORKPLACE = Parameter("public_id", UUIDField()), Parameter("workplace", TextField())
POSITION: dict[str, Any] = (
    {
        key: Parameter(key, AgreementListEntry._meta.get_field(key))  # type: ignore[arg-type]  # columns all
        for order, keys in KEYS.items()
        for key in (keys[1:] if order is Order.NEXT_DUE else keys)
    }
    | {"next_due_on": Parameter("next_due_on", DateField())}
)


def placeholder(*, limited: bool) -> Membership:
    return PLACEHOLDER_OF_A_WORKPLACE if limited else PLACEHOLDER_MEMBERSHIP


def is_limited(membership: Membership) -> bool:
    return membership.workplace_id is not None


def asked_by(membership: Membership) -> dict[str, int | None]:
    """The values of a placeholder's parameters."""
    return {"company": membership.company_id, "own_workplace": membership.workplace_id}


class Progress(TypedDict):
    """How many students there are, and how many of them have an assessment."""

    students: int
    assessed: int


class Hits(TypedDict):
    """How many agreements were found, and of how many students."""

    rows: int
    students: int


class DueCounts(TypedDict):
    """How many students there are, and how many of them stand in each part of the list."""

    students: int
    now: int
    soon: int
    never: int


# A student with two agreements counts once, and as assessed if one of them carries an assessment.
OF_PROGRESS = {
    "students": Count("student", distinct=True),
    "assessed": Count("student", distinct=True, filter=~Q(level="")),
}


@dataclass(frozen=True)
class AgreementFilter:
    """Which of a company's agreements are looked for."""

    # Only those whose students can be assessed now.
    assessable: bool
    words: str | tuple[Parameter, ...] = ""
    # Its p-number.
    workplace: str | Parameter = ""
    # An empty one is "Ikke registreret".
    levels: tuple[str, ...] = ()
    ends_soon: bool = False
    tab: DueTab | None = None
    # Whose list it is; a part of it is found by that.
    company: int | Parameter | None = None

    @property
    def typed(self) -> str:
        return self.words if isinstance(self.words, str) else ""

    def compilable(self) -> AgreementFilter:
        """The same with a parameter for each value: what was typed is no part of a query that is kept."""
        workplace = WORKPLACE if self.workplace else ""
        return replace(self, words=parameters_for_words(self.typed), workplace=workplace, company=COMPANY)

    def values(self) -> dict[str, Any]:
        """The values of these parameters."""
        return {**values_of_words(self.typed), "workplace": self.workplace}

    def list_of(self, membership: Membership) -> AgreementListEntryQuerySet:
        """The list that is narrowed."""
        own = AgreementListEntry.objects.visible_to(membership)
        return own.assessable() if self.assessable else own

    @property
    def conditions(self) -> list[Q]:
        """What narrows it, one for each filter in force."""
        found = []
        if self.words:
            found.append(holds_words(self.words))
        if self.workplace:
            of_number = Workplace.objects.filter(p_number=self.workplace)
            found.append(Q(workplace__in=of_number.values("pk")))
        if self.levels:
            found.append(Q(level__in=self.levels))
        if self.ends_soon:
            today = timezone.localdate()
            found.append(Q(last_day__gte=today, last_day__lte=months_after(today, MONTHS_THAT_ARE_SOON)))
        if self.tab:
            found.append(in_tab(self.tab, timezone.localdate(), self.company))
        return found


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
    signed_off_on: datetime.date | None
    workplace_name: str
    street: str
    postal_code: str
    town: str
    # The employee; empty where there is no assessment.
    recorder: str
    education: str
    school: str
    number_end: str
    # Whether another student of the company's has the same name.
    has_namesake: bool
    # NOT_DUE where none is agreed or suggested.
    next_due_on: datetime.date

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
    compiled = line_query(timezone.localdate(), limited=is_limited(membership))
    found = compiled.run(**asked_by(membership), public_id=public_id)
    return Line._make(found[0]) if found else None


@compiled_query
def line_query(today: datetime.date, *, limited: bool) -> QuerySet[Any, Any]:
    asker = placeholder(limited=limited)
    own = AgreementFilter(assessable=True).list_of(asker).filter(public_id=PUBLIC_ID)
    return own.annotate(has_namesake=has_namesake(asker)).with_next_due().values_list(*OF_LINE.values())


def assessable_lines(membership: Membership, public_ids: Iterable[UUID]) -> list[Line]:
    """Those of these agreements whose students the company can assess now, by name."""
    own = AgreementFilter(assessable=True).list_of(membership).filter(public_id__in=set(public_ids))
    shown = own.annotate(has_namesake=has_namesake(membership)).with_next_due().order_by(*KEYS[Order.STUDENT])
    return list(map(Line._make, shown.values_list(*OF_LINE.values())))


def latest_of(membership: Membership, lines: Iterable[Line]) -> dict[int, int]:
    """By agreement, the id of its latest assessment, if there is one."""
    own = RiskAssessment.objects.visible_to(membership).filter(agreement__in=[line.agreement_id for line in lines])
    return dict(own.order_by("agreement_id", "-id").distinct("agreement_id").values_list("agreement_id", "pk"))


def pause_of(membership: Membership, line: Line) -> datetime.date | None:
    """Until when the student is not, or was not, to be assessed, if the company has said so."""
    own = AssessmentPause.objects.visible_to(membership).filter(agreement=line.agreement_id)
    return own.values_list("until", flat=True).first()


def next_due_of(membership: Membership, lines: Iterable[Line]) -> dict[int, DueAssessment]:
    """By agreement, what comes next of its assessments that are agreed or suggested."""
    agreements = {line.agreement_id for line in lines}
    if not agreements:
        return {}
    first = (
        DueAssessment.objects.visible_to(membership)
        .open(timezone.localdate())
        .filter(agreement__in=agreements)
        .order_by("agreement_id", "due_on")
        .distinct("agreement_id")
    )
    return {due.agreement_id: due for due in first.select_related("local_agreement")}


def has_namesake(asker: Membership) -> Exists:
    others = AgreementListEntry.objects.visible_to(asker).exclude(student=OuterRef("student"))
    return Exists(others.filter(sort_key=OuterRef("sort_key")))


def history_of(membership: Membership, line: Line) -> list[RiskAssessment]:
    """The agreement's assessments, the newest first, each with who made it."""
    own = RiskAssessment.objects.visible_to(membership).filter(agreement=line.agreement_id)
    return list(own.with_recorder().order_by("-id"))


def told_by(progress: Progress, membership: Membership) -> set[int]:
    """The students of whom the progress tells: those who have an assessment, or who have none, where they are few."""
    own = AgreementFilter(assessable=True).list_of(membership)
    is_assessed = Q(student__in=own.exclude(level="").values("student"))
    sides = [(progress["assessed"], is_assessed), (progress["students"] - progress["assessed"], ~is_assessed)]
    few = [side for number, side in sides if 0 < number <= FEW]
    return set(own.filter(Q(*few, _connector=Q.OR)).values_list("student", flat=True)) if few else set()


def due_counts(membership: Membership) -> DueCounts:
    """How many students stand in each part of the list: what its tabs say, and the front page."""
    compiled = due_counts_query(timezone.localdate(), limited=is_limited(membership))
    found = compiled.run(**asked_by(membership))
    students, now, soon, never = found[0] if found else (0, 0, 0, 0)
    return DueCounts(students=students, now=now, soon=soon, never=never)


@compiled_query
def due_counts_query(today: datetime.date, *, limited: bool) -> QuerySet[Any, Any]:
    own = AgreementFilter(assessable=True).list_of(placeholder(limited=limited)).order_by().values("company")
    counts = {tab.name.lower(): Count("student", distinct=True, filter=in_tab(tab, today, COMPANY)) for tab in DueTab}
    return own.annotate(students=Count("student", distinct=True), **counts).values_list("students", *counts)


def told_by_counts(counts: DueCounts, membership: Membership) -> set[int]:
    """The students of whom the counts tell: those who stand in a part, or who do not, where they are few."""
    own, today = AgreementFilter(assessable=True).list_of(membership), timezone.localdate()
    few = []
    for tab in DueTab:
        number = counts[tab.name.lower()]  # type: ignore[literal-required]  # its keys are those of the tabs
        inside = in_tab(tab, today, membership.company_id)
        if 0 < number <= FEW:
            few.append(inside)
        if 0 < counts["students"] - number <= FEW:
            few.append(~Q(student__in=own.filter(inside).values("student")))
    return set(own.filter(Q(*few, _connector=Q.OR)).values_list("student", flat=True)) if few else set()


def progress_of(membership: Membership) -> Progress:
    return counted(membership, AgreementFilter(assessable=True))[0]


def counted(membership: Membership, wanted: AgreementFilter) -> tuple[Progress, Hits]:
    """The progress of all of a list's agreements, and how many of them are wanted: in one statement."""
    compiled = counts_query(wanted.compilable(), timezone.localdate(), limited=is_limited(membership))
    found = compiled.run(**asked_by(membership), **wanted.values())
    students, assessed, rows, hits = found[0] if found else (0, 0, 0, 0)
    return Progress(students=students, assessed=assessed), Hits(rows=rows, students=hits)


@compiled_query
def counts_query(wanted: AgreementFilter, today: datetime.date, *, limited: bool) -> QuerySet[Any, Any]:
    # Grouped by what is the same for all of one company.
    own = wanted.list_of(placeholder(limited=limited)).order_by().values("company")
    condition = Q(*wanted.conditions) or None
    rows, hits = Count("pk", filter=condition), Count("student", distinct=True, filter=condition)
    return own.annotate(**OF_PROGRESS, rows=rows, hits=hits).values_list(*OF_PROGRESS, "rows", "hits")


def workplaces_of(membership: Membership, *, assessable: bool) -> list[tuple[str, str]]:
    """The numbers and names of the places where the students of a list are trained."""
    compiled = workplaces_query(timezone.localdate(), assessable=assessable, limited=is_limited(membership))
    found = compiled.run(**asked_by(membership))
    return [(number, name) for number, name in found]


@compiled_query
def workplaces_query(today: datetime.date, *, assessable: bool, limited: bool) -> QuerySet[Any, Any]:
    listed = AgreementFilter(assessable).list_of(placeholder(limited=limited))
    # Both columns: so the index of that order finds one of each place, and does not go through them all.
    used = listed.filter(workplace_key=OuterRef("sort_key"), workplace=OuterRef("pk"))
    places = Workplace.objects.filter(Exists(used), company=COMPANY)
    return places.values_list("p_number", "name")


@dataclass(frozen=True)
class AgreementList:
    """A company's agreements in an order, narrowed."""

    membership: Membership
    wanted: AgreementFilter
    keys: tuple[str, ...]

    def page(self, asked: QueryDict, count: int) -> Page[Line]:
        return page_at(asked, self.lines, self.keys_of, count=count, size=PAGE_SIZE)

    def lines(self, page_range: PageRange) -> list[Line]:
        return page_range.sort(map(Line._make, self.run(lines_query, page_range)), self.keys)

    def keys_of(self, public_id: UUID) -> tuple[Any, ...] | None:
        """The keys of one of the agreements in the list; None where none of them has this public id."""
        found = self.run(keys_query, public_id=public_id)
        return found[0] if found else None

    def following(self, line: Line) -> Line | None:
        """The next one who can be assessed, wherever `line` stands."""
        lines = self.lines(self.beside(line, backwards=False, limit=PAGE_SIZE))
        return next((following for following in lines if following.signed_off_on is None), None)

    def page_of(self, line: Line) -> Address:
        """How the address says the page on which `line` stands."""
        found = self.run(number_query, self.beside(line, backwards=True, limit=0))
        number = found[0][0] if found else 0
        if number < PAGE_SIZE:
            return {}
        # The last line of the page before.
        on_page = number % PAGE_SIZE
        nearest = self.lines(self.beside(line, backwards=True, limit=on_page + 1))
        return after(nearest[on_page], number - on_page)

    def beside(self, line: Line, *, backwards: bool, limit: int) -> PageRange:
        return PageRange(self.place_of(line), backwards, limit)

    def told_of(self, page: Page[Line], asked: QueryDict) -> set[int]:
        """The students of whom a page tells without naming them: see `left_out`, and whom its address names."""
        told = left_out(page.span(self.own, self.keys), self.wanted.conditions) | self.named_in(asked)
        return told - {line.student_id for line in page}

    def told_behind(self, line: Line, following: Line | None, way_back: Address) -> set[int]:
        """Of whom the window of `line` tells without naming them: who would be next, and where its list goes on."""
        passed = self.own.filter(TupleGreaterThan(self.columns, self.place_of(line)))
        if following:
            passed = passed.filter(TupleLessThan(self.columns, self.place_of(following)))
        told = left_out(passed, self.wanted.conditions) | self.named_in(way_back)
        return told - {each.student_id for each in (line, following) if each}

    def named_in(self, address: Mapping[str, str]) -> set[int]:
        beside = named_in(address)
        return set(self.own.filter(public_id=beside).values_list("student", flat=True)) if beside else set()

    @property
    def own(self) -> AgreementListEntryQuerySet:
        """The list that is narrowed."""
        return with_keys(self.wanted.list_of(self.membership), self.keys)

    @property
    def columns(self) -> Tuple:
        return Tuple(*map(F, self.keys))

    def place_of(self, line: Line) -> tuple[Any, ...]:
        return tuple(getattr(line, key) for key in self.keys)

    def run(self, query: Any, page_range: PageRange | None = None, **values: Any) -> list[tuple[Any, ...]]:
        given = []
        if page_range:
            given = [page_range.anywhere([POSITION[key] for key in self.keys])]
            values |= dict(zip(self.keys, page_range.position or (), strict=False))
        limited = is_limited(self.membership)
        compiled = query(self.wanted.compilable(), self.keys, timezone.localdate(), *given, limited=limited)
        found: list[tuple[Any, ...]] = compiled.run(**asked_by(self.membership), **self.wanted.values(), **values)
        return found


def with_keys(rows: AgreementListEntryQuerySet, keys: tuple[str, ...]) -> AgreementListEntryQuerySet:
    return rows.with_next_due() if "next_due_on" in keys else rows


def wanted_by(asker: Membership, wanted: AgreementFilter, keys: tuple[str, ...]) -> AgreementListEntryQuerySet:
    return with_keys(wanted.list_of(asker).filter(*wanted.conditions), keys)


@compiled_query
def lines_query(
    wanted: AgreementFilter, keys: tuple[str, ...], today: datetime.date, page_range: PageRange, *, limited: bool
) -> QuerySet[Any, Any]:
    """The inner query walks the order's index, which holds all it asks; only the page's own rows are looked up."""
    asker = placeholder(limited=limited)
    on_page = page_range.of(wanted_by(asker, wanted, keys), keys).values("pk")
    shown = with_keys(AgreementListEntry.objects.filter(pk__in=on_page), keys).annotate(
        has_namesake=has_namesake(asker)
    )
    if "next_due_on" not in keys:
        # Looked up of each agreement, and of use to whoever sorts by it.
        shown = shown.annotate(next_due_on=Value(NOT_DUE, output_field=DateField()))
    return shown.values_list(*OF_LINE.values())


@compiled_query
def keys_query(
    wanted: AgreementFilter, keys: tuple[str, ...], today: datetime.date, *, limited: bool
) -> QuerySet[Any, Any]:
    return wanted_by(placeholder(limited=limited), wanted, keys).filter(public_id=PUBLIC_ID).values_list(*keys)


@compiled_query
def number_query(
    wanted: AgreementFilter, keys: tuple[str, ...], today: datetime.date, page_range: PageRange, *, limited: bool
) -> QuerySet[Any, Any]:
    """How many stand before."""
    preceding = page_range.beyond(wanted_by(placeholder(limited=limited), wanted, keys), keys)
    return preceding.order_by().values("company").annotate(number=Count("pk")).values_list("number")
