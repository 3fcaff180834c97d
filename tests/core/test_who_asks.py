"""Session, user and memberships are read in one statement, and still each of them ends when it ends."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from laereplads.access.backends import MembershipBackend
from laereplads.accounts.models import Session
from tests.factories import MembershipFactory, days_from_today


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


def test_nobody_is_known_outside_of_a_request(logged_in, django_assert_num_queries):
    membership = MembershipFactory(company_staff=True)
    page(logged_in(membership))

    with django_assert_num_queries(1):
        assert MembershipBackend().get_user(membership.user_id) == membership.user
