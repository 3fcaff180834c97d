"""`uv run python -m pytest -p tests.slow_answers tests/browser`: finds the test that looks before its page has come.

Every page, script and style sheet then takes a second more, as on a busy machine. A test that waits for what it looks
at passes anyhow.
"""

import time
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

SECONDS = 1.0

answer = WSGIHandler.__call__


def answer_slowly(handler: WSGIHandler, environ: Any, start_response: Any) -> Any:
    time.sleep(SECONDS)
    return answer(handler, environ, start_response)


WSGIHandler.__call__ = answer_slowly  # type: ignore[method-assign]
