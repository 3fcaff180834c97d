"""The kinds that tests declare, known to the portal while they run."""

import pytest

from laereplads.database.declarations import declared
from laereplads.notifications import kinds
from tests.notifications.kinds import KINDS
from tests.notifications.mail_server import mail_server


@pytest.fixture(autouse=True)
def declared_kinds(monkeypatch):
    known = [*declared("mails", "MAIL_KINDS"), *KINDS]
    monkeypatch.setattr(kinds, "declared", lambda _module, _name: known)
    kinds.mail_kinds.cache_clear()
    yield
    kinds.mail_kinds.cache_clear()


def by_smtp(port, timeout=0.3):
    return {
        "default": {
            "BACKEND": "laereplads.notifications.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": timeout},
        }
    }


@pytest.fixture
def server(settings):
    """A mail server that the portal sends to."""
    with mail_server() as (behaviour, port):
        settings.MAILERS = by_smtp(port)
        yield behaviour
