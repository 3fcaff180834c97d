"""Executes the rules: counts first, stops if too much would go, and then takes a thousand rows at a time."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from laereplads.audit.actions import RETENTION_APPLIED
from laereplads.audit.models import Event
from laereplads.audit.operations import one_run, record
from laereplads.database.locks import alone
from laereplads.database.owner import require_owner
from laereplads.database.retention import Call, Delete, Empty, Rule, Work
from laereplads.retention.periods import bounds
from laereplads.retention.rules import PERIODS, RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    type Progress = Callable[[Rule, Collection[list[Any]]], Iterable[list[Any]]]

ROWS_AT_A_TIME = 1000
# It runs each night; so long after the last one, the clock may be wrong.
JUMP = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Count:
    """How much of a table a rule would take."""

    rule: Rule
    overdue: int
    rows: int

    @property
    def is_implausible(self) -> bool:
        return self.rule.is_implausible(self.overdue, self.rows)


class Implausible(Exception):
    """So much would go that somebody has to look first; nothing was touched."""

    def __init__(self, counts: list[Count]) -> None:
        super().__init__()
        self.counts = counts


class ClockJumped(Exception):
    """So long ago seems the last run, or the last event where there was none; nothing was touched."""

    def __init__(self, last: datetime.datetime) -> None:
        super().__init__()
        self.last = last


class AlreadyRunning(Exception):
    """Another process is at it."""


def working_rules() -> list[tuple[Rule, Work]]:
    """The rules that ever take anything, in their order."""
    return [(rule, rule.does) for rule in RULES if isinstance(rule.does, (Delete, Empty, Call))]


def count() -> list[Count]:
    """What each rule would take, all seen at the same moment. Raises Bound for a role that does not see everything."""
    require_owner(connection)
    limits = bounds(PERIODS, timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        counts = []
        for rule, work in working_rules():
            cursor.execute(
                sql.SQL("select count(*) filter (where {}), count(*) from {}").format(
                    sql.SQL(work.condition), sql.Identifier(rule.table)
                ),
                limits,
            )
            counts.append(Count(rule, *cursor.fetchone()))
    return counts


def require_a_clock_that_goes_on() -> None:
    """Raise ClockJumped if it is long since the database wrote of the last run, or anything where none ever was."""
    last_run = Event.objects.filter(action=RETENTION_APPLIED).order_by("id").last()
    last = last_run or Event.objects.order_by("id").last()
    if last and timezone.now() - last.recorded_at > JUMP:
        raise ClockJumped(last.recorded_at)


def apply(*, allowed: Collection[str], progress: Progress, is_today_sure: bool = False) -> list[Count]:
    """Do what the rules say; what was taken of how much. `allowed` names tables that may lose any share.

    Broken off, it has done whole batches; the next run does the rest. Raises AlreadyRunning, Bound, ClockJumped or
    Implausible.
    """
    with alone("retention") as is_alone:
        if not is_alone:
            raise AlreadyRunning
        if not is_today_sure:
            require_a_clock_that_goes_on()
        counts = count()
        implausible = [one for one in counts if one.is_implausible and one.rule.table not in allowed]
        if implausible:
            raise Implausible(implausible)
        taken: Counter[str] = Counter()
        with one_run():
            try:
                for rule, work in working_rules():
                    execute(rule, work, progress, taken)
            finally:
                # What was taken before something failed is told, too: else it would look like tampering.
                rows = {one.rule.name: one.rows for one in counts}
                record(RETENTION_APPLIED, changes={name: [number, rows[name]] for name, number in taken.items()})
    return [Count(one.rule, taken[one.rule.name], one.rows) for one in counts]


def execute(rule: Rule, work: Work, progress: Progress, taken: Counter[str]) -> None:
    """Take what is overdue now, in transactions so short that no saver waits for them; count the rows in `taken`."""
    limits = bounds(PERIODS, timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        key = str(connection.introspection.get_primary_key_column(cursor, rule.table))
        cursor.execute(
            sql.SQL("select {} from {} where {} order by 1").format(
                sql.Identifier(key), sql.Identifier(rule.table), sql.SQL(work.condition)
            ),
            limits,
        )
        keys = [key for (key,) in cursor.fetchall()]
    size = work.rows_at_a_time if isinstance(work, Call) else ROWS_AT_A_TIME
    batches = [keys[start : start + size] for start in range(0, len(keys), size)]
    for batch in progress(rule, batches):
        with transaction.atomic():
            number = take(rule, work, key, batch, limits)
        if number:
            taken[rule.name] += number


def take(rule: Rule, work: Work, key: str, batch: list[Any], limits: dict[str, Any]) -> int:
    if isinstance(work, Call):
        return work.function(batch, limits)
    # The condition once more: an agreement may have been prolonged in the meantime.
    statement = sql.SQL("{act} where {key} = any(%(keys)s) and ({rows})").format(
        act=act(rule.table, work), key=sql.Identifier(key), rows=sql.SQL(work.condition)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**limits, "keys": batch})
        return int(cursor.rowcount)


def act(table: str, work: Delete | Empty) -> sql.Composable:
    if isinstance(work, Delete):
        return sql.SQL("delete from {}").format(sql.Identifier(table))
    values = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.SQL(value)) for name, value in work.values.items()]
    return sql.SQL("update {} set {}").format(sql.Identifier(table), sql.SQL(", ").join(values))
