"""Digests that are due together go as one mail, whatever happens in between."""

import datetime
import threading

import pytest
from django.core import mail as locmem
from django.db import connections
from django.utils import timezone

from laereplads.notifications import kinds, sending
from laereplads.notifications.kinds import USUAL_SUBJECT, MailKind
from laereplads.notifications.models import LONGEST_SENDING, MailChoice, OutgoingMail, Reason
from laereplads.notifications.operations import send, send_again
from laereplads.notifications.sending import Sent, send_due
from tests.factories import MembershipFactory, days_from_today
from tests.notifications.kinds import DAILY, MORNING, NEWS, WEEKLY

MINUTE = datetime.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def run():
    return send_due(timezone.now())


@pytest.fixture
def membership():
    return MembershipFactory(company_staff=True, company__name="Fjordby Kommune", user__email="kendt@test.example")


def digest(kind, membership, things=1, **more):
    return send(kind, to=membership.user, on_behalf_of=membership, counts={"things": things}, **more)


def states():
    return set(OutgoingMail.objects.values_list("sent_at", "gave_up_because", "attempts", "sending_since"))


def test_they_go_as_one_mail_with_the_sentences_under_one_another(membership):
    now = timezone.now()
    digest(DAILY, membership, 2, due_at=now - 2 * MINUTE)
    digest(WEEKLY, membership, 3, due_at=now - MINUTE)

    assert run() == Sent(sent=1)

    (message,) = locmem.outbox
    assert message.subject == "Lærepladsportalen: der er noget nyt til dig"
    assert message.to == ["kendt@test.example"]
    first, second, how_to_end_it = message.body.split("\n\n")[:3]
    assert first.startswith("Fjordby Kommune: dagens 2.")
    assert second.startswith("Fjordby Kommune: ugens 3.")
    assert how_to_end_it.splitlines()[-1] == "http://127.0.0.1:8000/beskeder/"
    assert len(states()) == 1
    assert run() == Sent()


def test_others_go_apart(membership):
    """Of another membership, of kinds that are not joined, and what is not due yet."""
    other = MembershipFactory(school_staff=True, user=membership.user)
    digest(DAILY, membership)
    digest(DAILY, other)
    send(NEWS, to=membership.user, on_behalf_of=membership, counts={"students": 2})
    later = digest(WEEKLY, membership, due_at=timezone.now() + MINUTE)

    assert run() == Sent(sent=3)

    later.refresh_from_db()
    assert later.attempts == 0


def test_all_of_them_wait_and_are_given_up_together(server, membership, frozen_clock):
    server.answers["DATA"] = "554 no"
    digest(DAILY, membership)
    digest(WEEKLY, membership)

    for minutes in (5, 30, 120):
        assert run() == Sent(failed=2)
        assert len(set(OutgoingMail.objects.values_list("due_at", "attempts"))) == 1
        frozen_clock.shift(minutes * MINUTE)
    assert run() == Sent(gave_up=2)

    assert {(reason, attempts) for _sent, reason, attempts, _since in states()} == {(Reason.REFUSED, 4)}
    assert server.asked.count("DATA") == 4


def test_one_that_has_waited_longer_loses_and_lends_no_try(server, membership, frozen_clock):
    server.answers["DATA"] = "554 no"
    old = digest(DAILY, membership)
    for minutes in (5, 30, 120):
        run()
        frozen_clock.shift(minutes * MINUTE)
    new = digest(WEEKLY, membership)

    assert run() == Sent(failed=1, gave_up=1)

    old.refresh_from_db()
    new.refresh_from_db()
    assert old.gave_up_at
    assert (new.gave_up_at, new.attempts) == (None, 1)


def test_of_those_that_may_have_gone_there_is_no_second_try(server, membership):
    server.hangs_up.add("TAKEN")
    digest(DAILY, membership)
    digest(WEEKLY, membership)

    assert run() == Sent(gave_up=2)

    assert {reason for _sent, reason, _attempts, _since in states()} == {Reason.UNCERTAIN}
    assert len(server.taken) == 1


def test_a_worker_that_is_killed_in_the_middle_leaves_all_of_them_uncertain(monkeypatch, frozen_clock, membership):
    def killed(*_message):
        raise SystemExit

    digest(DAILY, membership)
    digest(WEEKLY, membership)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", killed)
        with pytest.raises(SystemExit):
            run()
    frozen_clock.shift(LONGEST_SENDING + MINUTE)

    assert run() == Sent(gave_up=2)

    assert {reason for _sent, reason, _attempts, _since in states()} == {Reason.UNCERTAIN}
    assert locmem.outbox == []


