"""How a page reads from the replica, where there is one; tests/serving/test_replica.py has a real one beside it."""

import pytest
from django.conf import settings
from django.db import connection, connections
from django.http import HttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory

from laereplads.access.permissions import from_the_replica
from laereplads.database import replica
from tests.factories import MembershipFactory


@pytest.fixture
def copy(db, monkeypatch):
    """A second connection to the database stands for the replica."""
    copy = connection.copy()
    monkeypatch.setitem(settings.DATABASES, replica.ALIAS, copy.settings_dict)
    # It is no copy, of course.
    monkeypatch.setattr(replica, "what_is_wrong", str)
    connections[replica.ALIAS] = copy
    yield copy
    copy.close()
    del connections[replica.ALIAS]


def who_is_there():
    with connections[replica.reads_from.get()].cursor() as cursor:
        cursor.execute("select concat_ws(' ', current_setting('role'), current_setting('app.school_id', true))")
        return cursor.fetchone()[0]


@from_the_replica
def page(request, *names, **more):
    """Who asks, as the database is told while the text is made."""
    template = engines["django"].from_string("{{ reads_from }}: {{ who }}; {{ names|join:' ' }} {{ more.public_id }}")
    said = {"reads_from": replica.reads_from.get, "who": who_is_there, "names": names, "more": more}
    return SimpleTemplateResponse(template, said)


def asked_by(membership):
    request = RequestFactory().get("/")
    request.membership = membership
    return page(request, "ét", public_id="to")


def test_the_database_is_told_there_who_asks(copy):
    membership = MembershipFactory(school_staff=True)

    answer = asked_by(membership)

    assert answer.text == f"replica: laereplads_school_staff {membership.school_id}; ét to"
    # Nobody keeps the identity.
    assert replica.reads_from.get() == "default"
    with copy.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        assert cursor.fetchone() == ("none",)


def test_without_a_replica_the_page_is_the_primarys(db):
    answer = asked_by(MembershipFactory(school_staff=True))

    assert isinstance(answer, HttpResponse)
    assert not answer.is_rendered
    assert answer.render().text.startswith("default: none")
    assert answer.text.endswith("; ét to")
