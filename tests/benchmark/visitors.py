"""Visitors at a socket: what they send is ready before the clock starts, and what they get is only counted."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from tests.production import ADDRESS, HOST

if TYPE_CHECKING:
    from collections.abc import Sequence

LOGIN = "/log-ind/"
FOUND = 302
PATIENCE = 60
MUCH = 1 << 18


class Answer(NamedTuple):
    milliseconds: float
    size: int


class WrongAnswer(Exception):
    """Something else than was measured for."""


def request(path: str, cookies: dict[str, str], form: dict[str, str] | None = None) -> bytes:
    """One request of a browser, as the proxy hands it on."""
    body = urlencode(form) if form is not None else ""
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        f"Host: {HOST}",
        "X-Forwarded-Proto: https",
        "Accept-Encoding: gzip, deflate, br",
        f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}",
        "Connection: close",
    ]
    if form is not None:
        lines += [
            f"Origin: https://{HOST}",
            "HX-Request: true",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return "\r\n".join([*lines, "", body]).encode()


def asked(port: int, sent: bytes) -> Answer:
    """From the first byte sent to the last one read; the size is that of the answer's body, packed."""
    began = time.perf_counter()
    with socket.create_connection((ADDRESS, port), timeout=PATIENCE) as line:
        line.sendall(sent)
        got = []
        while some := line.recv(MUCH):
            got.append(some)
    milliseconds = 1000 * (time.perf_counter() - began)
    answer = b"".join(got)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise WrongAnswer(f"{sent.split(b'\r\n')[0].decode()}: {answer[:200].decode(errors='replace')}")
    return Answer(milliseconds, len(answer) - answer.index(b"\r\n\r\n") - 4)


def all_at_once(port: int, queues: Sequence[Sequence[bytes]]) -> tuple[list[Answer], float]:
    """Each queue is a connection that sends one after the other; all answers, and the seconds until the last one."""
    answers: list[Answer] = []
    problems: list[Exception] = []
    start = threading.Barrier(len(queues) + 1)

    def work(queue: Sequence[bytes]) -> None:
        start.wait()
        try:
            answers.extend([asked(port, sent) for sent in queue])
        except (OSError, WrongAnswer) as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=[queue]) for queue in queues]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return answers, time.perf_counter() - began


def logged_in(port: int, email: str, password: str) -> dict[str, str]:
    """The cookies of a new session."""
    cookies: dict[str, str] = {}
    # Each from an address of their own: of one address so many logins would be refused.
    address = f"10.{'.'.join(map(str, hashlib.sha256(email.encode()).digest()[:3]))}"
    page = ask_plainly(port, "GET", cookies, address)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {"login": email, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
    ask_plainly(port, "POST", cookies, address, urlencode(form))
    return cookies


def ask_plainly(port: int, method: str, cookies: dict[str, str], address: str, body: str = "") -> str:
    """At the login; what it sets is put into `cookies`."""
    connection = HTTPConnection(ADDRESS, port, timeout=PATIENCE)
    headers = {
        "Host": HOST,
        "Origin": f"https://{HOST}",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": address,
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request(method, LOGIN, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    for line in response.headers.get_all("Set-Cookie") or []:
        for name, morsel in SimpleCookie(line).items():
            cookies[name] = morsel.value
    if method == "POST" and response.status != FOUND:
        raise WrongAnswer(f"log ind: {response.status}")
    return text
