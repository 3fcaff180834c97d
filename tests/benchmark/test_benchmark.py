"""The pieces of `python -m tests.benchmark`. What it measures is no test: times differ."""

import subprocess
import sys
import uuid

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict

from risk.models import Level
from schools.forms import StudentFilterForm
from tests.benchmark import floor
from tests.benchmark.__main__ import OTHERS, RIVALS, overview_pages, some_weeks_ago
from tests.benchmark.measuring import Times
from tests.benchmark.recording import noted, split
from tests.benchmark.visitors import Answer, request

ANNA, BO = uuid.UUID(int=1), uuid.UUID(int=2)
HTML = f"<h1>2 elever</h1><a href='/elever/{ANNA}/'>Anna &amp; Co</a><a href='/elever/{BO}/'>Bodil Bo</a>"


def page_of(results):
    pieces, places = split(HTML, results)
    statement = {"text": "", "values": (), "in_transaction": True, "is_typed": True}
    return {
        "pieces": pieces, "places": places, "session": "", "runs": [(False, [statement])],
    }  # fmt: skip


def test_the_floor_writes_the_page_out_of_what_it_reads(monkeypatch):
    page = page_of([[(ANNA, "Anna & Co", 1), (BO, "Bodil Bo", 2)]])
    monkeypatch.setattr(floor, "database", lambda: None)
    monkeypatch.setattr(floor, "found", lambda *_asked: [(ANNA, "Anna & Co"), (BO, "Bodil Bo")])
    assert floor.written(page, "") == HTML

    monkeypatch.setattr(floor, "found", lambda *_asked: [(BO, "<Ny>"), (ANNA, "Bodil Bo")])
    assert f"'/elever/{BO}/'>&lt;Ny&gt;</a>" in floor.written(page, "")
    assert len(page["places"]) == 4


def test_the_floor_knows_no_framework():
    says = "import sys, tests.benchmark.floor; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", says], cwd=settings.BASE_DIR, check=True)


@pytest.mark.django_db
def test_every_statement_is_noted_whoever_gives_it():
    with noted() as statements, connection.cursor() as cursor:
        cursor.execute("select %s::text", [Level.HIGH])
        connection.connection.execute("select 1")
    assert [(each.text, each.values) for each in statements] == [
        ("select %s::text", ("high",)),
        ("select 1", ()),
    ]
    assert type(statements[0].values[0]) is str


@pytest.mark.django_db
@pytest.mark.parametrize("every_state", [False, True])
def test_every_state_that_is_measured_is_one_of_the_overview(every_state):
    pages = overview_pages(every_state=every_state)
    for page in pages:
        assert StudentFilterForm(QueryDict(page.path.partition("?")[2]), ()).unusable == [], page
    names = [page.name for page in [*pages, *OTHERS]]
    assert len(set(names)) == len(names) > 20
    if not every_state:
        assert {f"Elever, {name.format(day=some_weeks_ago())}" for name in RIVALS} <= set(names)


def test_medians_and_p99_are_of_all_answers():
    times = Times()
    times.add(Answer(milliseconds, 7) for milliseconds in range(1, 102))
    assert (times.median, times.p99, times.size) == (51, 100, 7)


def test_a_form_is_sent_whole():
    head, body = request("/sti/", {"a": "1"}, {"level": "høj"}).decode().split("\r\n\r\n")
    assert head.startswith("POST /sti/ HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}" in head
    assert body == "level=h%C3%B8j"
