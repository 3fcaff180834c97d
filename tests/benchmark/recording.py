"""Writes down what the portal does for a page: its statements, and its HTML as pieces between what it read.

A process of its own, in production's settings and as laereplads_web: `python -m tests.benchmark.recording`.
"""

from __future__ import annotations

import enum
import html
import json
import pickle
import re
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

# Shorter texts stand in a page by chance.
SHORTEST = 4


@dataclass(frozen=True)
class Statement:
    """As psycopg was given it. `is_typed`: PostgreSQL understands it without the values, so that it can be prepared."""

    text: str
    values: tuple[Any, ...]
    in_transaction: bool
    is_typed: bool = True


@dataclass(frozen=True)
class Recording:
    """A page: its statements, its headers, and its pieces; between two stands (statement, row, column)."""

    path: str
    session: str
    statements: list[Statement]
    headers: list[tuple[str, str]]
    pieces: list[str]
    places: list[tuple[int, int, int]]


@contextmanager
def noted() -> Iterator[list[Statement]]:
    """Every statement that psycopg executes, whoever gives it."""
    execute, statements = psycopg.Cursor.execute, []

    def note(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        text = query.as_string(cursor) if hasattr(query, "as_string") else query
        values = tuple(value.value if isinstance(value, enum.Enum) else value for value in params or ())
        statements.append(Statement(text, values, not cursor.connection.autocommit))
        return execute(cursor, query, params, **options)

    psycopg.Cursor.execute = note  # type: ignore[method-assign, assignment]
    try:
        yield statements
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def recorded(path: str, cookies: dict[str, str]) -> Recording:
    from django.conf import settings
    from django.test import Client

    from laereplads.accounts.sessions import hashed

    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    for name, value in cookies.items():
        client.cookies[name] = value
    client.get(path, secure=True)
    with noted() as statements:
        # Caches are filled by now, and that the user is there is noted for a minute.
        response = client.get(path, secure=True)
    if response.status_code != 200:
        raise ValueError(f"{path}: {response.status_code}")
    text = response.content.decode()
    typed, results = tried(statements)
    pieces, places = split(text, results)
    headers = [(name, value) for name, value in response.headers.items() if name != "Content-Length"]
    return Recording(path, hashed(cookies[settings.SESSION_COOKIE_NAME]), typed, headers, pieces, places)


def tried(statements: list[Statement]) -> tuple[list[Statement], list[list[Any]]]:
    """Run them as the floor will, and take all back: which can be prepared, and what each finds."""
    from django.db import connection

    typed, results = [], []
    parameters = connection.get_connection_params()
    plain = {name: parameters[name] for name in ("dbname", "user", "host", "port") if parameters.get(name)}
    with psycopg.connect(**plain) as own:
        # One transaction around all: what follows are savepoints in it.
        own.execute("select")
        for each in statements:
            try:
                with own.transaction():
                    cursor = own.execute(each.text, each.values or None)
                    results.append(cursor.fetchall() if cursor.description else [])
                    typed.append(each)
            except psycopg.ProgrammingError:
                cursor = psycopg.ClientCursor(own)
                cursor.execute(each.text, each.values or None)
                results.append(cursor.fetchall() if cursor.description else [])
                typed.append(Statement(each.text, each.values, each.in_transaction, is_typed=False))
        own.rollback()
    return typed, results


def split(text: str, results: list[list[Any]]) -> tuple[list[str], list[tuple[int, int, int]]]:
    """`text` between what stands in it of `results`, and where in them that is found."""
    found: dict[str, tuple[int, int, int]] = {}
    for number, rows in enumerate(results):
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, (str, uuid.UUID)) and len(str(value)) >= SHORTEST:
                    found.setdefault(html.escape(str(value)), (number, line, column))
    if not found:
        return [text], []
    pattern = re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))
    matches = list(pattern.finditer(text))
    edges = [0, *(edge for match in matches for edge in match.span()), len(text)]
    pieces = [text[start:end] for start, end in list(pairwise(edges))[::2]]
    return pieces, [found[match.group()] for match in matches]


def middle_of(query: str, email: str) -> str:
    """The page in the middle of the overview in the state `query`, as addresses call it; of an empty one the first."""
    from django.db import transaction
    from django.http import QueryDict
    from django.utils.http import urlencode

    from laereplads.access.models import Membership
    from laereplads.web.paging import after
    from schools.forms import StudentFilterForm
    from schools.queries import everybody_wanted

    membership = Membership.objects.get(user__email=email)
    with transaction.atomic(), membership.with_row_policies():
        filters = StudentFilterForm(QueryDict(query), ())
        found = everybody_wanted(membership, filters.wanted, filters.chosen_order)
        if not (count := found.count()):
            return ""
        number = count // 2
        return urlencode(after(found[number], number + 1))


def main() -> None:
    """Reads what to record from its input, writes the recordings to the file that it names, and says their paths."""
    import django

    django.setup()
    asked = json.load(sys.stdin)
    recordings = []
    for path, who in asked["pages"]:
        query = path.partition("?")[2].replace("side=midt", "").strip("&")
        full = path.replace("side=midt", middle_of(query, asked["emails"][who])) if "side=midt" in path else path
        recordings.append(recorded(full, asked["cookies"][who]))
    with open(asked["file"], "wb") as file:  # noqa: PTH123  # one line of two
        pickle.dump([vars(each) | {"statements": [vars(one) for one in each.statements]} for each in recordings], file)
    json.dump([[each.path, len(each.statements)] for each in recordings], sys.stdout)


if __name__ == "__main__":
    main()
