"""One production machine for all tests of this folder: it takes seconds to make, and no test breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.serving import machine
from tests.serving.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving.machine import Postgres, Program, Proxy


@pytest.fixture(autouse=True)
def frozen_clock() -> None:
    """Nothing is frozen here: other processes keep the machine's own time."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with machine.database() as server:
        yield server


@pytest.fixture(scope="session")
def web_process(postgres: Postgres) -> Iterator[Program]:
    with machine.portal(postgres.url()) as program:
        yield program


@pytest.fixture(scope="session")
def proxy(web_process: Program) -> Iterator[Proxy]:
    with machine.front(web_process) as front:
        yield front


@pytest.fixture
def browser_without_a_screen(proxy: Proxy) -> Browser:
    return Browser(proxy)
