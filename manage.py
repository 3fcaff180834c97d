#!/usr/bin/env python
"""Django's command line; `demo` runs on made-up people."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from laereplads.web.logs import say_without_values

# What help needs of the environment. The portal's own variables may be missing or wrong: help says how to set them.
KEPT_FOR_HELP = {"PATH", "HOME", "COLUMNS", "LANG", "LC_ALL", "NO_COLOR", "PYTHONPATH", "PYTHONUTF8", "SYSTEMROOT"}


def main() -> None:
    if asks_for_help(sys.argv[1:]):
        for name in set(os.environ) - KEPT_FOR_HELP:
            del os.environ[name]
        os.environ["DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laereplads.settings")
    # What PostgreSQL shows of the connection, and what the record says of whom nobody acts for.
    os.environ.setdefault("PGAPPNAME", sys.argv[1] if sys.argv[1:] else "manage.py")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("DEMO", "1")
    try:
        # Reads all of them.
        settings.DEBUG  # noqa: B018
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    if not settings.DEBUG:
        sys.excepthook = say_without_values
    execute_from_command_line(sys.argv)


def asks_for_help(arguments: list[str]) -> bool:
    return arguments[:1] in ([], ["help"], ["version"], ["--version"]) or not {"-h", "--help"}.isdisjoint(arguments)


if __name__ == "__main__":
    main()
