"""An administrator becomes no reader: not by a membership of their own, and not by taking over somebody's login."""

import datetime
import re

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from laereplads.access.auditing import ADDRESS_ASKED_FOR, ADDRESS_CHANGED
from laereplads.access.models import Membership
from laereplads.accounts.models import Session, User
from laereplads.accounts.new_address import what_was_asked
from laereplads.audit.models import Event
from tests.core.test_login import PASSWORD, log_in
from tests.factories import CompanyFactory, MembershipFactory, SchoolFactory, StudentFactory, UserFactory
from tests.sessions import session_of

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-03-02")]

OWN = "Du kan ikke give dig selv en tilknytning. Bed en anden administrator om det."
BOTH = "En administrator kan ikke også have adgang til elever. Opret en bruger til hver opgave."
NEW, OLD = "ny@test.example", "gammel@test.example"
YESTERDAY, TODAY, FIRST = (datetime.date(2026, 3, 1), datetime.date(2026, 3, 2), datetime.date(2026, 1, 1))


@pytest.fixture
def administrator():
    return MembershipFactory(administrator=True)


@pytest.fixture
def client(administrator):
    return session_of(administrator)


def parties():
    return {
        "company_staff": {"company": CompanyFactory().pk},
        "school_staff": {"school": SchoolFactory().pk},
        "student": {"student": StudentFactory().pk},
    }


def add(client, user, role, **fields):
    page = reverse("admin:access_membership_add")
    return client.post(page, {"user": user.pk, "role": role, "starts_on": "2026-03-01", **fields})


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "student", "administrator"])
def test_a_new_membership_of_ones_own_is_refused(client, administrator, role):
    before = list(Membership.objects.values())
    answer = add(client, administrator.user, role, **parties().get(role, {}))

    assert OWN in answer.text
    assert list(Membership.objects.values()) == before


@pytest.mark.parametrize(
    "change",
    [{"ends_on": ""}, {"ends_on": "2027-01-01"}, {"starts_on": "2025-01-01", "ends_on": "2026-03-01"}, {"user": "9"}],
)
@pytest.mark.parametrize("of", ["company", "administrator"])
def test_no_membership_of_ones_own_is_changed(administrator, of, change):
    """Neither one that has ended, opened again, nor the one that is acted as."""
    own = administrator
    if of == "company":
        own = MembershipFactory(company_staff=True, user=administrator.user, starts_on=FIRST, ends_on=YESTERDAY)
    page = reverse("admin:access_membership_change", args=[own.pk])
    before = list(Membership.objects.values())

    answer = session_of(administrator).post(
        page, {"starts_on": f"{own.starts_on}", "ends_on": f"{own.ends_on or ''}", **change}
    )

    assert OWN in answer.text
    assert list(Membership.objects.values()) == before


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "student"])
def test_another_administrator_is_given_no_party_and_a_reader_no_administration(client, role):
    """Or two of them would let each other in."""
    colleague = MembershipFactory(administrator=True).user
    assert BOTH in add(client, colleague, role, **parties()[role]).text

    reader = UserFactory()
    assert add(client, reader, role, **parties()[role]).status_code == 302
    assert BOTH in add(client, reader, "administrator").text
    assert list(colleague.memberships.values_list("role", flat=True)) == ["administrator"]
    assert list(reader.memberships.values_list("role", flat=True)) == [role]


def test_one_after_the_other_is_no_both(client):
    was = MembershipFactory(administrator=True, starts_on=FIRST, ends_on=datetime.date(2026, 2, 28)).user
    assert add(client, was, "school_staff", school=SchoolFactory().pk).status_code == 302

    page = reverse("admin:access_membership_change", args=[was.memberships.get(role="administrator").pk])
    assert BOTH in client.post(page, {"starts_on": "2026-01-01", "ends_on": ""}).text


def refused_by_the_database(administrator, act):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), administrator.with_row_policies():
        act()
    return refusal.value.__cause__.diag.constraint_name


def test_the_database_refuses_the_same_past_every_form(administrator):
    colleague, school = MembershipFactory(administrator=True), SchoolFactory()
    ended = MembershipFactory(school_staff=True, user=administrator.user, starts_on=FIRST, ends_on=YESTERDAY)
    reader = MembershipFactory(school_staff=True)
    own, both = "nobody_changes_memberships_of_their_own", "an_administrator_is_no_reader_at_the_same_time"
    period = {"role": "school_staff", "school": school, "starts_on": TODAY}

    for constraint, act in [
        (own, lambda: Membership.objects.create(user=administrator.user, **period)),
        (own, lambda: Membership.objects.filter(pk=ended.pk).update(ends_on=None)),
        (own, lambda: Membership.objects.filter(pk=administrator.pk).update(ends_on=None)),
        (both, lambda: Membership.objects.create(user=colleague.user, **period)),
        (both, lambda: Membership.objects.create(user=reader.user, role="administrator", starts_on=TODAY)),
    ]:
        assert refused_by_the_database(administrator, act) == constraint


# Somebody else's login


