"""Breaks `laereplads/access` in every small way, and lists what no test notices.

`nice uv run python -m tests.mutation.access [MODULE …]` takes an hour or so, and is no part of the suite.

A mutant within a function is put into a fork of a process that has run the tests, and those that call the function run
there until one fails. One that counts when modules are imported gets a process and an import of its own.
"""

from __future__ import annotations

import argparse
import gc
import importlib.machinery
import json
import mmap
import os
import signal
import sys
from collections import defaultdict
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol
from tqdm import tqdm

from tests.mutation.mutants import Mutant, functions_of, mutants_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from tests.mutation.mutants import Name

    type Calls = dict[tuple[str, Name], list[pytest.Item]]

ROOT = Path(__file__).resolve().parents[2]
ACCESS = ROOT / "laereplads" / "access"
# Modules, and the tests that are about them. What roles.py, row_policies.py and auditing.py declare is broken by
# row_policies.py beside this file and by tests/audit.
GROUPS = {
    "permissions operations checks backends views apps sessions middleware": (
        "conventions/test_views.py core/test_who_asks.py database/test_replica.py row_policies/test_building.py "
        "core/test_language.py core/test_roles_and_acting.py core/test_second_factor.py core/test_http.py "
        "core/test_security_log.py core/test_sessions.py"
    ),
    "models": (
        "core/test_constraints.py core/test_who_asks.py core/test_roles_and_acting.py database/test_replica.py "
        "admin/test_create_administrator.py admin/test_admin.py conventions/test_forms_are_saved_once.py"
    ),
    "idempotency": "conventions/test_views.py conventions/test_forms_are_saved_once.py admin/test_admin.py",
    "management/commands/create_administrator": "admin/test_create_administrator.py",
    "admin_site admin": ("admin core/test_second_factor.py core/test_sessions.py conventions/test_access_log.py"),
}
OPTIONS = ["--numprocesses=0", "--tb=native", "--capture=no", "-q", "-p", "no:cacheprovider"]
DATABASE = "test_mutation"
# Tests that run longer than the sound ones ever do hang: somebody would notice.
LONGEST = 15 * 60
SURVIVED, KILLED = 0, 1
# How many bytes hold the number of a test.
NUMBER = 8


class Sound:
    """Leaves out the tests that commit: what one of them left behind, the next mutant's would find."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not commits(item)]


def commits(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or bool(mark and mark.kwargs.get("transaction"))


class Judge(Sound):
    """Runs every test once as it is, and then for each mutant those that call the function it is in."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        # So many no test notices.
        self.survived = 0
        # No test can notice them in a portal that is imported already: importing it may.
        self.undecided: list[int] = []
        self.called_by_import: set[tuple[str, Name]] = set()
        self.called = self.called_by_import
        start_noting(self.note)

    def note(self, code: CodeType, _offset: int) -> object:
        if is_of_access(code):
            self.called.add((code.co_filename, name_of(code)))
        return sys.monitoring.DISABLE

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from django.db import connections  # needs settings

        calls = self.calls_of(session.items)
        connections.close_all()
        functions = [
            each for each in gc.get_objects() if isinstance(each, FunctionType) and is_of_access(each.__code__)
        ]
        # A fork shares what nobody touches.
        gc.freeze()
        gc.disable()
        noticed_by = mmap.mmap(-1, NUMBER)
        for number, mutant in enumerate(tqdm(self.mutants, "In functions")):
            function = (str(mutant.path), mutant.function) if mutant.function else None
            tests = calls.get(function, []) if function else []
            noticed_by[:] = bytes(NUMBER)
            if tests and in_a_fork(judge, mutant, tests, functions, noticed_by) == KILLED:
                # What noticed one mutant of a function is the likeliest to notice the next.
                tests.insert(0, tests.pop(int.from_bytes(noticed_by[:])))
            elif function is None or function in self.called_by_import:
                self.undecided.append(number)
            else:
                self.survived += 1
                tell(mutant)
        return True

    def calls_of(self, items: list[pytest.Item]) -> Calls:
        """For each function of `access` the tests that call it, in their order."""
        from laereplads.database import compiled_queries  # needs settings

        found: Calls = defaultdict(list)
        for item in items:
            self.called = set()
            sys.monitoring.restart_events()
            compiled_queries.forget()
            if has_failed(item):
                print(f"fails beside the others, and judges nothing: {item.nodeid}", flush=True)  # noqa: T201
                continue
            for function in self.called:
                found[function].append(item)
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
        sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
        return found


