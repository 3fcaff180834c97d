"""What the server does after an answer: it takes in what was not read, and waits for nobody."""

import io
import runpy
from types import SimpleNamespace

import pytest

from tests.serving.machine import SERVING


class Sender:
    """Sends a piece every so many seconds, by a clock that nobody waits for."""

    def __init__(self, every, piece):
        self.every = every
        self.piece = piece
        self.now = 0.0
        self.taken = 0

    def settimeout(self, seconds):
        assert seconds > 0
        self.patience = seconds

    def recv(self, most):
        self.now += min(self.every, self.patience)
        if self.every > self.patience:
            raise TimeoutError
        got = self.piece[:most]
        self.taken += len(got)
        return got


@pytest.fixture
def after_the_answer(monkeypatch):
    """What the worker does with a sender of whom it knows how much is to come, and has read some ahead."""
    hook = runpy.run_path(str(SERVING / "gunicorn.conf.py"))["post_request"]

    def hang_up(sender, length, read_ahead=b"", *, is_answered=True):
        monkeypatch.setattr("time.monotonic", lambda: sender.now)
        request = SimpleNamespace(
            unreader=SimpleNamespace(sock=sender, buf=io.BytesIO(read_ahead)),
            body=SimpleNamespace(reader=SimpleNamespace(length=length)),
        )
        hook(None, request, {}, SimpleNamespace(headers_sent=True) if is_answered else None)

    return hang_up


def test_what_is_left_is_taken_in_and_no_more(after_the_answer):
    sender = Sender(every=0.001, piece=b"x" * 100_000)

    after_the_answer(sender, 5_000_000, b"x" * 1000)
    assert sender.taken == 4_999_000


@pytest.mark.parametrize("every", [0.1, 1.9, 3.0])
def test_who_sends_slowly_is_given_two_seconds(after_the_answer, every):
    sender = Sender(every, piece=b"x")

    after_the_answer(sender, 5_000_000)
    assert sender.now <= 2.1


@pytest.mark.parametrize(("length", "is_answered", "piece"), [(0, True, b"x"), (10, False, b"x"), (10, True, b"")])
def test_where_nothing_is_left_nobody_waits(after_the_answer, length, is_answered, piece):
    sender = Sender(every=0.5, piece=piece)

    after_the_answer(sender, length, is_answered=is_answered)
    assert sender.taken == 0
    assert sender.now <= 0.5
