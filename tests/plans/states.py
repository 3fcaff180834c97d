"""How PostgreSQL answers pages, lists state by state: what it touches, and by which scans."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.http import QueryDict
from django.utils.http import urlencode
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer

from companies.assessment_forms import AssessmentFilterForm
from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.web.paging import LAST_PAGE
from risk.operations import what_is_known_of
from risk.queries import assessable_line, counted, progress_of
from schools.forms import StudentFilterForm
from schools.profile import agreements_of, assessments_of, one_student
from schools.queries import StudentFilter, overview
from students.queries import oneself
from students.training import Training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from laereplads.web.paging import Page
    from risk.queries import Line as CompanyLine
    from schools.queries import Line as SchoolLine

SOME_WEEKS_AGO = datetime.timedelta(days=40)
# Every filter, and every order where it makes another query; {day} is some weeks ago.
STATES = (
    *("", "sortering=risk", "sortering=oldest", "niveau=high", "niveau=none", "niveau=low&sortering=risk"),
    *("niveau=none&sortering=oldest", "niveau=high&niveau=medium&senest={day}", "senest={day}&sortering=risk"),
    *(
        "status=seeking",
        "status=seeking&sortering=risk",
        "elevtype=eux&synlighed=visible",
        "elevtype=eux&sortering=risk",
    ),
    *("aftale=nej&sortering=oldest", "aftale=ja", "uddannelse=pau&sortering=risk", "uddannelse=ssa&niveau=medium"),
    *(
        "grundforloeb=gf1&sortering=oldest",
        "relation=main_programme&sortering=risk",
        "mine=on",
        "mine=on&sortering=risk",
    ),
    *("navn=an", "navn=emma+soerensen", "navn=xyzq", "navn=an&sortering=risk"),
    *("sortering=absence", "fravaer=15&sortering=absence", "fravaer=0&fravaer=ingen", "fravaer=15&sortering=risk"),
)
# Of the company's list.
COMPANY_STATES = (
    *("", "sortering=workplace", "sortering=oldest", "niveau=high", "niveau=none&sortering=oldest"),
    *("niveau=low&niveau=none&sortering=workplace", "navn=an", "navn=emma+soerensen", "navn=xyzq"),
    "vis=aldrig",
)


@dataclass(frozen=True)
class Plan:
    """One statement as it was executed."""

    statement: str
    root: dict[str, Any]

    def nodes(self) -> Iterator[dict[str, Any]]:
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    @property
    def buffers(self) -> int:
        """The pages that were touched, in memory or not."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])

    @property
    def fetches(self) -> int:
        """How often an index-only scan looked at a row after all; after VACUUM it does not."""
        return sum(node.get("Heap Fetches", 0) for node in self.nodes())

    @property
    def milliseconds(self) -> float:
        return float(self.root["Actual Total Time"])

    @property
    def read_through(self) -> set[str]:
        """The tables that were read from end to end."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"}

    @property
    def scans_of_orders(self) -> set[str]:
        """How the indexes of the orders were used."""
        orders = ("student_list_by", "agreement_list_by")
        return {node["Node Type"] for node in self.nodes() if node.get("Index Name", "").startswith(orders)}


@dataclass(frozen=True)
class State:
    """One page of a list in one state: how many match, and its plans, counts first and the page's rows last.

    `general`: those that PostgreSQL may keep for whatever values, where the portal lets it.
    """

    query: str
    side: str
    hits: int
    plans: list[Plan]
    general: list[Plan]


@dataclass
class Noted:
    """Notes what is asked, and what of it PostgreSQL may keep its way for: `connection.execute_wrapper(noted)`."""

    statements: list[tuple[str, Any, bool]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.statements.append((sql, params, isinstance(context["cursor"].cursor, ServerBindingCursor)))
        return execute(sql, params, many, context)


def states(membership: Membership, query: str, day: str) -> Iterator[State]:
    """The first page of the overview, the second and the last one. Within `membership.with_row_policies()`."""
    form = StudentFilterForm(QueryDict(query.format(day=day)), ())

    def show(asked: QueryDict) -> tuple[int, Page[Any]]:
        found = overview(membership, form.wanted, form.chosen_order)
        return found.hits, found.page(asked)

    return looked_at(query, show)


def states_of_company(membership: Membership, query: str) -> Iterator[State]:
    """The same of a company's list of those whom it can assess."""
    form = AssessmentFilterForm(QueryDict(query), membership)

    def show(asked: QueryDict) -> tuple[int, Page[Any]]:
        _progress, hits = counted(membership, form.wanted)
        return hits["rows"], form.agreements.page(asked, hits["rows"])

    return looked_at(query, show)