def start_noting(note: Callable[[CodeType, int], object]) -> None:
    """Call `note` at the first call of each function, and again after each `restart_events()`."""
    monitoring, tool = sys.monitoring, sys.monitoring.COVERAGE_ID
    monitoring.use_tool_id(tool, "mutation")
    monitoring.register_callback(tool, monitoring.events.PY_START, note)
    monitoring.set_events(tool, monitoring.events.PY_START)


class Everything:
    """What pytest is told comes next: what belongs to the whole session stays, the database above all."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


def has_failed(item: pytest.Item) -> bool:
    following: Any = Everything(item.session)
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def is_of_access(code: CodeType) -> bool:
    return code.co_filename.startswith(str(ACCESS))


def name_of(code: CodeType) -> Name:
    return code.co_qualname, code.co_firstlineno


def judge(mutant: Mutant, tests: list[pytest.Item], functions: list[FunctionType], noticed_by: mmap.mmap) -> int:
    """Give the functions that live the mutant's code, and run the tests until one fails."""
    from laereplads.database import compiled_queries  # needs settings

    wrong = functions_of(mutant.code)
    for function in functions:
        if function.__code__.co_filename == str(mutant.path):
            function.__code__ = wrong.get(name_of(function.__code__), function.__code__)
    compiled_queries.forget()
    for number, item in enumerate(tests):
        noticed_by[:] = number.to_bytes(NUMBER)
        if has_failed(item):
            return KILLED
    return SURVIVED


def judge_by_import(mutant: Mutant, tests: list[str]) -> int:
    """Import the portal with the mutant in it, let Django check it, and run the tests until one fails."""
    loader = importlib.machinery.SourceFileLoader
    get_code = loader.get_code

    def with_mutant(self: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return mutant.code if self.path == str(mutant.path) else get_code(self, name)

    loader.get_code = with_mutant  # type: ignore[method-assign]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("check")
    call_command("makemigrations", check=True, dry_run=True)
    connection.settings_dict["TEST"]["NAME"] = DATABASE
    return int(pytest.main([*OPTIONS, "--exitfirst", "--reuse-db", *tests], plugins=[Sound()]))


def in_a_fork(work: Callable[..., int], *given: object) -> int:
    """What `work` returns, done silently in a process of its own; what breaks that process is noticed, too."""
    child = os.fork()
    if child == 0:
        signal.alarm(LONGEST)
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        status = KILLED
        try:
            status = work(*given)
        finally:
            os._exit(status)
    _child, status = os.waitpid(child, 0)
    return SURVIVED if status == 0 else KILLED


def judged_in_functions(mutants: list[Mutant], tests: list[str]) -> tuple[int, list[int]]:
    """How many survived, and who must be judged by import: this process itself stays without the portal."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        plugin = Judge(mutants)
        code = pytest.main([*OPTIONS, *tests], plugins=[plugin])
        sys.stdout.flush()
        if code == 0:
            os.write(writing, json.dumps([plugin.survived, plugin.undecided]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.wait()
    if not text:
        sys.exit("The tests fail before anything is changed.")
    survived, undecided = json.loads(text)
    return survived, undecided


def survivors_of(mutants: list[Mutant], tests: list[str]) -> int:
    survived, undecided = judged_in_functions(mutants, tests)
    for number in tqdm(undecided, "By import"):
        if in_a_fork(judge_by_import, mutants[number], tests) == SURVIVED:
            survived += 1
            tell(mutants[number])
    return survived


def tell(survivor: Mutant) -> None:
    tqdm.write(f"survived: {survivor}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("modules", nargs="*", help="of laereplads/access, without .py; all if none is named")
    wanted = parser.parse_args().modules
    count = survived = 0
    for modules, judges in GROUPS.items():
        tests = [f"tests/{name}" for name in judges.split()]
        names = [name for name in modules.split() if not wanted or name in wanted]
        mutants = [mutant for name in names for mutant in mutants_of(ACCESS / f"{name}.py")]
        if mutants:
            count += len(mutants)
            survived += survivors_of(mutants, tests)
    print(f"\n{count} mutants, {count - survived} killed, {survived} survived")  # noqa: T201


if __name__ == "__main__":
    main()
