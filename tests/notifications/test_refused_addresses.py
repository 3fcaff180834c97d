"""At an address that the mail server does not know, what can be turned off ends, and its user is told."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.notifications.models import OutgoingMail, Reason, RefusedAddress
from laereplads.notifications.operations import send, send_again, turn_mails_on_again
from laereplads.notifications.sending import Sent, send_due
from tests.factories import MembershipFactory, UserFactory
from tests.notifications.kinds import INVITATION, NEWS, PLAIN

pytestmark = pytest.mark.django_db
PASSWORD = "et langt kodeord til test"


def run():
    return send_due(timezone.now())


@pytest.fixture
def own():
    return MembershipFactory(company_staff=True, user=UserFactory(email="ukendt@test.example", password=PASSWORD))


def news(membership):
    return send(NEWS, to=membership.user, on_behalf_of=membership, counts={"students": 2})


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 no such user",
        "553 5.1.2 no such host",
        "501 5.1.3 no address",
        "551 5.1.6 moved",
        "550 5.2.1 closed",
        "550 unknown",
    ],
)
def test_the_portal_gives_up_at_once_and_remembers(server, own, answer):
    server.answers["RCPT"] = answer
    mail = news(own)

    assert run() == Sent(gave_up=1)

    mail.refresh_from_db()
    assert (mail.gave_up_because, mail.attempts) == (Reason.UNKNOWN, 1)
    assert RefusedAddress.objects.get().address == "ukendt@test.example"


@pytest.mark.parametrize("answer", ["450 later", "452 4.2.2 full", "550 5.7.1 not you", "554 no", "550 5.1.8 sender"])
def test_what_is_no_word_about_the_address_is_tried_again(server, own, answer):
    server.answers["RCPT"] = answer
    news(own)

    assert run() == Sent(failed=1)
    assert not RefusedAddress.objects.exists()


def test_only_what_cannot_be_turned_off_goes_there_from_then_on(server, own):
    RefusedAddress.objects.create(user=own.user, address=own.user.email)
    off = news(own)
    always = send(PLAIN, to=own.user)

    assert run() == Sent(sent=1)

    off.refresh_from_db()
    always.refresh_from_db()
    assert (off.gave_up_because, off.attempts) == (Reason.NO_RECEIVER, 0)
    assert always.sent_at


@pytest.mark.parametrize("how", ["button", "another address"])
def test_they_go_again_once_the_user_says_so_or_has_another_address(server, own, how):
    RefusedAddress.objects.create(user=own.user, address=own.user.email)
    if how == "button":
        assert turn_mails_on_again(own)
    else:
        own.user.email = "ny@test.example"
        own.user.save()
    news(own)

    assert run() == Sent(sent=1)


def test_a_second_refusal_names_the_address_of_then(server, own):
    RefusedAddress.objects.create(user=own.user, address="gammel@test.example")
    server.unknown.add(own.user.email)
    news(own)

    assert run() == Sent(gave_up=1)
    assert RefusedAddress.objects.get().address == own.user.email


def test_of_somebody_who_is_no_user_nothing_is_remembered(server):
    server.unknown.add("ny@test.example")
    send(INVITATION, to="ny@test.example", organisation="X", link="/invitation/abc/")

    assert run() == Sent(gave_up=1)

    assert OutgoingMail.objects.get().gave_up_because == Reason.UNKNOWN
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize("is_refused", [True, False])
def test_it_is_said_at_the_next_login(client, own, is_refused):
    address = own.user.email if is_refused else "gammel@test.example"
    RefusedAddress.objects.create(user=own.user, address=address)

    page = client.post(reverse("account_login"), {"login": own.user.email, "password": PASSWORD}, follow=True)

    words = "Vi kan ikke sende mails til ukendt@test.example. Åbn Mine beskeder"
    assert page.request["PATH_INFO"] == reverse("front_page")
    assert (words in page.text) == is_refused
    # Once.
    assert words not in client.get(reverse("front_page")).text


def test_a_message_has_one_id_on_each_try_and_when_it_is_sent_again_which_tells_no_rows_id(server, own, settings):
    """Of the first the portal does not know that the server took it."""
    settings.PORTAL_ADDRESS = "https://laereplads.example:8443"
    mail = news(own)
    server.hangs_up.add("TAKEN")
    assert run() == Sent(gave_up=1)
    server.hangs_up.clear()
    mail.refresh_from_db()
    send_again(mail)
    send(PLAIN, to=own.user)
    assert run() == Sent(sent=2)

    ids = re.findall("(?m)^Message-ID: (.*?)\r?$", "\n".join(text for _to, text in server.taken))
    assert len(ids) == 3
    assert len(set(ids)) == 2
    for each in ids:
        assert re.fullmatch(r"<[0-9a-f]{40}@laereplads\.example>", each)
        assert mail.pk.hex[:8] not in each
