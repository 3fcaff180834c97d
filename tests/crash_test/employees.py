"""Company staff at their browsers: they log in, read, assess, reject applicants, and send again what got no answer."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import timezone

from tests.production import ADDRESS, HOST

if TYPE_CHECKING:
    from tests.production import Portal

LOGIN = "/log-ind/"
OVERVIEW = "/frafaldsrisiko/"
REJECTION = "/afslag/"
LEVELS = ("low", "medium", "high")
ASSESS, REJECT = 60, 85
FOUND, GIVEN_UP, FAILED, AWAY = 302, 400, 500, 503
# Shorter than what the portal asks for: whoever is in a hurry presses the button again at once.
BETWEEN_TRIES = 0.3
LONGEST_TRY = 30.0


class Refused(Exception):
    """An answer that somebody who only does what the pages offer must never get."""


@dataclass
class Account:
    """What all employees together were answered, and what they were told is saved; of many threads."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    # Agreement → the levels that were acknowledged, in their order.
    assessed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # Tokens of the forms that were acknowledged.
    rejected: list[str] = field(default_factory=list)
    sent_again: int = 0
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: str, seconds: float) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.seconds.append(seconds)

    def note_resend(self) -> None:
        with self.lock:
            self.sent_again += 1


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', self.body)
        if not found:
            raise Refused(f"{self.status}, intet felt {name}")
        return found.group(1)


class Employee:
    """One employee of a company, and the agreements that only they assess."""

    def __init__(self, number: int, email: str, password: str, agreements: list[str], portal: Portal) -> None:
        self.number, self.email, self.password, self.agreements = number, email, password, agreements
        self.portal = portal
        self.cookies: dict[str, str] = {}

    def live(self, account: Account, logged_in: threading.Barrier, until: threading.Event, seed: int) -> None:
        """Log in, wait for the others, and work until it is over; what was begun is ended."""
        chance = random.Random(seed)
        self.account = account
        try:
            self.log_in()
            logged_in.wait()
            while not until.is_set():
                self.do_something(chance)
        except (Refused, threading.BrokenBarrierError) as refusal:
            logged_in.abort()
            with account.lock:
                account.refused.append(f"{self.email}: {refusal}")

    def do_something(self, chance: random.Random) -> None:
        what = chance.randrange(100)
        if what < ASSESS:
            self.assess(chance.choice(self.agreements), chance)
        elif what < REJECT:
            self.reject(chance)
        else:
            self.read(OVERVIEW)

    def log_in(self) -> None:
        page = self.ask("GET", LOGIN)
        if page.status == FOUND:
            return
        answer = self.send(page, LOGIN, {"login": self.email, "password": self.password})
        # A worker that died after logging them in: the form once more meets somebody who is in.
        if answer.status != FOUND:
            raise Refused(f"log ind: {answer.status}")

    def read(self, path: str) -> Answer:
        page = self.ask("GET", path)
        if page.location.startswith(LOGIN):
            self.log_in()
            page = self.ask("GET", path)
        if page.status >= GIVEN_UP:
            raise Refused(f"{path}: {page.status}")
        return page

    def assess(self, agreement: str, chance: random.Random) -> None:
        path = f"{OVERVIEW}{agreement}/"
        page = self.read(path)
        # Always another level than the last, so that each saved form is a row of its own.
        last = self.account.assessed[agreement][-1:]
        level = chance.choice([level for level in LEVELS if [level] != last])
        answer = self.send(page, path, {"seen": page.field("seen"), "level": level})
        self.must_be_saved(answer, path)
        self.account.assessed[agreement].append(level)

    def reject(self, chance: random.Random) -> None:
        page = self.read(REJECTION)
        token = page.field("form_token")
        told = {
            "education": chance.choice(["ssa", "ssh"]),
            "applicant_name": "Prøve Ansøger",
            "applicant_contact": f"{chance.randrange(20_000_000, 99_999_999)}",
            "primary_reason": "ingen_pladser",
            "given_on": timezone.localdate().isoformat(),
            "form_token": token,
        }
        self.must_be_saved(self.send(page, REJECTION, told), REJECTION)
        with self.account.lock:
            self.account.rejected.append(token)

    def must_be_saved(self, answer: Answer, path: str) -> None:
        if answer.status != FOUND or answer.location.startswith(LOGIN):
            raise Refused(f"POST {path}: {answer.status} {answer.location}")

    def send(self, page: Answer, path: str, form: dict[str, str]) -> Answer:
        return self.ask("POST", path, urlencode({"csrfmiddlewaretoken": page.field("csrfmiddlewaretoken"), **form}))

    def ask(self, method: str, path: str, body: str | None = None) -> Answer:
        """The first answer that is one; until then the very same is asked again."""
        while True:
            began = time.monotonic()
            try:
                answer = self.ask_once(method, path, body)
            except (OSError, HTTPException):
                self.account.note("intet svar", time.monotonic() - began)
            else:
                self.account.note(str(answer.status), time.monotonic() - began)
                if answer.status < FAILED:
                    return answer
                if answer.status != AWAY:
                    raise Refused(f"{method} {path}: {answer.status}")
            if method == "POST":
                self.account.note_resend()
            time.sleep(BETWEEN_TRIES)

    def ask_once(self, method: str, path: str, body: str | None) -> Answer:
        connection = HTTPConnection(ADDRESS, self.portal.port, timeout=LONGEST_TRY)
        headers = {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.0.{self.number // 250}.{self.number % 250 + 1}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, response.headers.get("Location", ""), text)
