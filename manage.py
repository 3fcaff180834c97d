#!/usr/bin/env python
"""Django's command line; `demo` runs on made-up people."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laereplads.settings")
    # What PostgreSQL shows of the connection, and what the record says of whom nobody acts for.
    os.environ.setdefault("PGAPPNAME", sys.argv[1] if sys.argv[1:] else "manage.py")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("DEMO", "1")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
