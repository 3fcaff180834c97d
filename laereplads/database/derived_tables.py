"""Tables that triggers derive of others: made anew where the triggers are, and compared with what they are derived of.

An app declares its own in `derived.py` (`TABLES`), and says in `derived.sql` beside it how they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.module_loading import module_has_submodule

from laereplads.database import trigger_files

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Sequence

    type Progress = Callable[[Sequence[int]], Iterable[int]]

ROWS_AT_A_TIME = 5_000


@dataclass(frozen=True)
class DerivedTable:
    """A table whose rows are derived of the rows of another, whose ids stand in its column `key`.

    `derived.rows_of_<table>(ids)` says which rows there should be, `derived.keep_<table>(ids)` makes it so.
    """

    model: str
    source: str
    key: str
    # What is wrong, in Danish, with a place for the number of those with wrong rows.
    differs: str
    # Rows of which this is not true may be there or not. `%(today)s` is the day in Copenhagen.
    matters: str = "true"

    @property
    def names(self) -> dict[str, str]:
        """What the statements below have places for."""
        meta: Any = apps.get_model(self.model)._meta
        columns = [field.column for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
        table, source, key = meta.db_table, apps.get_model(self.source)._meta.db_table, self.key
        return {"table": table, "source": source, "key": key, "columns": ", ".join(columns), "matters": self.matters}


# Those that are derived of something, and those that should be.
IDS = """
array(
    select id from {source} where id > %(after)s and id <= %(until)s
    union select {key} from {table} where {key} > %(after)s and {key} <= %(until)s
)
"""
WRONG = f"""
with ids as materialized (
    select {IDS} as ids
), wanted as (
    select {{columns}} from ids, derived.rows_of_{{table}}(ids) where {{matters}}
), kept as (
    select {{columns}} from {{table}} where {{key}} > %(after)s and {{key}} <= %(until)s and {{matters}}
)
select count(distinct {{key}})
from ((table wanted except all table kept) union all (table kept except all table wanted)) differing
"""
KEEP = f"select derived.keep_{{table}}({IDS})"


def declared() -> list[DerivedTable]:
    """Those of all apps, each after those that it is derived of."""
    found: list[DerivedTable] = []
    for app in reversed(list(apps.get_app_configs())):
        if module_has_submodule(app.module, "derived"):
            found += import_module(f"{app.name}.derived").TABLES
    return found


def build(*, anew: bool = False) -> None:
    """Make guards and derived tables as the code says: the rows, too, where what keeps them is another than before."""
    trigger_files.build(connection, trigger_files.GUARDS, anew=anew)
    if trigger_files.build(connection, trigger_files.DERIVED, anew=anew):
        rebuild(declared(), progress=iter)


def rebuild(tables: Iterable[DerivedTable], *, progress: Progress) -> None:
    """Make all rows of `tables` as they should be, some at a time, while others save."""
    for table in tables:
        for batch in batches(table, progress):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(KEEP.format(**table.names), batch)


def differences(today: datetime.date, *, progress: Progress) -> dict[DerivedTable, int]:
    """Of how many rows that a table is derived of its own rows are not as they should be."""
    found = {}
    with connection.cursor() as cursor:
        for table in declared():
            found[table] = 0
            for batch in batches(table, progress):
                cursor.execute(WRONG.format(**table.names), {**batch, "today": today})
                found[table] += cursor.fetchone()[0]
    return found


def batches(table: DerivedTable, progress: Progress) -> Iterator[dict[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select greatest((select max(id) from {source}), (select max({key}) from {table}))".format(**table.names)
        )
        last = cursor.fetchone()[0]
    for start in progress(range(-1, last or 0, ROWS_AT_A_TIME)):
        yield {"after": start, "until": start + ROWS_AT_A_TIME}
