"""Querysets whose SQL is compiled once, where that took longer than the answer: who asks, saving, lists, a profile."""

from __future__ import annotations

import copy
import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, QuerySet
    from django.db.models.sql.compiler import SQLCompiler

COMPILED: list[Any] = []


@contextmanager
def server_prepared(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let PostgreSQL keep its plans of what is asked within: for what each page asks in the same words.

    Planning takes longer than doing there. Values are sent apart from the statement, which must tell their types.
    """
    connection.ensure_connection()
    psycopg_connection = connection.connection
    before = psycopg_connection.cursor_factory
    psycopg_connection.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        psycopg_connection.cursor_factory = before


class Parameter(Value):
    """A value that is known only when the query runs: `filter(starts_on__lte=Parameter("today", DateField()))`."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(name, output_field)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class CompiledQuery:
    """A queryset that runs again and again: only the values of its parameters differ."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self.rows = rows
        self.compiler = rows.query.get_compiler(using=rows.db)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            # Its conditions contradict each other.
            self.sql, self.params = "", ()
        # What makes an int of a sum.
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select or ()])

    def run(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values, of a queryset of `values_list`."""
        found = self.fetched(**values)
        return list(map(tuple, self.compiler.apply_converters(found, self.converters))) if self.converters else found

    def instances(self, **values: Any) -> list[Any]:
        """The instances for these values, of a queryset of these, with what it annotates and selects related."""
        answered = copy.copy(self.compiler)
        answered.execute_sql = lambda **_how: [self.fetched(**values)]
        rows = self.rows.all()
        rows.query.get_compiler = lambda **_using: answered  # type: ignore[method-assign]
        return list(rows)

    def fetched(self, **values: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        if not self.sql:
            return []
        connection: Any = connections[self.rows.db]
        params = [
            param.output_field.get_db_prep_value(values[param.value], connection)
            if isinstance(param, Parameter)
            else param
            for param in self.params
        ]
        with server_prepared(connection), connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def compiled_query[**Given](make: Callable[Given, QuerySet[Any, Any]]) -> Callable[Given, CompiledQuery]:
    """Compile the queryset that `make` makes once for each of the things it is given, which must be hashable.

    What it depends on besides, the day above all, must be among these.
    """
    compiled = functools.lru_cache(maxsize=1000)(lambda *given, **named: CompiledQuery(make(*given, **named)))
    COMPILED.append(compiled)
    return functools.wraps(make)(compiled)  # type: ignore[return-value]


def forget() -> None:
    """Compile all anew: a test changes what they are made of."""
    for compiled in COMPILED:
        compiled.cache_clear()
