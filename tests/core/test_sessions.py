"""When sessions end: after 30 minutes without a request, after 8 hours in any case, and when rights change."""

import datetime
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laereplads.access.auditing import SESSIONS_ENDED
from laereplads.access.models import Membership
from laereplads.accounts.models import Session, User
from laereplads.accounts.sessions import SessionStore, hashed
from laereplads.audit.models import Event
from tests.factories import MembershipFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db

PASSWORD = "elleve små grise"
MINUTE = 60
HOUR = 60 * MINUTE
LOGIN, LOGOUT, CHANGE, CHOOSE, OWN = (
    reverse(name)
    for name in ("account_login", "account_logout", "account_change_password", "choose_membership", "account_sessions")
)
END = "admin:accounts_user_end_sessions"


@pytest.fixture
def membership():
    return MembershipFactory(company_staff=True, user__email="kendt@test.example", user__password=PASSWORD)


def with_password(email="kendt@test.example"):
    client = Client()
    assert client.post(LOGIN, {"login": email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client):
    response = client.get("/")
    assert response.status_code in {200, 302}
    return response.status_code == 200


def use_for(client, clock, *, minutes, every):
    """One request every so many minutes."""
    for _ in range(minutes // every):
        clock.shift(every * MINUTE)
        if not is_in(client):
            return False
    return True


def test_a_session_ends_after_thirty_minutes_without_a_request(membership, frozen_clock):
    client = with_password()

    frozen_clock.shift(29 * MINUTE)
    assert is_in(client)
    frozen_clock.shift(29 * MINUTE)
    assert is_in(client)
    frozen_clock.shift(30 * MINUTE + 1)
    assert not is_in(client)


def test_a_session_ends_after_eight_hours_of_use(membership, frozen_clock):
    client = with_password()

    assert use_for(client, frozen_clock, minutes=7 * 60 + 55, every=5)
    assert not use_for(client, frozen_clock, minutes=5, every=5)


@pytest.mark.parametrize("act", ["choose a role", "change the password"])
def test_a_new_key_is_no_new_beginning(membership, frozen_clock, act):
    """What writes the session anew, or gives it another key, may not prolong it."""
    client = with_password()
    assert use_for(client, frozen_clock, minutes=7 * 60, every=20)
    before = client.session.session_key

    if act == "choose a role":
        client.post(CHOOSE, {"membership": membership.public_id})
    else:
        client.post(CHANGE, {"oldpassword": PASSWORD, "password1": "tolv store heste", "password2": "tolv store heste"})

    assert client.session.session_key != before
    assert use_for(client, frozen_clock, minutes=50, every=10)
    assert not use_for(client, frozen_clock, minutes=10, every=10)


def test_logging_in_again_is_a_new_beginning(membership, frozen_clock):
    client = with_password()
    use_for(client, frozen_clock, minutes=7 * 60, every=20)
    client.post(LOGOUT)
    client.post(LOGIN, {"login": "kendt@test.example", "password": PASSWORD})

    assert use_for(client, frozen_clock, minutes=7 * 60, every=20)


def test_the_browser_decides_nothing(membership, frozen_clock):
    """A cookie kept for a year opens nothing after the limits; the server sets one that ends with the browser."""
    client = with_password()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")

    frozen_clock.shift(9 * HOUR)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie.value
    assert not is_in(thief)


def test_activity_costs_a_statement_once_a_minute(membership, frozen_clock):
    client = with_password()

    def statements():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("cookies"))
        return [query["sql"] for query in queries]

    usual = statements()
    frozen_clock.shift(MINUTE)
    noted = statements()

    assert len(noted) == len(usual) + 1
    assert noted[-1].startswith('UPDATE "accounts_session" SET "last_seen_at"')
    assert len(statements()) == len(usual)


def test_logging_out_ends_the_session_at_once(membership):
    client = with_password()
    key = client.session.session_key
    client.post(LOGOUT)

    assert not Session.objects.filter(session_key=hashed(key)).exists()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not is_in(client)


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def end_yesterday(membership):
    membership.ends_on = days_from_today(-1)
    membership.save()


CHANGES_OF_RIGHTS = {
    "closed": lambda user, own: User.objects.filter(pk=user.pk).update(is_active=False),
    "another address": lambda user, own: User.objects.filter(pk=user.pk).update(email="ny@test.example"),
    "password set by somebody else": lambda user, own: (user.set_password("x"), user.save()),
    "raw SQL": lambda user, own: sql("update accounts_user set password = 'x' where id = %s", user.pk),
    "a new role": lambda user, own: MembershipFactory(school_staff=True, user=user),
    "several new roles": lambda user, own: Membership.objects.bulk_create(
        [MembershipFactory.build(administrator=True, user=user)]
    ),
    "an ended role": lambda user, own: end_yesterday(own),
    "a prolonged role": lambda user, own: Membership.objects.filter(pk=own.pk).update(ends_on=days_from_today(9)),
    "a lost role": lambda user, own: own.delete(),
    "a role handed on": lambda user, own: Membership.objects.filter(pk=own.pk).update(user=UserFactory()),
}


@pytest.mark.parametrize("change", CHANGES_OF_RIGHTS.values(), ids=CHANGES_OF_RIGHTS)
def test_all_sessions_end_when_rights_change_whoever_changes_them(membership, change):
    browsers = [with_password(), with_password()]
    other = MembershipFactory(company_staff=True, company=membership.company)
    bystander = Client()
    bystander.force_login(other.user)

    change(membership.user, membership)

    assert [is_in(browser) for browser in browsers] == [False, False]
    assert is_in(bystander)
    assert Session.objects.get().user_id == other.user_id


def test_a_changed_name_ends_nothing(membership):
    client = with_password()
    User.objects.filter(pk=membership.user_id).update(name="Grete Gift", last_login=None)

    assert is_in(client)


def test_an_administrator_who_closes_their_own_user_is_led_to_the_login(logged_in):
    """The session ended within the request, and what was saved is saved."""
    own = MembershipFactory(administrator=True)
    client = logged_in(own)
    form = {"name": own.user.name, "email": own.user.email}

    response = client.post(reverse("admin:accounts_user_change", args=[own.user_id]), form)

    assert response.headers["Location"].startswith(LOGIN)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == ""
    own.user.refresh_from_db()
    assert not own.user.is_active


def test_the_session_says_whose_it_is_and_since_when(membership, frozen_clock):
    """Columns, not the signed text: rights can be ended, and sessions cleared, without reading each."""
    with_password()
    row = Session.objects.get()

    assert row.user == membership.user
    assert row.last_at - row.started_at == datetime.timedelta(hours=8)
    assert row.ends_at - row.last_seen_at == datetime.timedelta(minutes=30)
    assert not re.search("kendt|Testsen", row.session_data)


def test_only_ended_sessions_are_cleared(membership, frozen_clock):
    with_password()
    frozen_clock.shift(31 * MINUTE)
    client = with_password()

    SessionStore.clear_expired()

    assert Session.objects.get().session_key == hashed(client.session.session_key)


# Seen and ended


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode().partition("<main")[2]))


