"""What happens to the portal: workers and the database are killed, and the database comes back."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

import psutil

from tests.production import ADDRESS, HOST

if TYPE_CHECKING:
    from laereplads.database.embedded.throwaway import ThrowawayServer
    from tests.production import Portal

# A page that asks the database who it is for; a session that does not exist is enough.
PAGE, SESSION = "/cookies/", "__Host-sessionid=findes-ikke-i-databasen"
READY = "/health/ready/"
OK, AWAY = 200, 503
SELDOM, AT_MOST = 0.5, 2.5
AWAY_FOR = (0.3, 2.0)
NEVER = 60.0


@dataclass
class Faults:
    """Happen to the portal until it is over; how long each outage was felt is noted."""

    portal: Portal
    server: ThrowawayServer
    chance: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    until_said: list[float] = field(default_factory=list)
    until_back: list[float] = field(default_factory=list)

    def happen(self, until: threading.Event) -> None:
        while not until.wait(self.chance.uniform(SELDOM, AT_MOST)):
            kind = self.chance.choice(["worker"] * 6 + ["stop", "kill"])
            if kind == "worker":
                self.kill_a_worker()
            else:
                self.take_the_database_away(kind)

    def kill_a_worker(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            self.chance.choice(self.portal.workers()).kill()
            self.counts["arbejdsprocesser dræbt"] += 1

    def take_the_database_away(self, how: str) -> None:
        words = {"stop": "databasen stoppet på stedet", "kill": "databasen dræbt"}
        getattr(self.server, how)()
        self.counts[words[how]] += 1
        self.until_said.append(self.seconds_until(PAGE, AWAY))
        time.sleep(self.chance.uniform(*AWAY_FOR))
        self.server.start()
        self.until_back.append(self.seconds_until(READY, OK))

    def seconds_until(self, path: str, status: int) -> float:
        began = time.monotonic()
        while self.status(path) != status:
            if time.monotonic() - began > NEVER:
                break
            time.sleep(0.01)
        return time.monotonic() - began

    def status(self, path: str) -> int:
        connection = HTTPConnection(ADDRESS, self.portal.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https", "Cookie": SESSION})
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
