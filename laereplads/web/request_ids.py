"""A number for each request, drawn by chance: it ties log line, event and answer together, and tells of nobody."""

from __future__ import annotations

import logging
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADER = "X-Request-ID"
# Empty outside of requests: in commands, and while the portal starts.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Draws the number and hands it out with the answer. One that the browser sent would be its own to choose."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        drawn = str(uuid.uuid4())
        token = request_id.set(drawn)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers[HEADER] = drawn
        return response


class RequestIdFilter(logging.Filter):
    """Puts the number on every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or "-"
        return True
