"""The portal lives while PostgreSQL stands still, which is worse than being away: nobody is told."""

import contextlib
import http.client
import threading
from collections.abc import Iterator

import psutil
import pytest

from tests.serving.machine import LOCALHOST, database, free_port, portal

HEALTH_PORT = free_port()


def ask(port: int, path: str, seconds: float) -> int:
    with contextlib.closing(http.client.HTTPConnection(LOCALHOST, port, timeout=seconds)) as connection:
        connection.request("GET", path, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
        return connection.getresponse().status


def ask_in_vain(port: int) -> None:
    with contextlib.suppress(OSError):
        ask(port, "/health/ready/", 20)


def is_silent(port: int) -> bool:
    try:
        ask(port, "/health/live/", 2)
    except TimeoutError:
        return True
    return False


@pytest.fixture
def own() -> Iterator[tuple[int, psutil.Process]]:
    """A portal of two workers with a database of its own, which can stand still without harm to other tests."""
    with (
        database() as server,
        portal(server.url(), HEALTH_PORT=str(HEALTH_PORT)) as web,
        contextlib.suppress(psutil.NoSuchProcess),
    ):
        listener = next(
            each.pid for each in psutil.net_connections("tcp") if each.laddr.port == server.port and each.pid
        )
        postmaster = psutil.Process(listener)
        while "postgres" in postmaster.parent().name():
            postmaster = postmaster.parent()
        yield web.port, postmaster


def test_live_answers_while_the_database_stands_still(own):
    port, postmaster = own
    assert ask(port, "/health/ready/", 30) == 200
    everybody = [postmaster, *postmaster.children(recursive=True)]
    for process in everybody:
        process.suspend()
    try:
        # One waits for a page, and keeps a worker.
        waiting = threading.Thread(target=ask_in_vain, args=(port,), daemon=True)
        waiting.start()
        for _time in range(5):
            assert ask(port, "/health/live/", 5) == 200
    finally:
        for process in everybody:
            process.resume()
    waiting.join(30)
    assert ask(port, "/health/ready/", 30) == 200


def test_live_answers_on_its_own_port_while_all_workers_wait(own):
    port, postmaster = own
    assert ask(port, "/health/ready/", 30) == 200
    everybody = [postmaster, *postmaster.children(recursive=True)]
    for process in everybody:
        process.suspend()
    try:
        waiting = [threading.Thread(target=ask_in_vain, args=(port,), daemon=True) for _worker in range(6)]
        for one in waiting:
            one.start()
        assert any(is_silent(port) for _time in range(10))
        for _time in range(5):
            assert ask(HEALTH_PORT, "/health/live/", 5) == 200
        assert ask(HEALTH_PORT, "/log-ind/", 5) == 404
    finally:
        for process in everybody:
            process.resume()
    for one in waiting:
        one.join(30)
