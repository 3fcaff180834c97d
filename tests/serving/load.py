"""Prints what one machine carries: `uv run python -m tests.serving.load --users 8 --savers 4`.

Everybody is on this machine: browsers, Caddy, the portal and PostgreSQL. Mentors read the overview; the `--savers` are
a company's employees who save an assessment, and read its form and their list. Processor time for each answer is what
other work on the machine disturbs least.
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

import psutil

from tests.serving import machine
from tests.serving.browser import Answer, Browser
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

    def timed(self, kind: str, browser: Browser, method: str, path: str, wanted: int, **form: str) -> Answer:
        began = time.perf_counter()
        answer = browser.send(path, **form) if method == "POST" else browser.get(path)
        self.times[kind].append(1000 * (time.perf_counter() - began))
        if answer.status != wanted:
            self.wrong.append(answer.status)
        return answer

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
            form = self.timed("form", browser, "GET", path, 200)
            self.timed("saving", browser, "POST", path, 302, **form.hidden, level=["high", "medium", "low"][number % 3])
            self.timed("company's list", browser, "GET", "/frafaldsrisiko/", 200)

    def run(self, users: int, savers: int, seconds: float) -> None:
        threads = []
        for number in range(users):
            browser = Browser(self.proxy)
            if number < savers:
                browser.log_in(EMPLOYEE)
                start = len(self.agreements) * number // savers
                threads.append(threading.Thread(target=self.employee, args=(browser, start)))
            else:
                browser.log_in(MENTOR)
                threads.append(threading.Thread(target=self.mentor, args=(browser,)))
        self.end = time.monotonic() + seconds
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def processor_seconds(program: machine.Program) -> float:
    """Of the program and all that it has started."""
    own = psutil.Process(program.popen.pid)
    times = [each.cpu_times() for each in (own, *own.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--savers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--students", type=int, default=120)
    options = parser.parse_args()
    os.environ["STUDENTS"] = str(options.students)
    with machine.folder_of_the_server() as folder:
        postgres = machine.Postgres(folder)
        postgres.make()
        with postgres.running() as server:
            machine.prepare(postgres)
            with (
                machine.portal(postgres.url(), WEB_PROCESSES=str(2 * (os.cpu_count() or 1))) as portal,
                machine.front(portal) as proxy,
            ):
                agreements = postgres.ask("select public_id::text from people_agreement order by id")
                load = Load(proxy, [public_id for (public_id,) in agreements])
                before = processor_seconds(portal), processor_seconds(server)
                load.run(options.users, options.savers, options.seconds)
                after = processor_seconds(portal), processor_seconds(server)
    for kind, times in sorted(load.times.items()):
        p99 = statistics.quantiles(times, n=100)[98]
        sys.stdout.write(
            f"{kind:15} {len(times) / options.seconds:7.1f} a second, "
            f"median {statistics.median(times):6.0f} ms, p99 {p99:6.0f} ms\n"
        )
    answers = sum(map(len, load.times.values()))
    mine, its = (1000 * (end - start) / answers for start, end in zip(before, after, strict=True))
    sys.stdout.write(f"processor time an answer: portal {mine:.1f} ms, PostgreSQL {its:.1f} ms\n")
    sys.stdout.write(f"answers that were wrong: {len(load.wrong)} {sorted(set(load.wrong))}\n")


if __name__ == "__main__":
    main()
