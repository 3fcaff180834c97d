"""Files that are carried out in SQL: their rows in a temporary table, what is wrong with them, and what would change.

For files of so many rows that objects of Python would take too long. A kind of such a file copies its rows into a
table, asks the database what is wrong and what is new, and tells that by a `StagedPlan`. All of it is gone with the
transaction.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from django.db import connection, transaction
from psycopg import sql

from laereplads.imports.files.changes import Line, in_words
from laereplads.imports.files.plan import FilePlan, Tally
from laereplads.imports.files.problems import Problems

# Lines fetched at once, where all are told.
AT_ONCE = 2_000


def stage(table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy `rows` into the temporary table `table`, made anew: its columns by name, each with its type in SQL.

    Raises TransactionManagementError outside a transaction, whose end drops the table. What `rows` raises goes through,
    and leaves the transaction as it was.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A staged file lives as long as its transaction.")
    names = {"table": sql.Identifier("pg_temp", table), "columns": sql.SQL(", ").join(map(sql.Identifier, columns))}
    typed = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_)) for name, type_ in columns.items()
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop table if exists {table}").format(**names))
        cursor.execute(sql.SQL("create temporary table {table} ({typed}) on commit drop").format(**names, typed=typed))
        with cursor.copy(sql.SQL("copy {table} ({columns}) from stdin").format(**names)) as copy:
            for row in rows:
                copy.write_row(row)
        # Nobody else looks at it, so nobody else counts it: without this the planner takes it for a handful of rows.
        cursor.execute(sql.SQL("analyze {table}").format(**names))


def stage_result(table: str, query: str, params: Any = None) -> None:
    """Keep the rows of `query` in the temporary table `table`, made anew: what would change, as it is now."""
    name = sql.Identifier("pg_temp", table)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop table if exists {}").format(name))
        head = sql.SQL("create temporary table {} on commit drop as ").format(sql.Identifier(table))
        cursor.execute(head.as_string(cursor.connection) + query, params)
        cursor.execute(sql.SQL("analyze {}").format(name))


def find_problems(problems: Problems, column: str, text: str, query: str, params: Any = None) -> None:
    """Add a problem for each row of `query`: its `line`, with the query's other columns where `text` names them."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [described.name for described in cursor.description]
        for row in cursor:
            values = dict(zip(names, map(word, row), strict=True))
            problems.add(values.pop("line"), column, text % values)


def word(value: Any) -> Any:
    return in_words(value) if isinstance(value, datetime.date) else value


def leave_out_wrong(table: str, problems: Problems) -> None:
    """Delete the staged rows on whose `line` there is a problem."""
    with connection.cursor() as cursor:
        name = sql.Identifier("pg_temp", table)
        cursor.execute(sql.SQL("delete from {} where line = any(%s)").format(name), [sorted(problems.lines)])


class StagedLines(Sequence[Line]):
    """The rows of a query, each told as a line, and fetched when they are asked for.

    The query says in which order; it may read staged tables only, which stay as they are when the plan is carried out.
    """

    def __init__(self, query: str, told: Callable[..., Line]) -> None:
        """`told` takes the columns of a row."""
        self.query = query
        self.told = told

    def __len__(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from ({self.query}) as lines")  # noqa: S608  # our own words
            return int(cursor.fetchone()[0])

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, int):
            index = index if index >= 0 else index + len(self)
            return self[index : index + 1][0]
        start, stop, step = index.indices(len(self))
        with connection.cursor() as cursor:
            cursor.execute(f"{self.query} limit %s offset %s", [max(stop - start, 0), start])
            return [self.told(*row) for row in cursor.fetchall()][::step]

    def __iter__(self) -> Iterator[Line]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(self.query)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from (self.told(*row) for row in rows)


@dataclass
class StagedPlan(FilePlan):
    """What a staged file would do, counted by the database."""

    counted: list[Tally] = field(default_factory=list)
    told: Sequence[Line] = ()
    said: Sequence[str] = ()

    @property
    def changes_nothing(self) -> bool:
        return not any(tally.new or tally.changed or tally.removed for tally in self.counted)

    def tallies(self) -> Sequence[Tally]:
        return self.counted

    def lines(self, *, with_missing: bool = False) -> Sequence[Line]:
        return self.told

    def notes(self, *, with_missing: bool = False) -> Sequence[str]:
        return self.said
