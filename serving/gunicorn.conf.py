"""The production server: `uv run gunicorn --config serving/gunicorn.conf.py`. Why so: docs/decisions/0024."""

import os

wsgi_app = "laereplads.wsgi"
# Forked from one that has read the code: a worker that died is back at once.
preload_app = True
# One request at a time each. Twice the cores, so that those who wait for a spreadsheet do not keep all others waiting.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2 * len(os.sched_getaffinity(0)))
# A large spreadsheet takes half a minute; a worker that says nothing for longer than this is replaced.
timeout = 120
# No second way in beside the portal itself.
control_socket_disable = True
