"""A PostgreSQL on a folder of its own that its maker may kill: for the crash test, and for tests of a database away."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from laereplads.database.embedded.server import wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30


class ThrowawayServer:
    """Runs until it is stopped; nobody else's server, however it is treated."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.server: Any = wheel().PostgresServer(folder.resolve())

    def start(self) -> None:
        """Start it, or start it again; back when it answers."""
        with self.server._lock:  # noqa: SLF001  # of all processes: making the system user must happen once
            self.server.ensure_pgdata_inited()
            self.server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it at once: who is connected is cut off, and what was not committed is gone."""
        if self.is_running():
            arguments = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "stop")
            wheel().pgexec.pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user)

    def kill(self) -> None:
        """End its main process as a lack of memory would; its children notice, and end before another may start."""
        main = psutil.Process(self.server.get_pid())
        family = [main, *main.children()]
        main.kill()
        deadline = time.monotonic() + PATIENCE
        while any(map(runs, family)):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.01)
        # Its number may stay taken for as long as nobody buries the dead, which another would take for a life.
        (self.server.pgdata / "postmaster.pid").unlink()
        for lock in Path(self.server.get_postmaster_info().socket_dir).glob(".s.PGSQL.*.lock"):
            lock.unlink()

    def is_running(self) -> bool:
        return (self.server.pgdata / "postmaster.pid").exists() and runs(psutil.Process(self.server.get_pid()))

    def create_database(self, name: str) -> None:
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    def address(self, database: str, user: str = "postgres") -> str:
        """How libpq reaches `database`; there are no passwords on its socket."""
        return make_conninfo(self.server.get_uri(), dbname=database, user=user)


@contextlib.contextmanager
def throwaway_server(folder: Path) -> Iterator[ThrowawayServer]:
    """A running one, stopped at the end; the folder stays."""
    server = ThrowawayServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
