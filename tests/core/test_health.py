"""What a load balancer asks of the process alone is answered without the database, whatever it is doing."""

import pytest
from django.db import connections
from django.test import Client


@pytest.mark.parametrize("cookie", ["", "sessionid=x; kendt=x; csrftoken=x"])
def test_live_asks_no_database(monkeypatch, cookie):
    """No mark asks for one here, so that any question to it fails; nor is it asked for a connection."""
    monkeypatch.setattr(
        "tests.plain_role.PlainRoleMiddleware.__call__", lambda self, request: self.get_response(request)
    )
    monkeypatch.setattr(connections["default"], "ensure_connection", lambda: pytest.fail("The database was asked."))

    answer = Client(headers={"cookie": cookie, "host": "10.0.0.7"}).get("/health/live/")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
