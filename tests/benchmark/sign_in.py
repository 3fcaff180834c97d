"""What a sign-in at a broker costs, and what thirty a second cost everybody else. A command: `--help` tells more."""

from __future__ import annotations

import json
import re
import statistics
import threading
import time
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.formats import number_format

from tests.program import run, set_up

set_up("tests.benchmark.sign_in")

from laereplads.access.models import Membership
from laereplads.accounts.models import Identity
from tests.benchmark.visitors import FOUND, PATIENCE, asked, logged_in, request
from tests.benchmark.worlds import PASSWORD, opened, people, used
from tests.large_world.world import COMPANY_STAFF
from tests.production import ADDRESS, HOST, environment, portal_in_production
from tests.sign_in import provider

if TYPE_CHECKING:
    from tests.benchmark.worlds import World
    from tests.production import Portal

STUDENTS, ROUNDS, RATE, SECONDS = 1_000, 60, 30, 10
OTHERS_PAGE = "/laerlinge/"
OK = 200
PERCENT_95 = 18


class Command(BaseCommand):
    help = "Måler, hvad et login hos en broker koster, og hvad mange på én gang koster alle andre."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"Hvor mange logins der måles ({ROUNDS}).")
        parser.add_argument("--rate", type=int, default=RATE, help=f"Hvor mange logins i sekundet bagefter ({RATE}).")
        parser.add_argument("--seconds", type=int, default=SECONDS, help=f"Hvor længe ad gangen ({SECONDS}).")

    def handle(self, *args: Any, rounds: int, rate: int, seconds: int, **options: Any) -> None:
        with TemporaryDirectory() as folder, provider.running() as broker:
            world = opened(STUDENTS, Path(folder))
            let_in(world, broker)
            variables = environment(world.address("laereplads_web")) | {"TEST_BROKERS": json.dumps(of(broker))}
            with portal_in_production(variables, workers=4, log=Path(folder) / "portal.log") as portal:
                self.say_what_one_costs(portal, broker, rounds)
                self.say_what_many_cost(portal, broker, people(STUDENTS)["company"], rate, seconds)

    def say_what_one_costs(self, portal: Portal, broker: provider.Provider, rounds: int) -> None:
        steps = [Visitor(portal, broker).sign_in() for _round in range(rounds)]
        self.stdout.write(f"Ét login, median af {rounds}, brokerens egen tid med:")
        for name, times in zip(
            ("log ind-siden", "videre til brokeren", "tilbage derfra"), zip(*steps, strict=True), strict=True
        ):
            self.stdout.write(f"  {name:22}{number_format(statistics.median(times), 1):>8} ms")

    def say_what_many_cost(
        self, portal: Portal, broker: provider.Provider, email: str, rate: int, seconds: int
    ) -> None:
        sent = request(OTHERS_PAGE, logged_in(portal.port, email, PASSWORD))
        alone: list[float] = []
        beside: list[float] = []
        done = 0
        # In turn, so that whatever else the machine does disturbs both alike.
        for _round in range(3):
            alone += visits(portal, sent, seconds)
            with Crowd(portal, broker, rate) as crowd:
                beside += visits(portal, sent, seconds)
            done += crowd.done
        if not done:
            raise CommandError("Ingen kom ind.")
        quiet, busy = p95(alone), p95(beside)
        self.stdout.write(
            f"{number_format(done / 3 / seconds, 1)} logins i sekundet. {OTHERS_PAGE} imens: p95 "
            f"{number_format(busy, 1)} ms mod {number_format(quiet, 1)} alene, {number_format(busy / quiet, 2)} gange."
        )


def of(broker: provider.Provider) -> dict[str, dict[str, str]]:
    return {
        "maaling": {
            "label": "Log ind",
            "adapter": "signaturgruppen",
            "scheme": "mitid_erhverv",
            "issuer": broker.issuer,
            "client_id": provider.CLIENT,
            "client_secret": provider.SECRET,
        }
    }


def let_in(world: World, broker: provider.Provider) -> None:
    """Tie what the broker says to the company's employee whom the other measurements know."""
    with used(world):
        membership = Membership.objects.select_related("company").get(user__email=COMPANY_STAFF)
        cvr = membership.company.cvr if membership.company else ""
        broker.said["nemlogin.cvr"] = cvr
        Identity.objects.create(
            user=membership.user,
            scheme="mitid_erhverv",
            issuer=broker.issuer,
            subject=str(broker.signed["sub"]),
            cvr=cvr,
        )


class Visitor:
    """A browser without anything, that signs in once."""

    def __init__(self, portal: Portal, broker: provider.Provider) -> None:
        self.portal, self.broker = portal, broker
        self.cookies: dict[str, str] = {}

    def sign_in(self) -> tuple[float, float, float]:
        """Milliseconds of the three answers of the portal. Raises CommandError where somebody is not let in."""
        page, first = self.ask("GET", "/log-ind/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = urlencode({"csrfmiddlewaretoken": token[1] if token else ""})
        page, second = self.ask("POST", "/log-ind/med/maaling/", form)
        address = re.search(r'<a class="button button-primary" href="([^"]+)"', page)
        if address is None:
            raise CommandError("Portalen sender ingen til brokeren.")
        back = self.broker.authorize(address[1].replace("&amp;", "&"))
        _page, third = self.ask("GET", f"/log-ind/svar/maaling/?{urlencode(back)}", expected=FOUND)
        return first, second, third

    def ask(self, method: str, path: str, body: str = "", *, expected: int = OK) -> tuple[str, float]:
        connection = HTTPConnection(ADDRESS, self.portal.port, timeout=PATIENCE)
        headers = {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "X-Forwarded-Proto": "https",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        began = time.perf_counter()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        milliseconds = 1000 * (time.perf_counter() - began)
        connection.close()
        if response.status != expected:
            raise CommandError(f"{urlsplit(path).path}: {response.status}")
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return text, milliseconds


class Crowd:
    """So many who sign in each second, until the block ends; `done` counts those who came in."""

    def __init__(self, portal: Portal, broker: provider.Provider, rate: int) -> None:
        self.portal, self.broker, self.rate = portal, broker, rate
        self.over = threading.Event()
        self.done = 0
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        self.threads = [threading.Thread(target=self.work, args=[number]) for number in range(self.rate)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_anything: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self, number: int) -> None:
        """One a second, each at a moment of their own."""
        self.over.wait(number / self.rate)
        while not self.over.is_set():
            began = time.perf_counter()
            Visitor(self.portal, self.broker).sign_in()
            with self.lock:
                self.done += 1
            self.over.wait(max(0, 1 - (time.perf_counter() - began)))


def visits(portal: Portal, sent: bytes, seconds: int) -> list[float]:
    """Milliseconds of one page asked for again and again."""
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        times.append(asked(portal.port, sent).milliseconds)
    return times


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[PERCENT_95]


if __name__ == "__main__":
    run(Command(), "tests.benchmark.sign_in")
