"""The demo's mail: nothing leaves the machine. It is shown in the terminal, and on a page of the demo.

Both show it as its receiver would read it, with links that can be followed.
"""

from __future__ import annotations

import email
import time
from dataclasses import dataclass
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.mail.backends import console
from django.utils import timezone

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator
    from pathlib import Path

# Older ones go: nobody reads on so far.
KEPT = 200


class EmailBackend(console.EmailBackend):
    """Django's own writes what travels between mail servers, which breaks links and Danish letters."""

    def write_message(self, message: Any) -> None:
        head = f"Mail til: {', '.join(message.recipients())}\nEmne: {message.subject}"
        self.stream.write(f"\n{head}\n\n{message.body}\n\n{'-' * 79}\n")
        keep(message.message().as_bytes())


@dataclass(frozen=True)
class Mail:
    """A mail as its receiver reads it: paragraphs of lines."""

    to: str
    subject: str
    sent_at: datetime.datetime
    paragraphs: list[list[str]]


def folder() -> Path:
    path: Path = settings.DATA_DIR / "mails"
    return path


def keep(content: bytes) -> None:
    """Put a mail where the page finds it, whichever process has sent it."""
    folder().mkdir(parents=True, exist_ok=True)
    unfinished = folder() / f"{time.time_ns():020}-{uuid4().hex}"
    unfinished.write_bytes(content)
    unfinished.rename(unfinished.with_suffix(".eml"))
    for old in newest_first()[KEPT:]:
        old.unlink(missing_ok=True)


def forget() -> None:
    """With the world that they told of."""
    for path in newest_first():
        path.unlink(missing_ok=True)


def newest_first() -> list[Path]:
    return sorted(folder().glob("*.eml"), reverse=True)


def mails() -> Iterator[Mail]:
    """Every mail of the demo, newest first."""
    for path in newest_first():
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        body = message.get_body(("plain",))
        text = body.get_content().replace("\r\n", "\n").strip() if body else ""
        yield Mail(
            to=str(message["To"]),
            subject=str(message["Subject"]),
            sent_at=timezone.localtime(parsedate_to_datetime(str(message["Date"]))),
            paragraphs=[part.split("\n") for part in text.split("\n\n")],
        )
