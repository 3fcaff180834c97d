"""Lets a module under tests/ run as a program: `uv run python -m tests.plans`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import django
from django.apps import apps

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand


def set_up(module: str) -> None:
    """Make Django ready for `module`, which calls this before it imports any model; tests have done it already."""
    if apps.ready:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laereplads.settings")
    # What PostgreSQL shows of the connection, and what the audit log says of whom nobody acts for.
    os.environ.setdefault("PGAPPNAME", module)
    # A database that somebody names holds made-up people only if they say so.
    if "DATABASE_URL" not in os.environ:
        os.environ.setdefault("DEMO", "1")
    django.setup()


def run(command: BaseCommand, module: str) -> None:
    """Run `command` with the options that `python -m module` was given."""
    command.run_from_argv(["python -m", module, *sys.argv[1:]])
