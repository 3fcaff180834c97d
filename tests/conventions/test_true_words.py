"""No text promises that nobody can see something: it says who can, and what leaves the portal."""

import re

import pytest
from django.conf import settings

FOLDERS = ("companies", "laereplads", "rejections", "risk", "schools", "students", "templates")
FILES = sorted(
    path
    for folder in FOLDERS
    for kind in ("html", "txt", "py", "po")
    for path in (settings.BASE_DIR / folder).rglob(f"*.{kind}")
)
PROMISES = re.compile(
    r"\bingen (andre|kan|vil) [^.\"]*\b(se|ser|læse|kendes|vide)\b|\bkan ingen (se|læse)\b|\bandre kan ikke se\b"
    r"|\bkun (du|I|jer) (kan|ser)\b(?! se den\.)|\b(nobody|no one)( else)? (can|will|is able to) (see|read|know)\b"
    r"|\bonly you can see\b(?! it\.)|\banonymt?\b|\bhemmeligt?\b",
    re.IGNORECASE,
)
# Of what is told to whoever writes code, and of addresses that a mistake leads to.
NOT_TOLD_TO_USERS = re.compile(r'^\s*(#|"""|{#).*|^(?!.*_\(|.*<|msg|").*$')


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_text_promises_that_nobody_can_see_something(path):
    lines = path.read_text().splitlines()
    told = [line for line in lines if path.suffix == ".txt" or not NOT_TOLD_TO_USERS.match(line)]
    assert [line.strip() for line in told if PROMISES.search(line)] == []


@pytest.mark.parametrize(
    "words",
    [
        "Ingen andre kan se den.",
        "Hvem det var, kan ingen se.",
        "og ingen kan siden se i portalen, hvem ansøgeren er",
        "Andre kan ikke se, hvem du følger",
        "Ingen kan kendes på det.",
        "Nobody else can see it.",
    ],
)
def test_such_promises_are_found(words):
    assert PROMISES.search(words)
