"""The portal in one command: fetches, starts and fills what is missing, and serves it on this machine."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import Error, connection, connections
from psycopg.conninfo import make_conninfo

from laereplads.database.row_level_security import JOBS, WEB, database_role, limits
from laereplads.demo import absence_files, mail, sign_in, world
from laereplads.demo.personas import PERSONAS
from laereplads.demo.provider import ProviderUnavailable
from laereplads.design_system import assets

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "127.0.0.1"
PORT = 8000
# Closing the terminal (SIGHUP, unknown to Windows) stops the demo as Ctrl-C does.
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class Command(BaseCommand):
    help = "Starter portalen med opdigtede personer på denne maskine. Stop den med Ctrl-C."
    # Checked when the assets are there.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=PORT, help=f"Porten på {ADDRESS} ({PORT}).")
        parser.add_argument("--data", type=Path, metavar="MAPPE", help="Hvor databasen gemmer sine filer.")
        parser.add_argument(
            "--students", type=int, metavar="ANTAL", help=f"Hvor mange elever verden får ({world.STUDENTS})."
        )
        parser.add_argument("--reset", action="store_true", help="Slet prøveverdenen, og lav en ny.")

    def handle(self, *args: Any, **options: Any) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, stop)
        try:
            # Taken before the long work: a busy port is known at once, and an early browser waits.
            with take_port(options["port"]) as server:
                settings.DATA_DIR = folder = (options["data"] or settings.DATA_DIR).expanduser().resolve()
                settings.PORTAL_ADDRESS = f"http://{ADDRESS}:{server.server_port}"
                self.log = log_to_a_file(folder)
                self.prepare(options)
                self.start_brokers()
                self.greet(server.server_port)
                server.set_app(get_wsgi_application())
                # That has set up logging anew.
                log_to_a_file(folder)
                with running_jobs(self.database_of_jobs, self.log):
                    server.serve_forever()
        except KeyboardInterrupt:
            self.say("\nStopper …")
        finally:
            # The embedded server stops with the process; a second Ctrl-C must not leave it running.
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_IGN)

    def prepare(self, options: dict[str, Any]) -> None:
        """See to assets, database and world, each only as far as it is missing."""
        self.fetch_assets()
        self.start_database(options["data"])
        # Later than the database: some checks ask it for its version.
        self.check()
        problem = world.stranger()
        if problem:
            raise CommandError(problem)
        if options["reset"]:
            self.say("Sletter prøveverdenen …")
            world.remove()
            mail.forget()
        elif world.is_of_another_version():
            raise CommandError("Prøveverdenen er lavet af en anden version af portalen. Start igen med --reset.")
        self.say("Gør databasens tabeller klar …")
        call_command("migrate", interactive=False, verbosity=0)
        self.make_world(options["students"])
        absence_files.write_all()
        sign_in.move_identities()
        self.people = sign_in.people()
        self.database_of_jobs = database_of_jobs()
        # Each thread of the server opens its own connection, as the role that owns nothing: see docs/row-policies.md.
        connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "options": as_process(WEB)}
        connections.close_all()

    def start_brokers(self) -> None:
        """MitID Erhverv, MitID and Unilogin as one meets them; without Node the demo goes on with personas alone."""
        try:
            sign_in.start(self.people, log=self.log)
        except ProviderUnavailable as problem:
            self.say(f"Prøve-login med MitID er ikke startet: {problem} Testpersonerne virker.")

    def fetch_assets(self) -> None:
        if assets.are_current(settings.BASE_DIR):
            return
        self.say("Henter designsystemet …")
        try:
            assets.fetch(settings.BASE_DIR)
        except assets.AssetsUnavailable as problem:
            raise CommandError(problem) from problem

    def start_database(self, data: Path | None) -> None:
        is_embedded = "DATA_DIR" in connection.settings_dict
        if data and not is_embedded:
            message = "--data gælder den indbyggede database, men DATABASE_URL peger på en anden. Vælg én af dem."
            raise CommandError(message)
        if data:
            # The dictionary that all threads' connections share.
            connection.settings_dict["DATA_DIR"] = data.expanduser().resolve() / "postgres"
        try:
            with unhurried():
                if is_embedded:
                    self.say(f"Starter databasen i {connection.settings_dict['DATA_DIR']} …")
                connection.ensure_connection()
        except (Error, OSError, RuntimeError, subprocess.SubprocessError) as problem:
            message = f"Databasen kan ikke nås: {problem}"
            raise CommandError(message) from problem

    def make_world(self, students: int | None) -> None:
        if not world.exists():
            world.make(students or world.STUDENTS, say=self.say)
        elif students is not None and students != world.size():
            self.say(f"Prøveverdenen findes allerede med {world.size()} elever. Brug --reset for at lave en ny.")

    def greet(self, port: int) -> None:
        self.say(f"\nPortalen kører på http://{ADDRESS}:{port}/")
        self.say("Vælg en testperson på siden, hvor man logger ind:")
        self.say("")
        width = max(len(persona.label) for persona in PERSONAS)
        for persona in PERSONAS:
            self.say(f"  {persona.label:{width}}  {persona.sees}")
        self.say(f"\nMails bliver ikke sendt. De bliver vist her og på http://{ADDRESS}:{port}/demo/mails/")
        self.say(f"Filer at prøve at indlæse som Karen Toft ligger på http://{ADDRESS}:{port}/demo/filer/")
        self.say(f"Det, portalen ellers skriver om sin drift, står i {self.log}")
        self.say("Stop med Ctrl-C. Næste gang fortsætter du, hvor du slap.")

    def say(self, text: str) -> None:
        """Write a line at once, also when a file or another program reads along."""
        self.stdout.write(text)
        self.stdout.flush()


def log_to_a_file(folder: Path) -> Path:
    """Let every line of the log go to a file in `folder`: it is for engineers, and the terminal shows mails."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "portal.log"
    lines = path.open("a", buffering=1, encoding="utf-8")
    names: Any = settings.LOGGING["loggers"]
    loggers = [logging.getLogger(name) for name in ("", *names)]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(lines)
    return path


