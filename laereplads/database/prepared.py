"""Queries of Django's whose SQL is put together once: for those of every page, that took longer than the answer."""

from __future__ import annotations

import copy
import functools
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Value
from django.db.models.query import ValuesListIterable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model, QuerySet
    from django.db.models.sql.compiler import SQLCompiler


PUT_TOGETHER: list[Any] = []


@contextmanager
def kept_by_the_server(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let PostgreSQL keep how it does what is asked within: for what each page asks in the same words.

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


class Later(Value):
    """A value in a query that is known only when it runs: `filter(starts_on__lte=Later("today", DateField()))`."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(name, output_field)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


def once_for_each[**Given, Query: Prepared[Any, Any]](make: Callable[Given, Query]) -> Callable[Given, Query]:
    """Put a query together once for each of the things it is made for: they are compared, and must not change."""
    made = functools.lru_cache(maxsize=1000)(make)
    PUT_TOGETHER.append(made)
    return made  # type: ignore[return-value]


def forget() -> None:
    """Put all queries together anew: a test changes what they are made of."""
    for made in PUT_TOGETHER:
        made.cache_clear()


class Prepared[M: Model, Row]:
    """A queryset that is run again and again: only the values of its `Later` differ.

    `same_way`: the server goes about it in the same way whatever they are, and may keep it.
    """

    def __init__(self, rows: QuerySet[M, Row], *, same_way: bool = True) -> None:
        self.rows = rows
        self.same_way = same_way
        self.compiler = rows.query.get_compiler(using=rows.db)
        try:
            self.sql, self.places = self.compiler.as_sql()
        except EmptyResultSet:
            # Its conditions contradict each other.
            self.sql, self.places = "", ()
        columns = [column[0] for column in self.compiler.select or ()]
        # Values alone need nothing of Django's but what makes an int of a sum.
        self.are_values = rows._iterable_class is ValuesListIterable and not (  # noqa: SLF001  # as Django asks
            self.compiler.has_extra_select or self.compiler.has_composite_fields(columns)
        )
        self.converters = self.compiler.get_converters(columns)

    def run(self, **values: Any) -> list[Row]:
        """The rows for these values."""
        if not self.sql:
            return []
        alias = self.rows.db
        connection: Any = connections[alias]
        params = tuple(
            [
                place.output_field.get_db_prep_value(values[place.value], connection)
                if isinstance(place, Later)
                else place
                for place in self.places
            ]
        )
        with kept_by_the_server(connection) if self.same_way else nullcontext():
            if self.are_values:
                with connection.cursor() as cursor:
                    cursor.execute(self.sql, params)
                    found: list[Any] = cursor.fetchall()
                converters = self.converters
                if converters:
                    return list(map(tuple, self.compiler.apply_converters(found, converters)))  # type: ignore[arg-type]  # rows
                return found
            return list(self.as_django_reads(alias, connection, params))

    def as_django_reads(self, alias: str, connection: Any, params: tuple[Any, ...]) -> QuerySet[M, Row]:
        """The queryset with these parameters, which runs when it is read."""
        # Parameters and connection are this run's own: another thread may run the same query.
        compiler, query = copy.copy(self.compiler), copy.copy(self.rows.query)
        compiler.using, compiler.connection = alias, connection
        compiler.as_sql = lambda *_args, **_options: (self.sql, params)
        query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        rows: Any = type(self.rows)(self.rows.model, query, alias)
        template: Any = self.rows
        rows._iterable_class, rows._fields = template._iterable_class, template._fields  # noqa: SLF001  # as Django clones
        return rows  # type: ignore[no-any-return]  # of the same kind
