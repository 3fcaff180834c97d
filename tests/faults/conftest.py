"""The portal as production runs it, beside a PostgreSQL that a test may take away."""

from __future__ import annotations

import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.conf import settings

from laereplads.database.embedded.throwaway import ThrowawayServer, throwaway_server
from tests.production import HOST, Portal, environment, portal_in_production

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message


class Answer(NamedTuple):
    status: int
    headers: Message
    body: str


class Production(NamedTuple):
    """A portal with its own database server."""

    portal: Portal
    server: ThrowawayServer

    def ask(self, path, method="GET", body=None, *, https=True, **headers) -> Answer:
        """One request on a connection of its own, as the proxy in front hands it on."""
        connection = HTTPConnection("127.0.0.1", self.portal.port, timeout=30)
        sent = {"Host": HOST, "X-Forwarded-Proto": "https" if https else "http"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        connection.close()
        return Answer(response.status, response.headers, text)


@pytest.fixture(scope="session")
def production() -> Iterator[Production]:
    # Not in pytest's own folder: another pytest on the machine would close it to the user that PostgreSQL runs as.
    with TemporaryDirectory() as place, throwaway_server(Path(place) / "postgres") as server:
        folder = Path(place)
        server.create_database("laereplads")
        variables = environment(server.address("laereplads"))
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=settings.BASE_DIR, env=variables, check=True
        )
        variables["DATABASE_URL"] = server.address("laereplads", user="laereplads_web")
        with portal_in_production(variables, workers=2, log=folder / "log") as portal:
            yield Production(portal, server)
