"""Codes that apps declare beside their features, and the check that makes the database refuse any other.

A field has `choices` that are a function which collects them, so no migration holds a list of them: a new code needs
none. `build()` makes the checks after every migration, as row policies are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.utils.choices import CallableChoiceIterator
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django_stubs_ext import StrPromise


class Code(str):
    """What is stored, with what it is called."""

    __slots__ = ("label",)
    label: StrPromise

    def __new__(cls, code: str, label: StrPromise) -> Self:
        made = super().__new__(cls, code)
        made.label = label
        return made


@dataclass(frozen=True)
class CodeColumn:
    """A column that holds nothing but declared codes."""

    table: str
    column: str
    codes: tuple[str, ...]

    @property
    def constraint(self) -> str:
        return f"{self.table}_{self.column}_is_a_known_code"

    @property
    def statement(self) -> sql.Composed:
        """Rows of before are not asked: a code that is retired stays in what was written with it."""
        text = (
            "alter table {table} drop constraint if exists {name}, "
            "add constraint {name} check ({column} in ({codes})) not valid"
        )
        return sql.SQL(text).format(
            table=sql.Identifier(self.table),
            name=sql.Identifier(self.constraint),
            column=sql.Identifier(self.column),
            codes=sql.SQL(", ").join(map(sql.Literal, self.codes)),
        )


def columns() -> Iterator[CodeColumn]:
    """Every column whose choices are collected."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field.choices, CallableChoiceIterator):
                yield CodeColumn(model._meta.db_table, field.column, tuple(str(code) for code, _label in field.choices))


def built(cursor: Any, one: CodeColumn) -> bool:
    """Whether the database refuses just what the code does not know."""
    cursor.execute(
        "select obj_description(oid, 'pg_constraint') from pg_constraint "
        "where conname = %s and conrelid = to_regclass(%s)",
        [one.constraint, one.table],
    )
    return bool(cursor.fetchone() == (" ".join(one.codes),))


def build(connection: BaseDatabaseWrapper, *, anew: bool = False) -> None:
    """Make the checks as declared. Run as the owner of the tables."""
    with connection.cursor() as cursor:
        for one in columns():
            if anew or not built(cursor, one):
                cursor.execute(one.statement)
                comment = sql.SQL("comment on constraint {} on {} is {}").format(
                    sql.Identifier(one.constraint), sql.Identifier(one.table), sql.Literal(" ".join(one.codes))
                )
                cursor.execute(comment)


def problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Which columns take other codes than the code knows, in Danish."""
    with connection.cursor() as cursor:
        for one in columns():
            if not built(cursor, one):
                where = f"{one.table}.{one.column}"
                yield f"Databasen kender andre værdier af {where} end koden. Kør: manage.py build_policies"
