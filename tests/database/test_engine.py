"""A kept connection that has ended is noticed before a page is asked for, and without asking the server."""

import select

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def kept(db):
    """A second connection, as a worker keeps one."""
    kept = connection.copy()
    kept.ensure_connection()
    yield kept
    kept.close()


def test_a_connection_that_answers_is_kept_without_a_question(kept):
    with CaptureQueriesContext(kept) as asked:
        assert kept.is_usable()

    assert len(asked) == 0


def test_a_connection_that_the_server_has_ended_is_not_kept(kept):
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])
    select.select([kept.connection], [], [], 5)

    assert not kept.is_usable()


def test_a_connection_that_was_closed_here_is_not_kept(kept):
    kept.connection.close()

    assert not kept.is_usable()
