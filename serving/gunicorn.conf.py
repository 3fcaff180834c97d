"""The production server: `uv run gunicorn --config serving/gunicorn.conf.py`. Why so: docs/decisions/0023 and 0024."""

import gc
import os
import time
from contextlib import suppress
from typing import Any

wsgi_app = "laereplads.wsgi"
# Forked from one that has read the code: a worker that died is back at once, and wrong settings stop the whole.
preload_app = True
# One request at a time each. Twice the cores, so that those who wait for a spreadsheet do not keep all others waiting.
workers = int(os.environ.get("WEB_CONCURRENCY", 2 * len(os.sched_getaffinity(0))))
# A large spreadsheet takes half a minute; a worker that says nothing for longer than this is replaced.
timeout = 120
# No second way in beside the portal itself.
control_socket_disable = True

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


def post_request(worker: Any, request: Any, environ: Any, response: Any) -> None:
    """Take in what the portal answered without reading: one who is cut off while sending never sees the answer.

    gunicorn itself takes in 64 kB. Who does not say how much comes is cut off as before.
    """
    socket, is_answered = request.unreader.sock, response is not None and response.headers_sent
    left = getattr(request.body.reader, "length", 0) - len(request.unreader.buf.getvalue()) if is_answered else 0
    until = time.monotonic() + SECONDS_TO_TAKE_IN_THE_REST
    with suppress(OSError):
        while left > 0 and (seconds := until - time.monotonic()) > 0:
            socket.settimeout(seconds)
            taken = len(socket.recv(min(left, AT_ONCE)))
            left = left - taken if taken else 0
