"""A toy app in a copy of the portal: each answer that is left out is named, and with all of them the copy is green.

The answers are those that a developer writes: files of the app, and edits of files that others share.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

TOY = Path(__file__).parent / "toy_app"
APP = "visits"


class Edit(NamedTuple):
    """Lines put into a shared file behind a text that stands in it once."""

    path: str
    behind: str
    text: str


EDITS = {
    "installed": [Edit("laereplads/settings.py", "INSTALLED_APPS = [\n", '    "visits",\n')],
    "layer": [
        Edit("pyproject.toml", '"companies | schools | students', " | visits"),
        Edit(
            "pyproject.toml",
            "root_packages = [",
            '"visits", ',
        ),
    ],
    "page": [
        Edit("laereplads/urls.py", 'include("schools.urls")),\n', '    path("besoeg/", include("visits.urls")),\n')
    ],
    "permission": [
        Edit("laereplads/access/roles.py", '"schools.view_student",\n', '            "visits.view_visit",\n')
    ],
    "matrix row": [
        Edit(
            "tests/conventions/test_permission_matrix.py",
            "    # Schools\n",
            '    read_only("visits:visit_list", only(OK, *SCHOOLS)),\n',
        )
    ],
    "factory": [
        Edit(
            "tests/factories.py",
            "    is_sosu = True\n",
            """

class VisitFactory(DjangoModelFactory[Any]):
    class Meta:
        model = "visits.Visit"

    student = SubFactory("tests.factories.StudentFactory")
    school = LazyAttribute(lambda visit: visit.student.school)
    kind = "first"
    visited_on = LazyFunction(timezone.localdate)
