"""Session, user and memberships are read in one statement, and still each of them ends when it ends."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from laereplads.access.backends import MembershipBackend
from laereplads.access.sessions import SessionStore, who_asks
from laereplads.accounts.models import Session, User
from tests.factories import MembershipFactory, UserFactory, days_from_today


def page(client):
    return client.get(reverse("choose_membership"))


def test_one_statement_says_who_asks(logged_in):
    client = logged_in(MembershipFactory(company_staff=True))
    with CaptureQueriesContext(connection) as queries:
        assert page(client).status_code < 400

    assert sum("accounts_session" in query["sql"] for query in queries) == 1
    assert sum("access_membership" in query["sql"] for query in queries) == 1


def test_memberships_of_today_only(logged_in):
    first = MembershipFactory(company_staff=True)
    of_today = [
        first,
        MembershipFactory(user=first.user, school_staff=True, ends_on=days_from_today(0)),
        MembershipFactory(user=first.user, company_staff=True, starts_on=days_from_today(0)),
    ]
    MembershipFactory(user=first.user, company_staff=True, ends_on=days_from_today(-1), starts_on=days_from_today(-9))
    MembershipFactory(user=first.user, company_staff=True, starts_on=days_from_today(1))

    assert set(page(logged_in(first)).wsgi_request.memberships) == set(of_today)


def test_a_user_without_memberships_is_still_somebody(logged_in):
    membership = MembershipFactory(company_staff=True, starts_on=days_from_today(-9), ends_on=days_from_today(-1))
    client = logged_in(membership)

    request = page(client).wsgi_request
    assert request.user == membership.user
    assert request.memberships == []


@pytest.mark.parametrize("limit", ["last_seen_at", "started_at"])
def test_a_session_past_a_limit_is_nobodys(logged_in, limit):
    client = logged_in(MembershipFactory(company_staff=True))
    Session.objects.update(**{limit: timezone.now() - datetime.timedelta(hours=9)})

    assert not page(client).wsgi_request.user.is_authenticated


def test_names_of_organisations_come_along(logged_in, django_assert_num_queries):
    membership = MembershipFactory(company_staff=True)
    other = MembershipFactory(school_staff=True, user=membership.user)
    memberships = page(logged_in(membership)).wsgi_request.memberships

    with django_assert_num_queries(0):
        assert [own.party_name for own in memberships] == [membership.company.name, other.school.name]
        assert {own.user for own in memberships} == {membership.user}


def test_the_statement_is_put_together_once():
    assert who_asks() is who_asks()


def test_a_closed_user_is_nobody_though_her_session_goes_on(logged_in):
    """A trigger ends it; one day a restored or mended table may have been without."""
    membership = MembershipFactory(company_staff=True)
    client = logged_in(membership)
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        User.objects.filter(pk=membership.user_id).update(is_active=False)
        cursor.execute("set local session_replication_role = origin")
    assert Session.objects.filter(user=membership.user).exists()

    request = page(client).wsgi_request
    assert not request.user.is_authenticated
    assert request.memberships == []


def test_a_closed_user_is_nobody_outside_of_a_request_either(db):
    assert MembershipBackend().get_user(UserFactory(is_active=False).pk) is None


def test_a_session_can_be_read_outside_of_a_request(logged_in):
    client = logged_in(MembershipFactory(company_staff=True))

    assert SessionStore(client.session.session_key).load()["_auth_user_id"]


def test_nobody_is_known_outside_of_a_request(logged_in, django_assert_num_queries):
    membership = MembershipFactory(company_staff=True)
    page(logged_in(membership))

    with django_assert_num_queries(1):
        assert MembershipBackend().get_user(membership.user_id) == membership.user