def of_one_student(mentor: Membership, employee: Membership) -> Iterator[tuple[str, list[Plan]]]:
    """What is read of one student: at school, where their company saves, on their own pages. Without row policies."""
    with mentor.with_row_policies():
        found = overview(mentor, StudentFilter(), "risk").page(QueryDict())
        yield "Elevens profil", read_by(lambda: profile_of(mentor, found.rows[0]))
    with employee.with_row_policies():
        form = AssessmentFilterForm(QueryDict(), employee)
        listed = form.agreements.page(QueryDict(), counted(employee, form.wanted)[1]["rows"]).rows[0]
        yield "Gemme en vurdering", read_by(lambda: read_to_save(employee, listed))
    # Nobody's, as large worlds have no accounts of students: the policy asks for the student alone.
    own = Membership(pk=0, role=Role.STUDENT, student_id=listed.student_id)
    with own.with_row_policies():
        yield "Min side", read_by(lambda: oneself(own))
        yield "Min side, Uddannelsesaftale", read_by(lambda: Training.visible_to(own))


def profile_of(mentor: Membership, line: SchoolLine) -> None:
    one_student(mentor, line.public_id)
    assessments_of(mentor, line.student_id)
    agreements_of(mentor, line.student_id)


def read_to_save(employee: Membership, line: CompanyLine) -> None:
    assessable_line(employee, line.public_id)
    what_is_known_of(line.pk, employee)
    progress_of(employee)


def read_by(read: Callable[[], object]) -> list[Plan]:
    """The plan of each statement that `read` sends."""
    noted = Noted()
    with connection.execute_wrapper(noted):
        read()
    return [explained(sql, params) for sql, params, _is_kept in noted.statements]


def looked_at(query: str, show: Callable[[QueryDict], tuple[int, Page[Any]]]) -> Iterator[State]:
    """Each page that `show` gives with the number of hits, and how that was done."""
    _hits, first = show(QueryDict())
    sides = {"første": {}, **({"anden": first.next} if first.next else {}), "sidste": LAST_PAGE}
    for side, address in sides.items():
        noted = Noted()
        with connection.execute_wrapper(noted):
            hits, _page = show(QueryDict(urlencode(address)))
        plans = [explained(sql, params) for sql, params, _is_kept in noted.statements]
        general = [explained_for_any(sql, params) for sql, params, is_kept in noted.statements if is_kept]
        yield State(query, side, hits, plans, general)


EXPLAIN = "explain (analyze, buffers, format json) "


def explained(statement: str, params: Any) -> Plan:
    """How it is done for these values."""
    with connection.cursor() as cursor:
        cursor.execute(EXPLAIN + statement, params)
        return plan_in(cursor.fetchone()[0], statement)


def explained_for_any(statement: str, params: Any) -> Plan:
    """How it is done for these values where the way is chosen without knowing any."""
    asked = PostgresQuery(Transformer(connection.connection))
    asked.convert(statement, params)
    with connection.cursor() as cursor:
        cursor.execute(
            "select array(select coalesce(format_type(nullif(oid, 0), null), 'unknown') from unnest(%s::oid[]) oid)",
            [list(asked.types)],
        )
        types = ", ".join(cursor.fetchone()[0])
        cursor.execute(f"prepare any_values ({types}) as {asked.query.decode()}")
        cursor.execute("set local plan_cache_mode = force_generic_plan")
        values = ", ".join(["%s"] * len(params))
        cursor.execute(f"{EXPLAIN} execute any_values({values})", params)
        plan = plan_in(cursor.fetchone()[0], statement)
        cursor.execute("reset plan_cache_mode")
        cursor.execute("deallocate any_values")
    return plan


def plan_in(answer: Any, statement: str) -> Plan:
    return Plan(statement, (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
