"""Prints what one machine carries: `uv run python -m tests.serving.load --users 8 --seconds 30`.

Everybody is on this machine: browsers, Caddy, the portal and PostgreSQL. Half of the users are mentors who read the
overview, half are a company's employees who read their list and save an assessment for each page they read.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections import defaultdict
from itertools import cycle

from tests.serving import machine
from tests.serving.browser import Browser
from tests.serving.people import EMPLOYEE, MENTOR

READ = ["/elever/", "/elever/?niveau=high", "/elever/?sortering=risk", "/elever/?niveau=high&niveau=medium"]


class Load:
    """Milliseconds of every answer, by what was asked for; and every answer that was not as it should be."""

    def __init__(self, proxy: machine.Proxy, agreements: list[str]) -> None:
        self.proxy = proxy
        self.agreements = agreements
        self.times: dict[str, list[float]] = defaultdict(list)
        self.wrong: list[int] = []
        self.end = 0.0

    def timed(self, kind: str, browser: Browser, method: str, path: str, wanted: int, **form: str) -> None:
        began = time.perf_counter()
        answer = browser.send(path, **form) if method == "POST" else browser.get(path)
        self.times[kind].append(1000 * (time.perf_counter() - began))
        if answer.status != wanted:
            self.wrong.append(answer.status)

    def mentor(self, browser: Browser) -> None:
        for path in cycle(READ):
            if time.monotonic() > self.end:
                return
            self.timed("overview", browser, "GET", path, 200)

    def employee(self, browser: Browser, start: int) -> None:
        own = self.agreements[start:] + self.agreements[:start]
        for number, agreement in enumerate(cycle(own)):
            if time.monotonic() > self.end:
                return
            path = f"/frafaldsrisiko/{agreement}/"
            hidden = browser.hidden(path)
            self.timed("saving", browser, "POST", path, 302, **hidden, level=["high", "medium", "low"][number % 3])
            self.timed("company's list", browser, "GET", "/frafaldsrisiko/", 200)

    def run(self, users: int, seconds: float) -> None:
        threads = []
        for number in range(users):
            browser = Browser(self.proxy)
            browser.log_in([MENTOR, EMPLOYEE][number % 2])
            arguments = (browser,) if number % 2 == 0 else (browser, len(self.agreements) * number // users)
            threads.append(threading.Thread(target=[self.mentor, self.employee][number % 2], args=arguments))
        self.end = time.monotonic() + seconds
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--students", type=int, default=120)
    options = parser.parse_args()
    os.environ["STUDENTS"] = str(options.students)
    with (
        machine.database() as server,
        machine.portal(server.url(), WEB_CONCURRENCY=str(2 * (os.cpu_count() or 1))) as portal,
        machine.front(portal) as proxy,
    ):
        agreements = [str(row[0]) for row in server.ask("select public_id from people_agreement order by id")]
        load = Load(proxy, agreements)
        load.run(options.users, options.seconds)
    for kind, times in sorted(load.times.items()):
        p99 = statistics.quantiles(times, n=100)[98]
        sys.stdout.write(
            f"{kind:15} {len(times) / options.seconds:7.1f} a second, "
            f"median {statistics.median(times):6.0f} ms, p99 {p99:6.0f} ms\n"
        )
    sys.stdout.write(f"answers that were wrong: {len(load.wrong)} {sorted(set(load.wrong))}\n")


if __name__ == "__main__":
    main()
