"""The production server: `uv run gunicorn --config serving/gunicorn.conf.py`. Why so: docs/decisions/0023 and 0024."""

import gc
import os
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = "laereplads.wsgi"
# Forked from one that has read the code: a worker that died is back at once, and wrong settings stop the whole.
preload_app = True
# One request at a time each. Twice the cores, so that those who wait for a spreadsheet do not keep all others waiting.
# Not gunicorn's own WEB_CONCURRENCY: it reads that before this file, and a word there ends in a riddle.
MOST_WORKERS = 1000
asked_for = os.environ.get("WEB_PROCESSES") or str(2 * len(os.sched_getaffinity(0)))
if not (asked_for.isascii() and asked_for.isdecimal() and 0 < int(asked_for) <= MOST_WORKERS):
    sys.exit(f"WEB_PROCESSES er {asked_for}. Skriv et tal fra 1 til {MOST_WORKERS}.")
workers = int(asked_for)
# A large spreadsheet takes half a minute; a worker that says nothing for longer than this is replaced.
timeout = 120
# No second way in beside the portal itself.
control_socket_disable = True


class logger_class(Logger):  # noqa: N801  # gunicorn's name of this setting
    """gunicorn's own log, without the addresses and headers of requests that fail."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        from laereplads.web.logs import WithoutValues  # the portal's folder is on the path by now

        for handler in self.error_log.handlers:
            handler.setFormatter(WithoutValues(self.error_fmt, self.datefmt))


class Live(BaseHTTPRequestHandler):
    """Says what `/health/live/` says; its thread waits for nobody."""

    timeout = 2

    def do_GET(self) -> None:
        self.send_response_only(200 if self.path == "/health/live/" else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(b"ok\n" if self.path == "/health/live/" else b"")

    def log_message(self, *_details: Any) -> None:
        """Nothing: it is asked every few seconds."""


class LiveServer(TCPServer):
    """Each worker has one, and one of them is asked."""

    allow_reuse_address = allow_reuse_port = True


# So long a worker takes in what nobody needs: some 20 MB from the proxy beside it.
SECONDS_TO_TAKE_IN_THE_REST = 2
AT_ONCE = 1 << 16


def when_ready(server: Any) -> None:
    """Read what every worker needs, and close what was opened: one connection for all would mix up their answers.

    What was read stays: to look through all of it for garbage took a tenth of a second, while somebody waited.
    """
    from django.db import connections  # settings are read by now

    from laereplads.wsgi import read_ahead

    read_ahead()
    connections.close_all()
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Take in what the portal need not read before it answers: one who is cut off while sending never sees why.

    gunicorn itself takes in 64 kB, and after the answer. Who does not say how much comes is cut off as before.
    """
    from django.conf import settings  # they are read by now

    if settings.HEALTH_PORT:
        live = LiveServer((settings.HEALTH_ADDRESS, settings.HEALTH_PORT), Live)
        threading.Thread(target=live.serve_forever, daemon=True).start()
    serve = worker.wsgi

    def answer(environ: Any, start_response: Any) -> Any:
        response = serve(environ, start_response)
        take_in_the_rest(environ["wsgi.input"].reader)
        return response

    worker.wsgi = answer


def take_in_the_rest(reader: Any) -> None:
    left = getattr(reader, "length", 0)
    if not left:
        return
    left -= len(reader.unreader.buf.getvalue())
    socket, until = reader.unreader.sock, time.monotonic() + SECONDS_TO_TAKE_IN_THE_REST
    patience = socket.gettimeout()
    with suppress(OSError):
        while left > 0 and (seconds := until - time.monotonic()) > 0:
            socket.settimeout(seconds)
            taken = len(socket.recv(min(left, AT_ONCE)))
            left = left - taken if taken else 0
    socket.settimeout(patience)
