"""Breaks the row policies and the permission policy in every small way, and lists what no test notices.

Run it by name, `uv run pytest -n0 -s tests/mutation/row_policies.py`: it takes minutes, and is no part of the suite.
A mutant is one grant with a wrong condition, column or command, or one permission too many or too few. It is killed
when a test of the policies or of the permission matrix, called here as it stands, fails.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from functools import partial
from typing import TYPE_CHECKING

from django.db import Error, connection, transaction

from laereplads.access.roles import PERMISSIONS
from laereplads.database import row_level_security
from tests.conventions import test_permission_matrix as matrix
from tests.row_policies import test_grants, test_rows
from tests.row_policies.test_problems import probed
from tests.row_policies.test_rows import apart, bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from laereplads.database.row_level_security import Grant

__all__ = ["apart", "bounded", "probed"]

PARTIES = (
    row_level_security.MEMBERSHIP,
    row_level_security.COMPANY,
    row_level_security.SCHOOL,
    row_level_security.STUDENT,
)
PARTY_OF = {
    "company_staff": row_level_security.COMPANY,
    "school_staff": row_level_security.SCHOOL,
    "student": row_level_security.STUDENT,
}
SWAPS = [
    (" and ", " or "),
    (" or ", " and "),
    (" = ", " <> "),
    (" <> ", " = "),
    (" > ", " >= "),
    (" < ", " <= "),
    (" in (", " not in ("),
    ("exists (", "not exists ("),
    (" = any(", " <> all("),
    ("is null", "is not null"),
    ("is not distinct from", "is distinct from"),
    (row_level_security.TODAY, f"({row_level_security.TODAY} + 1)"),
    (row_level_security.TODAY, f"({row_level_security.TODAY} - 1)"),
]


def conditions(role: str, rows: str) -> Iterator[str]:
    """`rows` with one thing wrong. One party that the role never has, in place of another, is nothing wrong."""
    if rows == row_level_security.ALL_ROWS:
        # To refuse somebody what everybody needs is no leak, and the first page tells.
        return
    for here, there in SWAPS:
        for found in re.finditer(re.escape(here), rows):
            yield rows[: found.start()] + there + rows[found.end() :]
    for party in PARTIES:
        for found in re.finditer(re.escape(party), rows):
            for other in PARTIES:
                if other != party and {party, other} & {row_level_security.MEMBERSHIP, PARTY_OF.get(role)}:
                    yield rows[: found.start()] + other + rows[found.end() :]
    parts = rows.split(" and ")
    for number in range(len(parts)):
        yield " and ".join(part for at, part in enumerate(parts) if at != number) or "true"
    yield "false"


def without(grant: Grant, column: str, alike: list[Grant]) -> Grant:
    """The grant, if it is one of `alike`, without the column."""
    fewer = tuple(each for each in grant.columns if each != column)
    return dataclasses.replace(grant, columns=fewer) if grant in alike else grant


def broken(table: row_level_security.Table) -> Iterator[tuple[str, list[Grant]]]:
    """The table's grants with one of them wrong, and which."""
    for at, grant in enumerate(table.grants):
        others = [*table.grants[:at], *table.grants[at + 1 :]]
        name = f"{table.name}: {grant.role} {grant.command}"
        yield f"{name}, taken away", others
        for rows in dict.fromkeys(conditions(grant.role, grant.rows)):
            if rows != grant.rows:
                yield f"{name} where {rows}", [*others, dataclasses.replace(grant, rows=rows)]
        if grant.columns:
            yield f"{name}, of all columns", [*others, dataclasses.replace(grant, columns=())]
        # Several grants may give the same columns: one is missing when all lack it.
        alike = [other for other in table.grants if (other.role, other.command) == (grant.role, grant.command)]
        for column in grant.columns:
            if len(grant.columns) > 1 and grant == alike[0]:
                yield f"{name}, but not {column}", [without(other, column, alike) for other in table.grants]
    for role in (row_level_security.WEB, *row_level_security.role_names()):
        for command in ("select", "insert", "update", "delete"):
            if not any((grant.role, grant.command) == (role, command) for grant in table.grants):
                yield (
                    f"{table.name}: {role} {command}, added",
                    [*table.grants, row_level_security.Grant(role, command, "true")],
                )


