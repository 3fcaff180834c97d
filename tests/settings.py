"""The portal's settings as the tests run them: the demo's, with a database of each process's own."""

import os
from pathlib import Path

os.environ["DEMO"] = "1"
os.environ["DEBUG"] = ""
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / ".data" / "tests"))
# Playwright's own event loop runs in the thread of the browser tests; nothing asynchronous touches the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from laereplads.settings import *  # noqa: F403
from tests.templates import refuse_what_is_no_text

DATABASES["default"]["TEST"] = {"NAME": f"test_{os.getpid()}"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["finalize"] = refuse_what_is_no_text  # noqa: F405
MIDDLEWARE = ["tests.plain_role.PlainRoleMiddleware", *MIDDLEWARE]  # noqa: F405
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