""",
        )
    ],
    "row test": [
        Edit(
            "tests/row_policies/rows.py",
            "ROWS = {\n",
            '    "visits_visit": lambda own: apps.get_model("visits.Visit").objects.visible_to(own),\n',
        ),
        Edit(
            "tests/row_policies/rows.py",
            "        for student in Student.objects.visible_to(membership):\n",
            "            VisitFactory(student=student)\n",
        ),
        Edit("tests/row_policies/rows.py", "from django.db.models import Q\n", "from django.apps import apps\n"),
        Edit(
            "tests/row_policies/rows.py",
            "    RejectionFactory,\n",
            "    VisitFactory,\n",
        ),
    ],
    "grant": [
        Edit(
            "tests/row_policies/test_grants.py",
            '"access_membership: company_id id is_absence_officer user_id",\n',
            '        "visits_visit",\n',
        )
    ],
}
# What is left out → the file or the edit, and what the check says of it.
ANSWERS = {
    "row_policies.py": "visits.Visit: no row policy",
    "auditing.py": "visits.Visit: nobody has decided whether its changes are recorded",
    "retention.py": "visits.Visit: no rule says how long",
    "privacy.py": "visits.Visit: the privacy notice",
    "own_data.py": "visits.Visit: it is about a student",
    "demo_world.py": "visits.Visit: the demo's made-up world has none",
    "navigation.py": "visits:visit_list: no menu",
    "layer": "visits: the app stands in no layer",
    "permission": "visits:visit_list: no role has a permission",
    "matrix row": "visits:visit_list: the permission matrix",
    "factory": "visits.Visit: no factory",
    "row test": "visits_visit: no test says which rows",
    "names_students": "visits:visit_list: nobody has decided whether it names students",
    "visible_to": "visits.Visit: its queryset does not say",
    "free text": "visits.Visit.kind: anybody could write anything",
}
EDITED_AT_MOST = 8


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The portal as it stands in this checkout, with the toy app and all answers."""
    folder = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("Not a checkout.")
    for name in filter(None, listed.stdout.split("\0")):
        if (settings.BASE_DIR / name).is_file() and not name.startswith(("docs/screenshots", "tests/features")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(settings.BASE_DIR / name, folder / name)
    (folder / "node_modules").symlink_to(settings.BASE_DIR / "node_modules")
    # What mypy knows of the files that stay as they are: it looks at what they say, not at when they were written.
    with contextlib.suppress(FileNotFoundError):
        shutil.copytree(settings.BASE_DIR / ".mypy_cache", folder / ".mypy_cache")
    shutil.copytree(TOY / APP, folder / APP, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TOY / "templates" / APP, folder / "templates" / APP)
    for edits in EDITS.values():
        for each in edits:
            edit(folder, each)
    made = manage(folder, "makemigrations", APP)
    assert made.returncode == 0, made.stderr
    write_the_rules_of_retention(folder)
    return folder


def write_the_rules_of_retention(folder):
    """As docs/retention.md says: the table in it is what a command prints."""
    page = folder / "docs" / "retention.md"
    lines = page.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    others = [line for line in lines if not line.startswith("|")]
    printed = manage(folder, "apply_retention", "--rules").stdout.splitlines()
    page.write_text("\n".join([*others[:first], *printed, *others[first:]]) + "\n")


def edit(folder, each):
    file = folder / each.path
    before = file.read_text()
    assert before.count(each.behind) == 1, each
    file.write_text(before.replace(each.behind, each.behind + each.text))


def run(folder, *command):
    """A command in the copy, as on a developer's machine."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    return subprocess.run(
        command, cwd=folder, env={**environment, "DEMO": "1"}, capture_output=True, text=True, check=False
    )


def manage(folder, *arguments):
    return run(folder, sys.executable, "manage.py", *arguments)


def undecided(folder):
    """What the check says, without its frame."""
    said = manage(folder, "check", "--tag", "feature")
    return re.findall(r"\(feature\.E\d+\) (.*)", said.stderr)


# What is left out of a file of the app: a text and what stands there instead.
CHANGES = {
    "names_students": ("views.py", "@names_students(VISIT_OVERVIEW)\n", ""),
    "visible_to": ("models.py", "def visible_to", "def somehow_visible_to"),
    "free text": ("models.py", ", choices=Kind", ""),
}


@pytest.fixture
def without(copy, request):
    """The copy with one answer left out, and put back afterwards."""
    left_out = request.param
    if left_out in EDITS:
        paths = {copy / each.path for each in EDITS[left_out]}
    else:
        paths = {copy / APP / CHANGES.get(left_out, (left_out,))[0]}
    before = {path: path.read_text() for path in paths}
    for each in EDITS.get(left_out, ()):
        take_away(copy / each.path, each.text)
    if left_out in CHANGES:
        name, text, instead = CHANGES[left_out]
        take_away(copy / APP / name, text, instead)
    elif left_out not in EDITS:
        (copy / APP / left_out).unlink()
    yield copy
    for path, text in before.items():
        path.write_text(text)


def take_away(file, text, instead=""):
    before = file.read_text()
    assert before.count(text) == 1, (file, text)
    file.write_text(before.replace(text, instead))


@pytest.mark.parametrize(("without", "says"), ANSWERS.items(), indirect=["without"], ids=list(ANSWERS))
def test_an_answer_that_is_left_out_is_named(without, says):
    found = undecided(without)

    assert [line for line in found if line.startswith(says)], found


def test_with_all_answers_the_check_is_silent_and_the_copy_is_green(copy):
    assert undecided(copy) == []
    for command in (
        ["ruff", "check", APP],
        ["mypy"],
        ["lint-imports"],
    ):
        done = run(copy, str(Path(sys.executable).parent / command[0]), *command[1:])
        assert done.returncode == 0, done.stdout + done.stderr
    assert manage(copy, "makemigrations", "--check", "--dry-run").returncode == 0


def test_with_all_answers_the_conventions_pass(copy):
    """Of the conventions those that a new model and a new page meet; of those of each page and model, its own."""
    done = run(
        copy,
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "0",
        "tests/conventions",
        "tests/row_policies",
        "tests/retention/test_rules.py",
        "-k",
        "visit or every_page_has_a_row or each_role or decision or test_rules or like_their_views or foreign_key",
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_few_shared_files_are_edited():
    assert len({each.path for edits in EDITS.values() for each in edits}) <= EDITED_AT_MOST
