"""Mails go once, whatever happens to the server, the worker or the receiver in between."""

import datetime
import email
import threading
from email.policy import default as modern

import pytest
from django.core import mail as locmem
from django.db import connection, connections, transaction
from django.utils import timezone

from laereplads.notifications import sending, tasks
from laereplads.notifications.models import LONGEST_SENDING, OutgoingMail, Reason
from laereplads.notifications.operations import send, send_again
from laereplads.notifications.sending import Sent, send_due
from tests.factories import MembershipFactory, UserFactory, days_from_today
from tests.notifications.conftest import by_smtp
from tests.notifications.kinds import INVITATION, NEWS, PLAIN

MINUTE = datetime.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def run():
    return send_due(timezone.now())


@pytest.fixture
def mail():
    return send(PLAIN, to=UserFactory(email="kendt@test.example"))


def test_a_mail_goes_and_its_link_is_forgotten(server):
    mail = send(INVITATION, to="Ny@Test.example", organisation="Fjordby Kommune", link="/invitation/abc/")

    assert run() == Sent(sent=1)
    assert run() == Sent()

    mail.refresh_from_db()
    assert (mail.link, mail.attempts, mail.sending_since) == ("", 1, None)
    assert abs(mail.sent_at - timezone.now()) < MINUTE
    ((receivers, text),) = server.taken
    assert receivers == ["ny@test.example"]
    message = email.message_from_string(text, policy=modern)
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "http://127.0.0.1:8000/invitation/abc/" in plain
    assert '<a href="http://127.0.0.1:8000/invitation/abc/">' in html


def test_they_go_over_one_connection_the_oldest_first(server):
    now = timezone.now()
    for minutes in (1, 3, 2):
        send(PLAIN, to=f"n{minutes}@test.example", due_at=now - minutes * MINUTE)

    assert run() == Sent(sent=3)

    assert [receivers for receivers, _text in server.taken] == [[f"n{n}@test.example"] for n in (3, 2, 1)]
    assert server.asked.count("EHLO") == 1


def test_what_there_is_no_time_for_stays_due_and_comes_at_once(server, monkeypatch):
    """A process that is told to stop has not to finish a thousand."""
    for number in range(3):
        send(PLAIN, to=f"n{number}@test.example")
    monkeypatch.setattr(tasks, "SECONDS", -1)
    deferred = []
    monkeypatch.setattr(tasks.run_what_is_due, "defer", lambda **minute: deferred.append(minute))

    for left in (2, 1, 0):
        tasks.run_what_is_due(timestamp=60)
        assert OutgoingMail.objects.waiting().count() == left

    assert deferred == [{"timestamp": 60}] * 2


@pytest.mark.parametrize(
    "why",
    ["membership ended", "membership not begun", "user closed", "user without address"],
)
def test_nobody_gets_what_they_should_not_have_any_more(server, why):
    membership = MembershipFactory(company_staff=True)
    mail = send(NEWS, to=membership.user, on_behalf_of=membership, counts={"students": 2})
    match why:
        case "membership ended":
            membership.ends_on = days_from_today(-1)
        case "membership not begun":
            membership.starts_on = days_from_today(1)
        case "user closed":
            membership.user.is_active = False
        case "user without address":
            membership.user.email = ""
    membership.starts_on = min(membership.starts_on, membership.ends_on or membership.starts_on)
    membership.save()
    membership.user.save()

    assert run() == Sent()

    mail.refresh_from_db()
    assert (mail.sent_at, mail.gave_up_because, mail.attempts) == (None, Reason.NO_RECEIVER, 0)
    assert server.taken == []
    assert run() == Sent()


def test_on_its_last_day_a_membership_still_gets_mails(server):
    membership = MembershipFactory(company_staff=True, ends_on=days_from_today(0))
    send(NEWS, to=membership.user, on_behalf_of=membership, counts={"students": 2})

    assert run() == Sent(sent=1)


def away(server, settings):
    # Nobody listens there: the port was free a moment ago, and privileged.
    settings.MAILERS = by_smtp(1)


