"""The page of the demo on which one reads what the portal would have mailed, and runs what is due."""

import re

import pytest
from django.core import mail as django_mail
from django.urls import reverse
from django.utils import timezone

from laereplads.demo import mail
from laereplads.demo.mail import EmailBackend
from laereplads.notifications.models import OutgoingMail
from tests.factories import UserFactory

PAGE = "demo:mail_list"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    settings.MAILERS = {"default": {"BACKEND": "laereplads.demo.mail.EmailBackend"}}


def send(subject, body, to="ny@test.example"):
    django_mail.send_mail(subject, body, None, [to])


def test_a_mail_is_read_as_its_receiver_would(client, db, capsys):
    send(
        "Vælg din adgangskode", "Hej Åse\n\nBrug linket:\nhttp://127.0.0.1:8000/adgangskode/ny/a-b_c/\n\n<b>Hilsen</b>"
    )

    page = client.get(reverse(PAGE)).content.decode()

    assert "Vælg din adgangskode" in page
    assert "Til ny@test.example" in page
    assert re.search(r'<a href="http://127.0.0.1:8000/adgangskode/ny/a-b_c/"', page)
    assert "&lt;b&gt;Hilsen&lt;/b&gt;" in page
    assert "Brug linket:<br>" in page
    # The terminal has it as before.
    assert "Mail til: ny@test.example\nEmne: Vælg din adgangskode" in capsys.readouterr().out


@pytest.mark.parametrize(("count", "said"), [(0, "0 mails"), (1, "1 mail"), (3, "3 mails")])
def test_they_are_counted_and_the_newest_comes_first(client, db, count, said):
    for number in range(count):
        send(f"Emne {number}", "x")

    page = client.get(reverse(PAGE)).content.decode()

    assert f"<h2>{said}</h2>" in page
    assert re.findall(r"Emne \d", page) == [f"Emne {number}" for number in reversed(range(count))]
    assert ("Der er ingen mails endnu." in page) == (count == 0)


@pytest.mark.parametrize("count", [1, 10])
def test_it_asks_the_database_nothing(client, db, django_assert_num_queries, count):
    for number in range(count):
        send(f"Emne {number}", "x")

    with django_assert_num_queries(2):
        # Its own savepoint.
        client.get(reverse(PAGE))


def test_only_the_newest_are_kept(monkeypatch, db):
    monkeypatch.setattr(mail, "KEPT", 3)
    for number in range(5):
        send(f"Emne {number}", "x")

    assert [each.subject for each in mail.mails()] == ["Emne 4", "Emne 3", "Emne 2"]
    mail.forget()
    assert not list(mail.mails())


def test_the_button_runs_what_is_due(client, db):
    OutgoingMail.objects.create(kind="gone", user=UserFactory(), due_at=timezone.now())

    answer = client.post(reverse("demo:run_jobs"), follow=True)

    assert answer.redirect_chain == [(reverse(PAGE), 302)]
    assert "0 mails er sendt." in answer.content.decode()
    assert OutgoingMail.objects.get().gave_up_at


def test_the_demo_sends_by_it():
    assert EmailBackend.__module__ == "laereplads.demo.mail"
