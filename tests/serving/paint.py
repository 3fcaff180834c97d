"""Prints what pages weigh, and how soon they are painted on a slow line: `uv run python -m tests.serving.paint`."""

from __future__ import annotations

import statistics
import sys

from playwright.sync_api import sync_playwright

from tests.serving import machine
from tests.serving.chromium import Scale, newcomer, session_of, trusting_chromium
from tests.serving.people import EMPLOYEE, MENTOR

# What Lighthouse calls slow 4G.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}
ROUNDS = 5
LARGEST_PAINT = """() => new Promise(done => new PerformanceObserver(
    list => done(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""
PAGES = [(MENTOR, "/elever/"), (EMPLOYEE, "/frafaldsrisiko/"), (MENTOR, "/")]


def main() -> None:
    with (
        machine.database() as server,
        machine.portal(server.url()) as portal,
        machine.front(portal) as proxy,
        sync_playwright() as playwright,
        trusting_chromium(playwright, proxy) as chromium,
    ):
        for email, path in PAGES:
            session = session_of(email, proxy)
            found = []
            for _ in range(ROUNDS):
                page = newcomer(chromium, proxy, session).new_page()
                page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_4G)
                scale = Scale(page)
                times = []
                for _ in ("first visit", "later page"):
                    page.goto(path)
                    times += [scale.weigh(), page.evaluate(LARGEST_PAINT)]
                found.append(times)
                page.context.close()
            first, painted, later, repainted = map(statistics.median, zip(*found, strict=True))
            sys.stdout.write(
                f"{path:20} first visit {first:8,.0f} bytes, painted after {painted:5,.0f} ms; "
                f"later {later:7,.0f} bytes, {repainted:5,.0f} ms\n"
            )


if __name__ == "__main__":
    main()
