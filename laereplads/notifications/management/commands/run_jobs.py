"""The process that runs jobs and sends mails, until it is stopped."""

import logging
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management import BaseCommand
from django.db import Error
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from laereplads.database.row_level_security import JOBS
from laereplads.startup import guard_the_database

logger = logging.getLogger("laereplads.notifications")
# So long it waits before it asks for a database again that is away.
PAUSE = 5


class Command(BaseCommand):
    help = "Kører job og sender mails, til den bliver stoppet. Den logger ind i databasen som laereplads_jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until-input-ends",
            action="store_true",
            help="Stop også, når programmet, der har startet den, er væk.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        guard_the_database(JOBS)
        if options["until_input_ends"]:
            threading.Thread(target=stop_when_input_ends, daemon=True).start()
        while not run_until_stopped():
            time.sleep(PAUSE)


def run_until_stopped() -> bool:
    """Run jobs; False if the database went away meanwhile, or was not there."""
    connector: Any = app.connector
    try:
        with app.replace_connector(connector.get_worker_connector()) as worker:
            logger.info("jobs are run from now on")
            # A job that is done leaves nothing behind: what it did is in the outbox and the timetable.
            worker.run_worker(name="jobs", concurrency=1, delete_jobs="always")
    except (ConnectorException, psycopg.Error, PoolTimeout, Error):
        logger.warning("jobs are not run: the database is away")
        return False
    return True


def stop_when_input_ends() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
