"""What the server does before an answer: it takes in what was not read, and waits for nobody."""

import io
import os
import runpy
import socket
from types import SimpleNamespace

import pytest

from tests.serving.machine import LOCALHOST, SERVING, wait_until


class Sender:
    """Sends a piece every so many seconds, by a clock that nobody waits for."""

    def __init__(self, every, piece):
        self.every = every
        self.piece = piece
        self.now = 0.0
        self.taken = 0

    patience = None

    def gettimeout(self):
        return self.patience

    def settimeout(self, seconds):
        assert seconds is None or seconds > 0
        self.patience = seconds

    def recv(self, most):
        self.now += min(self.every, self.patience)
        if self.every > self.patience:
            raise TimeoutError
        got = self.piece[:most]
        self.taken += len(got)
        return got


@pytest.fixture
def answer(monkeypatch):
    """Let a worker answer a sender of whom it knows how much is to come, and has read some ahead."""
    configured = runpy.run_path(str(SERVING / "gunicorn.conf.py"))

    def ask(sender, length, read_ahead=b""):
        monkeypatch.setattr("time.monotonic", lambda: sender.now)
        unreader = SimpleNamespace(sock=sender, buf=io.BytesIO(read_ahead))
        body = SimpleNamespace(reader=SimpleNamespace(length=length, unreader=unreader))
        worker = SimpleNamespace(wsgi=lambda _environ, _start_response: [b"nej"])
        configured["post_worker_init"](worker)
        assert worker.wsgi({"wsgi.input": body}, None) == [b"nej"]
        assert sender.patience is None

    return ask


@pytest.mark.parametrize("value", ["abc", "0", "-1", "2.5", "1e3", "1001", "٢", " 4"])
def test_a_number_of_processes_that_is_none_is_said_in_words(monkeypatch, value):
    monkeypatch.setenv("WEB_PROCESSES", value)

    with pytest.raises(SystemExit) as refused:
        runpy.run_path(str(SERVING / "gunicorn.conf.py"))
    assert str(refused.value) == f"WEB_PROCESSES er {value}. Skriv et tal fra 1 til 1000."


def test_an_empty_number_of_processes_is_twice_the_cores(monkeypatch):
    monkeypatch.setenv("WEB_PROCESSES", "")

    assert runpy.run_path(str(SERVING / "gunicorn.conf.py"))["workers"] == 2 * len(os.sched_getaffinity(0))


def test_what_is_left_is_taken_in_and_no_more(answer):
    sender = Sender(every=0.001, piece=b"x" * 100_000)

    answer(sender, 5_000_000, b"x" * 1000)
    assert sender.taken == 4_999_000


@pytest.mark.parametrize("every", [0.1, 1.9, 3.0])
def test_who_sends_slowly_is_given_two_seconds(answer, every):
    sender = Sender(every, piece=b"x")

    answer(sender, 5_000_000)
    assert sender.now <= 2.1


@pytest.mark.parametrize(("length", "piece"), [(0, b"x"), (10, b"")])
def test_where_nothing_is_left_nobody_waits(answer, length, piece):
    sender = Sender(every=0.5, piece=piece)

    answer(sender, length)
    assert sender.taken == 0
    assert sender.now <= 0.5


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /?navn=Hemmelig HTTP/9.9",
        "GET /?navn=Hemmelig HTTP/1.1\r\nHemmelig",
        "Hemmelig /Hemmelig",
        "GET /\r\nA: \x01Hemmelig",
    ],
)
def test_the_servers_own_log_tells_no_address(web_process, request_text):
    """What it says of itself stays readable."""
    with socket.create_connection((LOCALHOST, web_process.port)) as raw:
        raw.sendall(f"{request_text}\r\n\r\n".encode())
        raw.settimeout(10)
        raw.recv(1000)

    wait_until(lambda: "[WARNING]" in web_process.written(), web_process)
    assert "Hemmelig" not in web_process.written()
    assert f"Listening at: http://{LOCALHOST}:{web_process.port}" in web_process.written()
