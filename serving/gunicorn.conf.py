"""The production server: `uv run gunicorn --config serving/gunicorn.conf.py`. Why so: docs/decisions/0024."""

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

# Rosters are up to 21 MB (serving/Caddyfile); one who sends more slowly than this keeps no worker.
SECONDS_TO_TAKE_IN_THE_REST = 2


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
    """Take in what the portal answered without reading: one who is cut off while sending never sees why.

    The answer is on its way by now. gunicorn itself takes in 64 kB, a tenth of a second of a roster.
    """
    until = time.monotonic() + SECONDS_TO_TAKE_IN_THE_REST
    with suppress(OSError):
        while (left := until - time.monotonic()) > 0:
            request.unreader.sock.settimeout(left)
            if not request.body.read(1 << 20):
                break
