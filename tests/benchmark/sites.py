"""All that answers at a world: the portal as production runs it, its floor, and the rivals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from tests.benchmark.visitors import logged_in
from tests.benchmark.worlds import PASSWORD, people
from tests.production import environment, portal_in_production

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.benchmark.worlds import World
    from tests.production import Portal

FLOOR, RIVALS = "tests.benchmark.floor:application", "tests.benchmark.rivals:application"
# Of the dependency group "benchmark".
PACKAGES = ("django_tables2", "django_filters")


class Page(NamedTuple):
    """A line of the table: what it is called, where it is, and as whom it is read."""

    name: str
    path: str
    who: str


@dataclass
class Site:
    """One world with its servers, which listen at `ports`; the pages' addresses here, and how many statements each."""

    world: World
    portal: Portal
    cookies: dict[str, dict[str, str]]
    ports: dict[str, int]
    paths: dict[Page, str] = field(default_factory=dict)
    statements: dict[Page, int] = field(default_factory=dict)


def has_rivals() -> bool:
    return all(find_spec(package) for package in PACKAGES)


@contextmanager
def running(world: World, pages: list[Page], folder: Path, *, with_rivals: bool) -> Iterator[Site]:
    """Start everything at `world`; `pages` are what the floor must know, but for those whose readers are not there."""
    workers = 2 * len(os.sched_getaffinity(0))
    variables = environment(world.address("laereplads_web"))
    with ExitStack() as stack:

        def start(application: str, variables: Mapping[str, str]) -> Portal:
            log = folder / f"{application}-{world.students}.log"
            server = portal_in_production(dict(variables), workers=workers, log=log, application=application)
            return stack.enter_context(server)

        portal = start("", variables)
        site = Site(
            world,
            portal,
            {who: logged_in(portal.port, email, PASSWORD) for who, email in people(world.students).items()},
            {"portal": portal.port},
        )
        recordings = folder / f"recordings-{world.students}"
        known = [page for page in pages if page.who in site.cookies]
        for page, (path, statements) in zip(known, record(known, site, variables, recordings), strict=True):
            site.paths[page], site.statements[page] = path, statements
        site.ports["gulv"] = start(FLOOR, variables | {"RECORDINGS": str(recordings)}).port
        if with_rivals:
            own = {"DJANGO_SETTINGS_MODULE": "tests.benchmark.rival_settings", "DEMO": "1"}
            site.ports["rivaler"] = start(RIVALS, {**os.environ, **own, "DATABASE_URL": world.address("postgres")}).port
        yield site


def record(pages: list[Page], site: Site, variables: dict[str, str], file: Path) -> list[tuple[str, int]]:
    asked = {
        "pages": [(page.path.format(profile=site.world.profile), page.who) for page in pages],
        "cookies": site.cookies,
        "emails": people(site.world.students),
        "file": str(file),
    }
    command = [sys.executable, "-m", "tests.benchmark.recording"]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=variables,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return [(path, statements) for path, statements in json.loads(done.stdout)]
