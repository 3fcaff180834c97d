"""Asks in turn, so that whatever else the machine does disturbs all alike, and sums up."""

from __future__ import annotations

import statistics
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.benchmark.visitors import all_at_once, asked, logged_in, request
from tests.benchmark.worlds import COLLEAGUE, PASSWORD, SAVERS, forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.benchmark.sites import Site
    from tests.benchmark.visitors import Answer

# Before the clock starts, so often by so many: every process has met the page then, and its statements are prepared.
WARMING, AT_ONCE = 6, 8
BURST = 5


@dataclass
class Times:
    """Of one page at one server."""

    milliseconds: list[float] = field(default_factory=list)
    size: int = 0

    def add(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            self.milliseconds.append(answer.milliseconds)
            self.size = answer.size

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[98]


def in_turn(targets: Sequence[tuple[int, bytes]], *, rounds: int, connections: int) -> list[Times]:
    """So many requests to each (port, request): one to each in turn, or bursts where there are several connections."""
    times = [Times() for _target in targets]
    for port, sent in targets:
        all_at_once(port, [[sent] * WARMING] * AT_ONCE)
    done = 0
    while done < rounds:
        for (port, sent), own in zip(targets, times, strict=True):
            if connections == 1:
                own.add([asked(port, sent)])
            else:
                own.add(all_at_once(port, [[sent] * BURST] * connections)[0])
        done += 1 if connections == 1 else BURST * connections
    return times


@dataclass
class Saving:
    """Saves at so many connections: how many a second, and how long each took."""

    times: Times = field(default_factory=Times)
    seconds: float = 0

    @property
    def rate(self) -> float:
        return len(self.times.milliseconds) / self.seconds


class Savers:
    """Employees of as many companies, each logged in to the portal of a site."""

    def __init__(self, site: Site, number: int) -> None:
        self.site = site
        self.cookies = [logged_in(site.ports["portal"], email, PASSWORD) for email in SAVERS[:number]]

    def save(self, server: str, number: int, into: Saving, *, each: int, of_one_school: bool = False) -> None:
        """Each saver saves as many assessments as they have students, at most `each`, all of them at once."""
        found = forms(self.site.world, savers=number, each=each, of_one_school=of_one_school)
        queues = [
            [
                request(
                    f"/frafaldsrisiko/{form.agreement}/",
                    cookies,
                    {
                        "csrfmiddlewaretoken": cookies["__Host-csrftoken"],
                        "seen": str(form.seen),
                        "assessed": "ja" if form.seen else "",
                        "level": ("high", "medium", "low")[form.seen % 3],
                    },
                )
                for form in own
            ]
            for own, cookies in zip(found, self.cookies, strict=False)
        ]
        answers, seconds = all_at_once(self.site.ports[server], queues)
        into.times.add(answers)
        into.seconds += seconds


@dataclass(frozen=True)
class Meanwhile:
    """How others fare while somebody fetches a spreadsheet, again and again."""

    without: Times
    beside: Times
    files: Times
    # Of the process that grew most, in bytes.
    growth: int


def beside_a_spreadsheet(site: Site, page: bytes, rounds: int) -> Meanwhile:
    portal, colleague = site.ports["portal"], logged_in(site.ports["portal"], COLLEAGUE, PASSWORD)
    (without,) = in_turn([(portal, page)], rounds=rounds, connections=1)
    sheet, files, is_over = request("/elever/elever.xlsx", colleague), Times(), threading.Event()
    before = sizes(site)

    def fetch() -> None:
        while not is_over.is_set():
            files.add([asked(portal, sheet)])

    thread = threading.Thread(target=fetch)
    thread.start()
    beside = Times()
    while len(beside.milliseconds) < rounds or not files.milliseconds:
        beside.add([asked(portal, page)])
    is_over.set()
    thread.join()
    after = sizes(site)
    return Meanwhile(without, beside, files, max(after[each] - before.get(each, 0) for each in after))


def sizes(site: Site) -> dict[int, int]:
    """The memory of each of the portal's processes."""
    return {process.pid: process.memory_info().rss for process in site.portal.workers()}