def test_after_the_membership_ended_none_of_them_goes(membership):
    digest(DAILY, membership)
    digest(WEEKLY, membership)
    membership.ends_on = days_from_today(-1)
    membership.save()

    assert run() == Sent()

    assert {(reason, attempts) for _sent, reason, attempts, _since in states()} == {(Reason.NO_RECEIVER, 0)}


def test_one_that_was_turned_off_meanwhile_stays_out(membership):
    digest(DAILY, membership)
    digest(WEEKLY, membership)
    MailChoice.objects.create(membership=membership, kind=DAILY.name, is_on=False)

    assert run() == Sent(sent=1)

    assert "dagens" not in locmem.outbox[0].body
    assert OutgoingMail.objects.get(kind=DAILY.name).gave_up_because == Reason.NO_RECEIVER


@pytest.mark.parametrize("broken", [DAILY, WEEKLY, MORNING])
def test_one_that_cannot_be_written_keeps_no_other_from_going(membership, broken):
    """As if a release had given its text a number more, while it waited."""
    for kind in (DAILY, WEEKLY, MORNING):
        mail = digest(kind, membership)
        if kind is broken:
            mail.delete()
            OutgoingMail.objects.create(
                kind=kind.name, user=membership.user, membership=membership, organisation="X", due_at=mail.due_at
            )

    assert run() == Sent(sent=1, gave_up=1)

    assert OutgoingMail.objects.undelivered().get().kind == broken.name
    assert OutgoingMail.objects.undelivered().get().gave_up_because == Reason.BROKEN
    assert len(locmem.outbox[0].body.split("Fjordby Kommune:")) == 3


def test_one_whose_kind_is_gone_goes_nowhere_and_the_others_do(monkeypatch, membership):
    digest(DAILY, membership)
    digest(WEEKLY, membership)
    left = [kind for kind in kinds.declared("mails", "MAIL_KINDS") if kind is not DAILY]
    monkeypatch.setattr(kinds, "declared", lambda _module, _name: left)
    kinds.mail_kinds.cache_clear()

    assert run() == Sent(sent=1, gave_up=1)

    assert OutgoingMail.objects.undelivered().get().kind == DAILY.name


def test_those_that_were_given_up_go_together_when_somebody_says_so(server, membership):
    server.hangs_up.add("TAKEN")
    mails = [digest(DAILY, membership), digest(WEEKLY, membership)]
    run()
    server.hangs_up.clear()
    for mail in mails:
        send_again(mail)

    assert run() == Sent(sent=1)

    ids = [line for _to, text in server.taken for line in text.splitlines() if line.startswith("Message-ID")]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_what_is_joined_has_the_usual_subject_and_no_link(monkeypatch):
    for subject, text in (("Andet", "x"), (USUAL_SUBJECT, "%(link)s")):
        kind = MailKind("odd", subject, text, True, is_joined=True)
        monkeypatch.setattr(kinds, "declared", lambda _module, _name, kind=kind: [kind])
        kinds.mail_kinds.cache_clear()
        with pytest.raises(kinds.ImproperlyConfigured, match="odd"):
            kinds.mail_kinds()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_membership_one_mail(server):
    """Each has a list of its own of what is due, and begins at another end of it."""
    memberships = [MembershipFactory(company_staff=True, user__email=f"n{n}@test.example") for n in range(6)]
    for kind in (DAILY, WEEKLY, MORNING):
        for membership in memberships:
            digest(kind, membership)
    start, done = threading.Barrier(3), []

    def work():
        try:
            start.wait()
            done.append(run())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    start.wait()
    for worker in workers:
        worker.join()

    assert sum(each.sent for each in done) == 6
    assert sorted(receivers for receivers, _text in server.taken) == [[f"n{n}@test.example"] for n in range(6)]
    assert not OutgoingMail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_claims_one_of_them_keeps_the_other_worker_from_its_neighbours(monkeypatch, membership):
    """The second asks while the first has claimed, and before that is committed."""
    digest(DAILY, membership)
    digest(WEEKLY, membership)
    inside, asks = threading.Event(), threading.Event()
    should_go = sending.should_go

    def slowly(mail, chosen):
        if threading.current_thread() is first:
            inside.set()
            # The second waits for the lock meanwhile, and finds nothing when it has it.
            asks.wait(0.5)
        return should_go(mail, chosen)

    monkeypatch.setattr(sending, "should_go", slowly)
    outcomes = []
    first = threading.Thread(target=lambda: (outcomes.append(run()), connections.close_all()))
    first.start()
    assert inside.wait(10)

    outcomes.append(run())

    first.join()
    assert sorted(each.sent for each in outcomes) == [0, 1]
    assert len(locmem.outbox) == 1
