"""What a leader sees of the whole school: levels by hold, company and education, and how they have changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from laereplads.access_log.left_out import FEW
from laereplads.database.compiled_queries import compiled_query
from laereplads.design_system.charts import Bars, Group
from laereplads.people.educations import educations
from laereplads.people.models import Company
from risk.models import DueAssessment, months_after
from schools.models import LEVELS, Rank, StudentListEntry
from schools.queries import NO_RANK, PLACEHOLDER_MEMBERSHIP, ids_of, is_touched, rank_before

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Hashable

    from django.db.models import QuerySet

    from laereplads.access.models import Membership

# Of companies and holds, those with most students at Høj; all are one click away.
SHOWN = 10
# Of whoever can be assessed.
RANKS = (Rank.HIGH, Rank.MEDIUM, Rank.LOW, Rank.NOT_REGISTERED)


@dataclass
class Line:
    """The students of one hold, company or education: how many at each level, and how they changed it in a month."""

    label: str
    # The filter of Elevoversigt that finds them.
    parameter: str
    value: str
    counts: Counter[int] = field(default_factory=Counter)
    # By rank, and of those never assessed (None), as many of them as tell that they are few.
    students: defaultdict[int | None, set[int]] = field(default_factory=lambda: defaultdict(set))
    changes: Counter[int] = field(default_factory=Counter)
    never_assessed: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def told_of(self) -> set[int]:
        """The students of whom a number tells, because they are few."""
        numbers: list[tuple[int | None, int]] = [*self.counts.items(), (None, self.never_assessed)]
        return set().union(*(self.students[key] for key, number in numbers if 0 < number <= FEW))

    def query(self, **more: str) -> str:
        return urlencode({self.parameter: self.value, **more})

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Each level's number, its change in words, and the way to the students."""
        return [
            {
                "label": Rank(rank).label,
                "count": self.counts[rank],
                "change": f"{self.changes[rank]:+d}".replace("-", "−") if self.changes[rank] else "",
                "query": self.query(niveau=LEVELS[rank]),
            }
            for rank in RANKS
        ]


@dataclass(frozen=True)
class Table:
    """One way to divide the school's students, as bars and numbers."""

    id: str
    heading: str
    of: str
    lines: list[Line]
    # How many lines there are in all.
    total: int
    all_query: str

    @property
    def chart(self) -> Bars:
        return Bars(
            id=f"levels-{self.id}",
            name=str(_("Søjlediagram over elever på hvert niveau")),
            caption="",
            heading=self.of,
            series=[str(Rank(rank).label) for rank in RANKS],
            groups=[Group(line.label, [line.counts[rank] for rank in RANKS]) for line in self.lines],
        )


