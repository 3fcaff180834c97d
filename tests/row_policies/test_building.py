"""Every migration leaves row policies, and all triggers, as the code declares them."""

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from laereplads.audit import triggers
from laereplads.database import row_level_security, trigger_files

pytestmark = pytest.mark.django_db


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def tear_down():
    """As if this were a database of an older version of the code."""
    with connection.cursor() as cursor:
        name, table = row_level_security.policies(cursor)[0]
        cursor.execute(f'drop policy "{name}" on {table}')
        cursor.execute("comment on function who_acts() is 'old'")
        cursor.execute("comment on schema guards is 'old'")


def migrated():
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def problems():
    return [
        *row_level_security.problems(connection),
        *triggers.problems(connection),
        *trigger_files.problems(connection),
    ]


def test_all_stand_after_every_migration():
    tear_down()
    assert len(problems()) == 3

    migrated()

    assert problems() == []


def test_they_are_built_once_and_not_for_each_app(monkeypatch):
    built = []
    monkeypatch.setattr(row_level_security, "build", built.append)

    migrated()

    assert built == [connection]


def test_what_fails_half_way_is_not_half_built(monkeypatch):
    def fail(_connection):
        raise InterruptedError

    tear_down()
    before = problems()
    monkeypatch.setattr(triggers, "build", fail)

    with pytest.raises(InterruptedError):
        migrated()

    assert problems() == before
