"""Production's settings for a try-out on this machine: only static files come straight from their folders.

Collecting and compressing them takes a minute, and has nothing to do with faults. And programs log in with passwords,
as in production only the one who breaks the glass does.
"""

import json
import os

from laereplads.settings import *  # noqa: F403

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_USE_FINDERS = True
PASSWORD_FOR_EVERYBODY = True
# A provider of the tests' own, on this machine.
BROKERS = json.loads(os.environ.get("TEST_BROKERS") or "{}")