@pytest.fixture
def reader():
    return MembershipFactory(school_staff=True, user__email=OLD, user__password=PASSWORD)


def ask(client, user, address=NEW):
    page = reverse("admin:accounts_user_change", args=[user.pk])
    return client.post(page, {"name": user.name, "email": address, "is_active": "on"}, follow=True)


def link_in(message):
    return re.search(r"http://testserver(/e-mailadresse/\S+)", message.body).group(1)


def test_an_address_is_not_changed_before_the_old_one_says_yes(client, reader):
    answer = ask(client, reader.user)

    assert "E-mailadressen er ikke ændret endnu." in answer.text
    assert User.objects.get(pk=reader.user.pk).email == OLD
    assert [message.to for message in mail.outbox] == [[OLD]]
    assert NEW in mail.outbox[0].body
    assert list(Event.objects.filter(object_id=reader.user.pk, action=ADDRESS_ASKED_FOR).values_list("actor"))


def test_what_else_the_form_changes_is_changed(client, reader):
    page = reverse("admin:accounts_user_change", args=[reader.user.pk])
    client.post(page, {"name": "Nyt Navn", "email": NEW, "is_active": "on"})

    user = User.objects.get(pk=reader.user.pk)
    assert (user.name, user.email) == ("Nyt Navn", OLD)


def test_the_old_address_says_yes_and_both_are_told(client, reader):
    own = session_of(reader)
    ask(client, reader.user)
    link = link_in(mail.outbox.pop())
    stranger = client.__class__()

    shown = stranger.get(link)
    assert (shown.status_code, User.objects.get(pk=reader.user.pk).email) == (200, OLD)
    assert (OLD in shown.text, NEW in shown.text) == (True, True)
    assert stranger.post(link).status_code == 200

    assert User.objects.get(pk=reader.user.pk).email == NEW
    assert not Session.objects.filter(user=reader.user).exists()
    assert own.get("/elever/").status_code == 302
    assert sorted(message.to for message in mail.outbox) == [[OLD], [NEW]]
    assert all(OLD in message.body and NEW in message.body for message in mail.outbox)
    event = Event.objects.get(object_id=reader.user.pk, action=ADDRESS_CHANGED)
    assert (event.actor, event.changes) == (reader.user, {"email": [None, None]})
    assert log_in(client.__class__(), email=NEW).headers["Location"] == "/"


def test_a_link_says_yes_once_and_for_three_days(client, reader, frozen_clock):
    ask(client, reader.user)
    ask(client, reader.user, "anden@test.example")
    first, second = map(link_in, mail.outbox)
    stranger = client.__class__()

    assert stranger.post(first).status_code == 200
    for used in (first, second):
        assert (stranger.get(used).status_code, stranger.post(used).status_code) == (404, 404)
    assert User.objects.get(pk=reader.user.pk).email == NEW

    ask(session_of(MembershipFactory(administrator=True)), User.objects.get(pk=reader.user.pk), OLD)
    frozen_clock.shift(datetime.timedelta(days=3, minutes=1))
    assert stranger.post(link_in(mail.outbox[-1])).status_code == 404


@pytest.mark.parametrize("secret", ["x", "gAAAAA", "æ", "x" * 500])
def test_what_nobody_sealed_says_no(secret, client):
    page = reverse("account_new_address", args=[secret])

    assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)


def test_a_closed_user_and_a_taken_address_say_no(client, reader):
    ask(client, reader.user)
    link = link_in(mail.outbox[-1])
    UserFactory(email=NEW)
    answer = client.post(link)
    assert (answer.status_code, "adressen bruges af en anden" in answer.text) == (404, True)

    User.objects.filter(pk=reader.user.pk).update(is_active=False)
    assert client.get(link).status_code == 404
    assert what_was_asked(link.split("/")[-2]) is None


def test_a_mail_that_cannot_be_sent_asks_for_nothing(client, reader, monkeypatch):
    def fail(*_arguments):
        raise OSError

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", fail)
    assert f"Mailen til {OLD} kunne ikke sendes." in ask(client, reader.user).text
    assert User.objects.get(pk=reader.user.pk).email == OLD


def test_a_mistyped_address_is_corrected_while_the_user_is_nobody_yet(client):
    user = UserFactory(email=OLD)
    ask(client, user)

    assert (User.objects.get(pk=user.pk).email, mail.outbox) == (NEW, [])


def test_the_database_lets_no_administrator_change_an_address(administrator, reader):
    nobody_yet = UserFactory()
    for user in (reader.user, administrator.user):
        act = lambda user=user: User.objects.filter(pk=user.pk).update(email=NEW)  # noqa: E731
        assert refused_by_the_database(administrator, act) == "an_address_is_changed_by_whoever_has_it"
    with administrator.with_row_policies():
        assert User.objects.filter(pk=nobody_yet.pk).update(email=NEW) == 1


def test_no_other_role_changes_an_address():
    for kind in ("company_staff", "school_staff", "of_student"):
        own = MembershipFactory(**{kind: True})
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), own.with_row_policies():
            User.objects.filter(pk=own.user_id).update(email=NEW)
