"""Codes are declared beside their features: the database takes those, and no other."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from laereplads.access_log import purposes
from laereplads.access_log.models import AccessLogEntry
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import Purpose
from laereplads.database import codes
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

NEW = Purpose("curiosity", "Nysgerrighed", shown="Alt.")


@pytest.fixture
def mentor():
    return MembershipFactory(school_staff=True)


def test_a_code_that_nobody_declares_is_refused(mentor):
    with pytest.raises(IntegrityError, match="access_log_accesslogentry_purpose_is_a_known_code"), transaction.atomic():
        log_access(mentor, NEW, [1])


def test_a_new_code_takes_no_migration(mentor, monkeypatch):
    known = purposes.purposes()
    monkeypatch.setattr(purposes, "purposes", lambda: {**known, NEW: NEW})
    assert list(codes.problems(connection)) == [
        "Databasen kender andre værdier af access_log_accesslogentry.purpose end koden. Kør: manage.py build_policies"
    ]

    codes.build(connection)

    assert list(codes.problems(connection)) == []
    log_access(mentor, NEW, [1])
    assert AccessLogEntry.objects.get().get_purpose_display() == "Nysgerrighed"


def test_a_code_that_is_retired_stays_where_it_was_written(mentor, monkeypatch):
    known = dict(purposes.purposes())
    last = known.popitem()[1]
    log_access(mentor, last, [1])
    monkeypatch.setattr(purposes, "purposes", lambda: known)

    codes.build(connection)

    assert AccessLogEntry.objects.get().purpose == last
    with pytest.raises(IntegrityError, match="is_a_known_code"), transaction.atomic():
        log_access(mentor, last, [1])


def test_a_check_that_somebody_took_away_is_found_and_made_again():
    with connection.cursor() as cursor:
        cursor.execute(
            "alter table access_log_accesslogentry drop constraint access_log_accesslogentry_purpose_is_a_known_code"
        )
    with pytest.raises(CommandError):
        call_command("build_policies", "--check", stdout=io.StringIO(), stderr=io.StringIO())

    codes.build(connection)

    assert list(codes.problems(connection)) == []
