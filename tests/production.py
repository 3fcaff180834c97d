"""The portal as production runs it: several worker processes, production's settings, on a port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import psutil
from django.conf import settings

from tests.production_environment import production_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "portal.example"
ADDRESS = "127.0.0.1"
PATIENCE = 120
NOT_INHERITED = {
    "DEMO",
    "DEBUG",
    "DATA_DIR",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_WEB_PASSWORD",
    "DATABASE_JOBS_PASSWORD",
    "PORTAL_ADDRESS",
    "PGAPPNAME",
}


def environment(database_url: str) -> dict[str, str]:
    """What production must be told, with secrets of its own each time."""
    return {
        **{name: value for name, value in os.environ.items() if name not in NOT_INHERITED},
        **production_environment(),
        "DJANGO_SETTINGS_MODULE": "tests.production_settings",
        "DATABASE_URL": database_url,
        "BEHIND_TLS_PROXY": "1",
    }


def free_port() -> int:
    with socket.create_server((ADDRESS, 0)) as found:
        return int(found.getsockname()[1])


class Portal:
    """A running one: where it answers, and its workers, to be killed."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    @property
    def address(self) -> str:
        return f"http://{ADDRESS}:{self.port}"

    def workers(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children())

    def is_alive(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/live/", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def wait_until_alive(self, log: Path) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.is_alive():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"Portalen er ikke begyndt at svare: {log.read_text()[-500:]}")
            time.sleep(0.1)


@contextmanager
def portal_in_production(
    variables: dict[str, str], *, workers: int, log: Path, application: str = ""
) -> Iterator[Portal]:
    """The portal on a free port with `variables` as its environment; stopped at the end.

    `application` is another one to be served in just the same way: it answers /health/live/, too.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config=serving/gunicorn.conf.py", f"--bind={ADDRESS}:{port}"]
    command += [f"--workers={workers}", *([application] if application else [])]
    with log.open("wb") as output:
        process = start(command, variables, output)
        try:
            portal = Portal(process, port)
            portal.wait_until_alive(log)
            yield portal
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start(command: list[str], variables: dict[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=variables, stdout=output, stderr=output)