@pytest.mark.today("2026-03-02")
def test_the_user_sees_where_she_is_logged_in(membership, frozen_clock):
    with_password()
    Client().force_login(MembershipFactory(company_staff=True, company=membership.company).user)
    frozen_clock.shift(20 * MINUTE)
    client = with_password()

    page = text(client.get(OWN))

    assert "Logget ind den 2. marts 2026 kl. 09.20, sidst brugt kl. 09.20 (her)" in page
    assert page.count("Logget ind den 2. marts 2026 kl. 09.00") == 1
    assert page.count("(her)") == 1
    frozen_clock.shift(11 * MINUTE)
    # The first has ended by itself.
    assert "Du er ikke logget ind andre steder." in text(client.get(OWN))


def test_no_key_of_a_session_stands_on_the_page(membership):
    with_password()
    client = with_password()
    page = client.get(OWN).content.decode()

    assert client.session.session_key not in page
    assert [key for key in Session.objects.values_list("session_key", flat=True) if key in page] == []


def test_the_user_logs_out_everywhere_else(membership):
    others = [with_password(), with_password()]
    bystander = Client()
    bystander.force_login(MembershipFactory(company_staff=True, company=membership.company).user)
    client = with_password()

    page = text(client.post(OWN, follow=True))

    assert "Du er logget af alle andre steder." in page
    assert "Du er ikke logget ind andre steder." in page
    assert [is_in(browser) for browser in (*others, client, bystander)] == [False, False, True, True]


@pytest.mark.parametrize("count", [1, 10])
def test_the_list_takes_the_same_statements_however_long(membership, count, django_assert_num_queries):
    browsers = [with_password() for _ in range(count)]
    with django_assert_num_queries(4):
        browsers[-1].get(OWN)


def test_an_administrator_logs_somebody_out_everywhere(membership, logged_in):
    browsers = [with_password(), with_password()]
    helper = MembershipFactory(administrator=True)
    client = logged_in(helper)
    change = reverse("admin:accounts_user_change", args=[membership.user_id])
    assert reverse(END, args=[membership.user_id]) in client.get(change).text

    response = client.post(reverse(END, args=[membership.user_id]), follow=True)

    assert f"{membership.user.name} er logget af alle steder." in response.text
    assert [is_in(browser) for browser in browsers] == [False, False]
    event = Event.objects.get(action=SESSIONS_ENDED)
    assert (event.object_id, event.actor) == (membership.user_id, helper.user)
    # She may come back at once.
    assert is_in(with_password())


def test_nobody_else_ends_anybodys_sessions(membership, logged_in):
    client = with_password()
    end = reverse(END, args=[membership.user_id])
    administrator = logged_in(MembershipFactory(administrator=True))

    assert administrator.get(end).status_code == 405
    assert administrator.post(reverse(END, args=[0])).status_code == 404
    for role in ("company_staff", "school_staff", "of_student"):
        assert logged_in(MembershipFactory(**{role: True})).post(end).status_code == 403
    assert is_in(client)


def test_an_administrator_does_not_throw_herself_out(logged_in):
    own = MembershipFactory(administrator=True)
    client = logged_in(own)

    assert client.post(reverse(END, args=[own.user_id])).status_code == 403
    assert is_in(client)


def test_the_browser_forgets_what_it_has_at_logout(membership):
    client = with_password()

    assert "Clear-Site-Data" not in client.get(LOGOUT).headers
    assert client.post(LOGOUT).headers["Clear-Site-Data"] == '"cache", "storage"'


def test_the_table_holds_no_key_that_opens_a_session(membership):
    """Nor any other table: whoever reads the database, or a backup of it, logs in as nobody."""
    clients = [with_password() for _time in range(3)]
    act_twice = clients[0].post(reverse("choose_membership"), {"membership": str(membership.public_id)})
    assert act_twice.status_code == 302
    keys = {client.cookies[settings.SESSION_COOKIE_NAME].value for client in clients}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            (text,) = cursor.fetchone()
            assert [key for key in keys if key in text] == [], table

    assert {hashed(key) for key in keys} == set(Session.objects.values_list("session_key", flat=True))
    for row in Session.objects.all():
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
        assert not is_in(thief)
    assert all(map(is_in, clients))
