"""The first of the two commands, as a person types it: with a folder, a port and a database server of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from django.conf import settings
from django.db import connection

from laereplads.demo.management.commands.demo import as_process

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_OF_THE_TESTS = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATA_DIR", "DEMO", "DEBUG"}


def start(*options: str, **environment: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_OF_THE_TESTS}
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", *options],
        cwd=settings.BASE_DIR,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lines_until_ready(demo: subprocess.Popen[str]) -> list[str]:
    """What it says until it serves."""
    lines = []
    for line in demo.stdout or []:
        lines.append(line)
        if "Stop med Ctrl-C" in line:
            return lines
    raise AssertionError("".join(lines))


def address_in(lines: list[str]) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/", "".join(lines))
    assert found
    return found.group()


def log_in_as_birgit(address: str) -> None:
    """With a click on the persona's button, as a browser does."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = browser.open(address + "log-ind/", timeout=30).read().decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = {"csrfmiddlewaretoken": token, "persona": "birgit.holm@fjordby.example"}
    browser.open(address + "demo/log-ind-som/", data=urllib.parse.urlencode(form).encode(), timeout=30)


def database_servers_in(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and str(folder) in " ".join(process.info["cmdline"] or [])
    ]


@pytest.fixture
def stop() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes put in this list are gone after the test, whatever happened."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def test_a_demo_serves_stops_without_a_trace_and_goes_on_where_it_stopped(tmp_path: Path, stop: list):
    demo = start("--port=0", f"--data={tmp_path}", "--students=70")
    stop.append(demo)
    lines = lines_until_ready(demo)
    with urllib.request.urlopen(address_in(lines) + "log-ind/", timeout=30) as page:
        assert "Vælg en testperson" in page.read().decode()
    with urllib.request.urlopen(address_in(lines) + "static/dkfds/css/dkfds.min.css", timeout=30) as style:
        assert style.status == 200
    assert "  Virksomhed: Birgit Holm" in "".join(lines)
    # What is logged goes to a file that was named: here who logs in.
    log = tmp_path / "portal.log"
    assert f"står i {log}\n" in "".join(lines)
    log_in_as_birgit(address_in(lines))
    assert "logged in: user" in log.read_text()
    assert database_servers_in(tmp_path)

    demo.send_signal(signal.SIGINT)
    rest, _errors = demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert "Traceback" not in rest
    assert "WARNING" not in "".join(lines) + rest
    assert not database_servers_in(tmp_path)

    again = start("--port=0", f"--data={tmp_path}", "--students=80")
    stop.append(again)
    said = "".join(lines_until_ready(again))
    assert "Prøveverdenen findes allerede med 70 elever." in said
    assert "Opretter skoler" not in said

    # Killed without a chance to tidy up; the next one takes the server over, and stops it.
    again.kill()
    again.communicate(timeout=60)
    third = start("--port=0", f"--data={tmp_path}")
    stop.append(third)
    lines_until_ready(third)
    third.terminate()
    third.communicate(timeout=60)
    assert third.returncode == 0
    assert not database_servers_in(tmp_path)


def test_a_stop_while_the_database_starts_leaves_nothing_running(tmp_path: Path, stop: list):
    demo = start("--port=0", f"--data={tmp_path / 'own'}", DATA_DIR=str(tmp_path / "usual"))
    stop.append(demo)
    for line in demo.stdout or []:
        if "Starter databasen" in line:
            break
    demo.terminate()
    rest, _errors = demo.communicate(timeout=60)

    assert demo.returncode == 0
    assert "Traceback" not in rest
    assert not database_servers_in(tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["own"]


def test_a_database_that_does_not_answer_is_said_in_words():
    demo = start("--port=0", DATABASE_URL="postgresql://127.0.0.1:1/ingen")
    said, _errors = demo.communicate(timeout=60)

    assert said.startswith("CommandError: Databasen kan ikke nås: ")
    assert demo.returncode == 1


def test_the_demo_serves_with_the_rights_and_limits_of_web_processes(monkeypatch):
    """It logs in as the owner, so it says so when it connects; what DATABASE_URL asked for stays."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-c geqo=off")
    told = as_process("web")

    assert told.startswith("-c geqo=off -c role=laereplads_web ")
    assert "-c statement_timeout=10s -c lock_timeout=3s" in told


def test_a_busy_port_is_said_before_anything_else_happens(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        demo = start(f"--port={port}", f"--data={tmp_path}")
        said, _errors = demo.communicate(timeout=60)

    assert said == f"CommandError: Port {port} er optaget af et andet program. Vælg en anden, fx --port {port + 1}.\n"
    assert demo.returncode == 1
    assert not list(tmp_path.iterdir())