def build(table: str, grants: list[Grant]) -> None:
    """Make one table's policies anew."""
    with connection.cursor() as cursor:
        for name, owner in row_level_security.policies(cursor):
            if owner == table:
                cursor.execute(f'drop policy "{name}" on {table}')
        for role in (row_level_security.WEB, *row_level_security.role_names()):
            cursor.execute(f"revoke all on {table} from {row_level_security.database_role(role)}")
        for number, grant in enumerate(grants):
            role = row_level_security.database_role(grant.role)
            columns = "({})".format(", ".join(f'"{column}"' for column in grant.columns)) if grant.columns else ""
            cursor.execute(f"grant {grant.command} {columns} on {table} to {role}")
            using, check = f" using ({grant.rows})", f" with check ({grant.rows})"
            clauses = {"select": using, "delete": using, "insert": check, "update": using + check}[grant.command]
            cursor.execute(f"create policy mutant_{number} on {table} for {grant.command} to {role}{clauses}")


def is_killed(judges: list[Callable[[], None]]) -> bool:
    """Whether one of the tests fails; what it did is taken back, and it is asked first the next time."""
    for number, judge in enumerate(judges):
        try:
            with transaction.atomic():
                judge()
                transaction.set_rollback(True)
        except Exception:  # noqa: BLE001  # whatever goes wrong: somebody would notice
            judges.insert(0, judges.pop(number))
            return True
    return False


def report(kind: str, count: int, survivors: list[str]) -> None:
    words = f"{kind}: {count} mutants, {count - len(survivors)} killed, {len(survivors)} survived"
    print(f"\n{words}", flush=True)  # noqa: T201


def test_every_mutant_of_the_row_policies(bounded):
    of_grants = [
        *(partial(test_grants.test_each_role_reads_these_columns_and_no_others, role) for role in test_grants.READS),
        *(partial(test_grants.test_each_role_writes_these_columns_and_no_others, role) for role in test_grants.WRITES),
    ]
    of_rows = {
        table: partial(test_rows.test_policies_and_querysets_show_the_same_rows, bounded, table)
        for table in test_rows.ROWS
    }
    of_writes = [
        partial(test_rows.test_administrators_see_every_event_but_those_of_assessments, bounded),
        *(partial(test_rows.test_nobody_takes_a_foreign_star_away, bounded, role) for role in ("company", "school")),
        *(
            partial(test_rows.test_nobody_writes_a_row_that_names_another_party, bounded, *by)
            for by in test_rows.WRITERS
        ),
    ]
    judges = [*of_grants, *of_rows.values(), *of_writes]
    for judge in judges:
        with transaction.atomic():
            judge()
            transaction.set_rollback(True)
    survivors, count = [], 0
    for table in row_level_security.declared():
        for name, grants in broken(table):
            count += 1
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        build(table.name, grants)
                    # The likeliest to notice come first.
                    likely = (
                        of_grants if " where " not in name else [of_rows[table.name]] if table.name in of_rows else []
                    )
                    if not is_killed([*likely, *of_writes, *of_rows.values()]):
                        survivors.append(name)
                        print(f"survived: {name}", flush=True)  # noqa: T201
                except Error:
                    # PostgreSQL itself does not take it.
                    count -= 1
                transaction.set_rollback(True)
    report("row policies", count, survivors)


def test_every_mutant_of_the_permission_policy(world, monkeypatch):
    everything = frozenset().union(*PERMISSIONS.values())
    cookies = {role: copy.deepcopy(client.cookies) for role, client in world.clients.items()}

    def logged_in(judge: Callable[[], None]) -> None:
        for role, client in world.clients.items():
            client.cookies = copy.deepcopy(cookies[role])
        judge()

    judges = [
        matrix.test_nobody_else_may_maintain_anything,
        *(partial(logged_in, partial(matrix.test_reading, world, row, htmx=False)) for row in matrix.PAGES),
        *(partial(logged_in, partial(matrix.test_writing, world, row)) for row in matrix.PAGES),
        partial(logged_in, partial(matrix.test_the_admin_is_the_administrators_alone, world)),
        partial(logged_in, partial(matrix.test_administrators_change_what_they_maintain, world)),
    ]
    for judge in judges:
        with transaction.atomic():
            judge()
            transaction.set_rollback(True)
    survivors, count = [], 0
    for role, permissions in PERMISSIONS.items():
        for permission in sorted(everything):
            count += 1
            with monkeypatch.context() as patch:
                patch.setitem(PERMISSIONS, role, permissions ^ {permission})
                if not is_killed(judges):
                    name = f"{role.value} {'without' if permission in permissions else 'with'} {permission}"
                    survivors.append(name)
                    print(f"survived: {name}", flush=True)  # noqa: T201
    report("permission policy", count, survivors)
