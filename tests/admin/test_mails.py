"""What an administrator sees of the outbox, and what happens when they send a mail again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.models import Event
from laereplads.notifications.auditing import MAIL_SENT_AGAIN
from laereplads.notifications.models import OutgoingMail, Reason
from tests.factories import MembershipFactory, UserFactory

LIST = "admin:notifications_outgoingmail_changelist"


@pytest.fixture
def client(logged_in, db):
    return logged_in(MembershipFactory(administrator=True))


def given_up(reason=Reason.REFUSED, **values):
    values = {"user": UserFactory()} | values
    return OutgoingMail.objects.create(
        kind="invitation", gave_up_at=timezone.now(), gave_up_because=reason, attempts=4, **values
    )


def send_again(client, *mails):
    ids = [mail.pk for mail in mails]
    return client.post(reverse(LIST), {"action": "send_again", "_selected_action": ids}, follow=True)


def test_what_did_not_arrive_is_said_with_the_reason(client):
    given_up(user=None, address="ny@test.example", link="/invitation/hemmelig-kode/")
    given_up(Reason.NO_RECEIVER)
    OutgoingMail.objects.create(kind="invitation", user=UserFactory(), sent_at=timezone.now())

    everything = client.get(reverse(LIST)).content.decode()
    undelivered = client.get(reverse(LIST), {"tilstand": "opgivet"})

    assert "Kunne ikke leveres: Mailserveren sagde nej" in everything
    assert "hemmelig-kode" not in everything
    assert [mail.address for mail in undelivered.context["cl"].result_list] == ["ny@test.example"]
    assert len(client.get(reverse(LIST), {"q": "ny@test"}).context["cl"].result_list) == 1
    assert len(client.get(reverse(LIST), {"tilstand": "sendt"}).context["cl"].result_list) == 1


def test_it_goes_again_and_that_is_recorded(client):
    mail = given_up(link="/invitation/abc/")

    answer = send_again(client, mail)

    assert "1 mail bliver sendt igen." in answer.content.decode()
    mail.refresh_from_db()
    assert (mail.gave_up_at, mail.gave_up_because, mail.attempts, mail.link) == (None, "", 0, "/invitation/abc/")
    assert Event.objects.get(action=str(MAIL_SENT_AGAIN)).object_id == mail.user_id


def test_what_went_or_should_not_go_is_not_sent_again(client):
    sent = OutgoingMail.objects.create(kind="invitation", user=UserFactory(), sent_at=timezone.now())
    over = given_up(Reason.NO_RECEIVER)

    answer = send_again(client, sent, over)

    assert "Kun mails, der ikke kunne leveres, kan sendes igen." in answer.content.decode()
    assert not OutgoingMail.objects.due(timezone.now()).exists()
    assert not Event.objects.filter(action=str(MAIL_SENT_AGAIN)).exists()


def test_a_student_is_told_that_their_address_was_seen(client):
    membership = MembershipFactory(of_student=True)
    given_up(user=membership.user)

    client.get(reverse(LIST))

    assert [entry.students for entry in AccessLogEntry.objects.all()] == [[membership.student_id]]


def test_one_mail_is_shown_without_its_link_and_cannot_be_changed(client):
    mail = given_up(link="/invitation/hemmelig-kode/")
    page = reverse("admin:notifications_outgoingmail_change", args=[mail.pk])

    shown = client.get(page)

    assert mail.user.email in shown.text
    assert "hemmelig-kode" not in shown.text
    assert 'name="_save"' not in shown.text
    assert client.post(page, {"attempts": 0}).status_code == 403


@pytest.mark.parametrize("count", [1, 10])
def test_it_takes_as_many_queries_however_long(client, django_assert_max_num_queries, count):
    for _number in range(count):
        given_up()
    client.get(reverse(LIST))

    with django_assert_max_num_queries(20):
        client.get(reverse(LIST))
