"""What a log line may hold: what happened and where in the code, never with whose data. Used by settings.LOGGING.

Only the portal's own lines are written as they are worded: they say numbers and names of pages. What packages log may
be a path with an id, a query, a Referer or a row that the database refused: of theirs the constant words are kept.
"""

from __future__ import annotations

import copy
import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

OWN = ("laereplads.", "companies.", "rejections.", "risk.", "schools.", "students.")
PLACEHOLDER = re.compile(r"%(\(\w+\))?[#0 +-]*[\d.*]*[a-zA-Z]")


class WithoutValues(logging.Formatter):
    """One line for each record, and below it where an error came from."""

    def format(self, record: logging.LogRecord) -> str:
        told = copy.copy(record)
        told.msg, told.args = words(record).replace("\r", "\\r").replace("\n", "\\n"), None
        error = record.exc_info[1] if record.exc_info else None
        # What another formatter has written on the record holds everything.
        told.exc_text = "\n".join(traceback_of(error)) if error else None
        told.exc_info = told.stack_info = None
        return super().format(told)


def words(record: logging.LogRecord) -> str:
    """What the line says. A text that came without places to fill in may be made of anything: it is left out."""
    # The server's own news are of processes and signals; what it says of requests is a warning or worse.
    if record.name.startswith(OWN) or (record.name == "gunicorn.error" and record.levelno <= logging.INFO):
        return record.getMessage()
    template = PLACEHOLDER.sub("…", record.msg) if record.args and isinstance(record.msg, str) else ""
    parts = [template, f"({record.module}:{record.lineno})"]
    if request := getattr(record, "request", None):
        match = getattr(request, "resolver_match", None)
        parts.append(f"page {match.view_name if match else '-'}")
    if status := getattr(record, "status_code", None):
        parts.append(f"status {status}")
    return " ".join(part for part in parts if part)


def traceback_of(error: BaseException) -> Iterator[str]:
    """Where `error` was raised and what led to it, each by its kind alone: messages hold values."""
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    for raised in reversed(chain):
        yield "Traceback (most recent call last):"
        yield "".join(traceback.format_tb(raised.__traceback__)).rstrip()
        sqlstate = getattr(raised, "sqlstate", None)
        yield f"{type(raised).__module__}.{type(raised).__qualname__}{f' (SQLSTATE {sqlstate})' if sqlstate else ''}"


def say_without_values(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """What is said of an error that ends a command, as `sys.excepthook`: where commands run, their words are kept."""
    sys.stderr.write("\n".join([*traceback_of(error), ""]))