def as_process(role: str) -> str:
    """What libpq tells the server so that a login as the owner has the rights and limits of a login of `role`."""
    given = connection.settings_dict["OPTIONS"].get("options", "")
    wanted = {"role": database_role(role), **limits(role)}
    return " ".join([given, *(f"-c {name}={value}" for name, value in wanted.items())]).strip()


def database_of_jobs() -> str:
    """Where the process that runs jobs finds the database, for DATABASE_URL."""
    parameters = connection.get_connection_params()
    where = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if parameters.get(name)}
    return make_conninfo(**where, options=as_process(JOBS))


@contextmanager
def running_jobs(database: str, log: Path) -> Iterator[None]:
    """The process that runs jobs, as in production; it ends with this one, however that ends."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DATA_DIR": str(settings.DATA_DIR),
        "PORTAL_ADDRESS": settings.PORTAL_ADDRESS,
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs", "--until-input-ends"]
    with log.open("a") as lines:
        # A group of its own: Ctrl-C in the terminal is for the demo, which then ends it.
        process = subprocess.Popen(  # noqa: S603  # our own program
            command, env=environment, stdin=subprocess.PIPE, stderr=lines, start_new_session=True
        )
    try:
        yield
    finally:
        process.communicate()


def take_port(port: int) -> ThreadedWSGIServer:
    """A server that already listens, and answers when it is told what with. Raises CommandError."""
    try:
        return ThreadedWSGIServer((ADDRESS, port), WSGIRequestHandler)
    except OverflowError as problem:
        raise CommandError("En port er et tal fra 0 til 65535.") from problem
    except OSError as problem:
        reasons = {
            errno.EADDRINUSE: f"Port {port} er optaget af et andet program. Vælg en anden, fx --port {port + 1}.",
            errno.EACCES: f"Du har ikke ret til at bruge port {port}. Vælg en over 1023, fx --port {PORT}.",
        }
        message = reasons.get(problem.errno or 0, f"Port {port} kan ikke bruges: {problem}")
        raise CommandError(message) from problem


def stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def unhurried() -> Iterator[None]:
    """Let a wish to stop wait: a database server that is stopped while it starts would be left behind."""
    wishes: list[int] = []
    for number in STOP_SIGNALS:
        signal.signal(number, lambda number, _frame: wishes.append(number))
    try:
        yield
    except subprocess.SubprocessError:
        # Ctrl-C in a terminal stops the server's own tools, too.
        if not wishes:
            raise
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, stop)
    if wishes:
        raise KeyboardInterrupt