def answering(**answers):
    return lambda server, _settings: server.answers.update(answers)


def silent_at(step):
    return lambda server, _settings: server.silent.add(step)


def hanging_up_at(step):
    return lambda server, _settings: server.hangs_up.add(step)


# What happens, what is said of it, and whether there is another try.
TROUBLES = {
    "away": (away, Reason.UNREACHABLE),
    "says no to everybody": (answering(GREETING="554 no"), Reason.UNREACHABLE),
    "says nothing": (silent_at("GREETING"), Reason.UNREACHABLE),
    "hangs up at once": (hanging_up_at("GREETING"), Reason.UNREACHABLE),
    "is slow with the sender": (silent_at("MAIL"), Reason.UNREACHABLE),
    "is slow with the receiver": (silent_at("RCPT"), Reason.UNREACHABLE),
    "hangs up at the receiver": (hanging_up_at("RCPT"), Reason.UNREACHABLE),
    "refuses the sender": (answering(MAIL="550 no"), Reason.REFUSED),
    "does not let the sender write": (answering(RCPT="550 5.7.1 relaying denied"), Reason.REFUSED),
    "does not like the sender": (answering(RCPT="553 5.1.8 sender's domain"), Reason.REFUSED),
    "does not say why": (answering(RCPT="554 no"), Reason.REFUSED),
    "is full": (answering(RCPT="452 full"), Reason.REFUSED),
    "refuses the mail": (answering(DATA="554 no"), Reason.REFUSED),
    "refuses what was read": (answering(TAKEN="554 spam"), Reason.REFUSED),
    "is busy": (answering(TAKEN="451 later"), Reason.REFUSED),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_did_not_go_is_tried_after_5_30_and_120_minutes_and_then_given_up(
    server, settings, frozen_clock, mail, trouble
):
    make, reason = TROUBLES[trouble]
    make(server, settings)

    for minutes in (5, 30, 120):
        assert run() == Sent(failed=1)
        mail.refresh_from_db()
        assert (mail.sending_since, mail.gave_up_at, mail.sent_at) == (None, None, None)
        frozen_clock.shift(minutes * MINUTE - datetime.timedelta(seconds=20))
        assert run() == Sent()
        frozen_clock.shift(datetime.timedelta(seconds=20))
    assert run() == Sent(gave_up=1)

    mail.refresh_from_db()
    assert (mail.attempts, mail.gave_up_because) == (4, reason)
    assert list(OutgoingMail.objects.undelivered()) == [mail]
    frozen_clock.shift(datetime.timedelta(days=1))
    assert run() == Sent()
    assert server.taken == []


@pytest.mark.parametrize(
    "trouble", [silent_at("TAKEN"), hanging_up_at("TAKEN"), silent_at("DATA"), hanging_up_at("DATA")]
)
def test_of_what_may_have_gone_there_is_no_second_try(server, settings, frozen_clock, mail, trouble):
    trouble(server, settings)

    assert run() == Sent(gave_up=1)
    frozen_clock.shift(datetime.timedelta(days=1))
    server.silent.clear()
    server.hangs_up.clear()
    assert run() == Sent()

    mail.refresh_from_db()
    assert mail.gave_up_because == Reason.UNCERTAIN
    assert len(server.taken) <= 1


def test_a_server_that_says_goodbye_badly_has_the_mail_all_the_same(server, mail):
    server.hangs_up.add("QUIT")

    assert run() == Sent(sent=1)


def test_one_who_is_unknown_keeps_nobody_else_waiting(server):
    server.unknown.add("ukendt@test.example")
    for name in ("a", "ukendt", "b"):
        send(PLAIN, to=f"{name}@test.example")

    assert run() == Sent(sent=2, gave_up=1)


def test_while_the_server_is_away_no_other_mail_loses_a_try(settings, frozen_clock, server):
    mails = [send(PLAIN, to=f"n{number}@test.example") for number in range(3)]
    working = settings.MAILERS
    away(server, settings)

    assert run() == Sent(failed=1)
    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [0, 0, 1]

    settings.MAILERS = working
    assert run() == Sent(sent=2)
    frozen_clock.shift(5 * MINUTE)
    assert run() == Sent(sent=1)
    assert len(server.taken) == len(mails)


def test_what_was_given_up_goes_when_an_administrator_says_so(server, settings, mail):
    server.silent.add("TAKEN")
    run()
    server.silent.clear()
    server.go_on.set()
    mail.refresh_from_db()

    send_again(mail)

    assert run() == Sent(sent=1)
    mail.refresh_from_db()
    assert mail.attempts == 1


def test_one_whose_kind_is_gone_keeps_nobody_else_waiting(server, mail):
    OutgoingMail.objects.create(kind="gone", user=UserFactory(), due_at=timezone.now() - MINUTE)

    assert run() == Sent(sent=1, gave_up=1)
    assert OutgoingMail.objects.undelivered().get().gave_up_because == Reason.BROKEN


def test_a_worker_that_is_killed_between_sending_and_noting_sends_nothing_twice(monkeypatch, frozen_clock, mail):
    """Nothing of what follows the kill is run, as if the machine had lost its power."""

    def killed(_message):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *_: killed(_))
        with pytest.raises(SystemExit):
            run()
    assert run() == Sent()
    frozen_clock.shift(LONGEST_SENDING + MINUTE)

    assert run() == Sent(gave_up=1)

    mail.refresh_from_db()
    assert mail.gave_up_because == Reason.UNCERTAIN
    assert locmem.outbox == []