@dataclass(frozen=True)
class Figures:
    """The figures of the acting school; `everything` shows all companies and holds."""

    membership: Membership
    everything: bool = False

    @property
    def since(self) -> datetime.date:
        return months_after(timezone.localdate(), -1)

    @cached_property
    def counted(self) -> list[tuple[Any, ...]]:
        """(education, company, hold, rank, students, never assessed, some of the former, some of the latter)"""
        return counts_query(timezone.localdate()).run(**ids_of(self.membership))

    @cached_property
    def changed(self) -> list[tuple[Any, ...]]:
        """(education, company, hold, rank, rank before) of each student with another level than a month ago.

        Of a removed level nobody is told what it was: it is in no change.
        """
        return changes_query(timezone.localdate(), self.since).run(**ids_of(self.membership))

    @property
    def never_assessed(self) -> int:
        return sum(never for *_of, never, _some, _some_never in self.counted)

    @property
    def students(self) -> int:
        return sum(students for *_of, students, _never, _some, _some_never in self.counted)

    @cached_property
    def on_time(self) -> tuple[int, int]:
        """How many assessments of the last 12 months were made on time, and of how many."""
        today = timezone.localdate()
        found = share_query(today).run(**ids_of(self.membership))
        return (found[0][0], found[0][1]) if found else (0, 0)

    @property
    def told_of(self) -> set[int]:
        """The students of whom some number of the page tells."""
        return set().union(*(line.told_of for table in self.tables for line in table.lines))

    @cached_property
    def tables(self) -> list[Table]:
        names = {education.pk: education for education in educations()}
        companies = Company.objects.filter(pk__in={company for _education, company, *_rest in self.counted if company})
        known = {pk: (name, cvr) for pk, name, cvr in companies.values_list("pk", "name", "cvr")}
        by_education = self.divided(
            0, lambda pk: Line(names[pk].name, "uddannelse", names[pk].code) if pk in names else None
        )
        by_company = self.divided(1, lambda pk: Line(known[pk][0], "virksomhed", known[pk][1]) if pk in known else None)
        by_hold = self.divided(2, lambda code: Line(code, "hold", code) if code else None)
        return [
            self.table("education", _("Uddannelser"), _("Uddannelse"), by_education),
            self.table("hold", _("Hold"), _("Hold"), by_hold),
            self.table("company", _("Virksomheder"), _("Virksomhed"), by_company),
        ]

    def table(self, id: str, heading: str, of: str, lines: list[Line]) -> Table:  # noqa: A002  # of the markup
        shown = lines if self.everything else lines[:SHOWN]
        return Table(id, heading, of, shown, len(lines), "?alle=ja" if len(shown) < len(lines) else "")

    def divided(self, place: int, line_of: Callable[[Any], Line | None]) -> list[Line]:
        """The lines of one of the columns that students are counted by, those with most at Høj first."""
        lines: dict[Hashable, Line | None] = {}
        for *of, rank, students, never, some, some_never in self.counted:
            line = lines.setdefault(of[place], None) or line_of(of[place])
            lines[of[place]] = line
            if line:
                line.counts[rank] += students
                line.never_assessed += never
                line.students[rank].update(some)
                line.students[None].update(some_never or ())
        for *of, rank, before in self.changed:
            line = lines.get(of[place])
            if line and before != rank:
                line.changes[rank] += 1
                line.changes[Rank.NOT_REGISTERED if before == NO_RANK else before] -= 1
        found = filter(None, lines.values())
        return sorted(found, key=lambda line: (-line.counts[Rank.HIGH], -line.total, line.label))


OF_STUDENT = ("education", "company", "class_code", "rank")


@compiled_query
def counts_query(today: datetime.date) -> QuerySet[Any, Any]:
    entries = StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP).filter(rank__in=RANKS)
    is_never = Q(unassessed_from__lte=today)
    return (
        entries.order_by()
        .values_list(*OF_STUDENT)
        .annotate(
            students=Count("pk"),
            never=Count("pk", filter=is_never),
            some=few_of(ArrayAgg("student")),
            some_never=few_of(ArrayAgg("student", filter=is_never)),
        )
    )


def few_of(students: ArrayAgg) -> Func:
    """So many that one sees whether they are few."""
    return Func(students, template=f"(%(expressions)s)[1:{FEW + 1}]", output_field=ArrayField(BigIntegerField()))


@compiled_query
def changes_query(today: datetime.date, since: datetime.date) -> QuerySet[Any, Any]:
    entries = StudentListEntry.objects.visible_to(PLACEHOLDER_MEMBERSHIP).filter(is_touched(since), removed_on=None)
    return entries.annotate(before=rank_before(since)).values_list(*OF_STUDENT, "before")


@compiled_query
def share_query(today: datetime.date) -> QuerySet[Any, Any]:
    due = DueAssessment.objects.visible_to(PLACEHOLDER_MEMBERSHIP).made_in_a_year_before(today)
    on_time = Count("pk", filter=Q(assessed_on__lte=F("grace_until")))
    return due.order_by().values("school").annotate(on_time=on_time, all=Count("pk")).values_list("on_time", "all")
