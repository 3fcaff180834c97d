"""Thousands of generated requests: whatever is sent, the portal answers as it should, and says and does no more.

HOSTILE_CASES=100000 HOSTILE_SEED=7 uv run pytest tests/hostile makes more of them, and others.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction

from laereplads.imports.roster.sample import create_organisations
from tests.conventions.test_permission_matrix import ROLES
from tests.core.test_headers import assert_carries_the_headers
from tests.hostile.cases import READING, Case, cases
from tests.hostile.portal import Portal, ask, environ, explore

if TYPE_CHECKING:
    from tests.world import World

CASES = int(os.environ.get("HOSTILE_CASES", "5000"))
SEED = int(os.environ.get("HOSTILE_SEED", "0"))
# Parts that run beside each other, each short enough for its sessions to last.
PARTS = max(4, CASES // 5000)
ANSWERS = {200, 301, 302, 304, 400, 403, 404, 405, 409, 413, 415, 422, 429}
# What those get who send a method that no page has: a page never.
TO_OTHER_METHODS = {301, 302, 400, 403, 404, 405}
# What reading may leave behind: that somebody is there, how often she tried, and whose data she saw.
# Of the school's front page the day: so that the next visit knows what is new.
WRITTEN_BY_READING = {"accounts_session", "access_log_accesslogentry", "cache", "schools_overviewvisit"}
OF_THE_INSIDE = re.compile(
    r'Traceback \(most|psycopg|"people_student"|"accounts_user"|Exception Type|django\.db|site-packages|md5\$|'
    rf"{re.escape(str(settings.BASE_DIR))}"
)
CHANGES = """
select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables
where n_tup_ins + n_tup_upd + n_tup_del > 0
"""


def changes() -> dict[str, int]:
    """How many rows this transaction has written so far, by table."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGES)
        return dict(cursor.fetchall())


def check(world: World, portal: Portal, case: Case) -> None:
    request = environ(
        portal,
        case.role,
        case.method,
        case.path,
        query=case.query_string,
        body=case.body,
        content_type=case.content_type,
        cookies=case.cookies,
        headers=case.headers,
        is_own=case.is_own,
    )
    before = changes() if case.method in READING else {}
    answer = ask(request)
    body = answer.content.decode(errors="replace")

    assert answer.status_code in ANSWERS, f"{answer.status_code}: {answer.error!r}"
    # htmx is led on by a header, which a status of 302 would hide from it.
    if case.method not in {*READING, "POST", "OPTIONS"} and "HX-Redirect" not in answer.headers:
        assert answer.status_code in TO_OTHER_METHODS
    if case.method in READING:
        written = {table for table, count in changes().items() if count != before.get(table, 0)}
        assert written <= WRITTEN_BY_READING, "reading has written"
    assert_carries_the_headers(answer)
    assert not OF_THE_INSIDE.search(body), "the answer tells of the inside"
    # Whoever maintains the students sees their names where they are maintained.
    if not (case.role == "administrator" and str(request["PATH_INFO"]).startswith("/admin/")):
        assert [name for name in world.foreign[case.role] if name in body] == [], "the answer names somebody else"


# Files that a refused upload leaves open are closed by the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_sent_the_portal_answers_as_it_should(world, part):
    create_organisations()
    portal = explore(world)

    @hypothesis.seed(SEED * PARTS + part)
    @hypothesis.settings(
        max_examples=CASES // PARTS,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=cases(portal, ROLES))
    def each(case: Case) -> None:
        with transaction.atomic():
            try:
                check(world, portal, case)
            finally:
                mail.outbox.clear()
                transaction.set_rollback(True)

    each()