def test_a_slow_worker_is_believed_when_it_comes_back(monkeypatch, frozen_clock, mail):
    def slowly(_mailer, messages):
        frozen_clock.shift(LONGEST_SENDING + MINUTE)
        assert run() == Sent(gave_up=1)
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", slowly)

    assert run() == Sent(sent=1)

    mail.refresh_from_db()
    assert mail.sent_at
    assert mail.gave_up_at is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(server):
    """Both begin before either has claimed anything."""
    for number in range(12):
        send(PLAIN, to=f"n{number}@test.example")
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

    assert sum(each.sent for each in done) == 12
    assert sorted(receivers[0] for receivers, _text in server.taken) == sorted(f"n{n}@test.example" for n in range(12))


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_a_mail_that_is_on_its_way(server, mail):
    server.silent.add("TAKEN")
    slow = threading.Thread(target=lambda: (run(), connections.close_all()))
    slow.start()
    assert server.waiting.wait(10)

    assert run() == Sent()

    server.go_on.set()
    slow.join()
    assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_server_is_talked_to(monkeypatch, mail):
    seen = []
    monkeypatch.setattr(
        "django.core.mail.backends.locmem.EmailBackend.send_messages",
        lambda _mailer, messages: seen.append(connection.in_atomic_block),
    )

    run()

    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_after_the_mail_went_leaves_it_uncertain(monkeypatch, frozen_clock, mail):
    def go_away(_mailer, _messages):
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            (own,) = cursor.fetchone()
        other = connections["default"].copy()
        with other.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s)", [own])
        other.close()

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", go_away)
        with pytest.raises(Exception, match=r"terminat|clos"):
            run()
    connection.close()
    frozen_clock.shift(LONGEST_SENDING + MINUTE)

    assert run() == Sent(gave_up=1)
    mail.refresh_from_db()
    assert mail.gave_up_because == Reason.UNCERTAIN


def test_jobs_reach_what_they_need_and_nothing_else(mail):
    with transaction.atomic(), sending.as_jobs(), connection.cursor() as cursor:
        cursor.execute("select current_user, session_user")
        assert cursor.fetchone()[0] == "laereplads_jobs"
        for table in ("people_student", "risk_riskassessment", "audit_event", "accounts_session"):
            cursor.execute("select has_table_privilege(%s, 'select')", [table])
            assert cursor.fetchone() == (False,)
