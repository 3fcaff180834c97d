"""How PostgreSQL answers the overview, state by state: what it touches, and by which scans."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from schools.forms import StudentFilterForm
from schools.queries import overview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.access.models import Membership

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
        return {node["Node Type"] for node in self.nodes() if "standings_by" in node.get("Index Name", "")}


@dataclass(frozen=True)
class State:
    """One page of the overview in one state: how many match (None: not counted), and its plans, counts first."""

    query: str
    side: str
    hits: int | None
    plans: list[Plan]


def states(membership: Membership, query: str, day: str) -> Iterator[State]:
    """The first page, the second and the last one. Within `membership.at_the_wall()`."""
    form = StudentFilterForm(QueryDict(query.format(day=day)))
    first = overview(membership, form.wanted(), form.chosen_order).page("")
    for side in dict.fromkeys(["", first.next or "", "sidste"]):
        with CaptureQueriesContext(connection) as queries:
            found = overview(membership, form.wanted(), form.chosen_order)
            found.page(side)
        statements = [captured["sql"] for captured in queries]
        yield State(query, side, found.hits, [explained(statement) for statement in statements])


def explained(statement: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {statement}")
        answer = cursor.fetchone()[0]
    return Plan(statement, (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
