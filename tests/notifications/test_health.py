"""Readiness tells of mails and jobs that nobody sees to, and sends nobody away for it."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from laereplads.notifications.models import JobRun, OutgoingMail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
WAIT = "ok, mails og job venter\n"


def ready():
    answer = Client().get("/health/ready/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("minutes", "said"), [(-60, "ok\n"), (14, "ok\n"), (16, WAIT), (10_000, WAIT)])
def test_mails_that_wait_longer_than_they_should_are_told_of(minutes, said):
    due_at = timezone.now() - datetime.timedelta(minutes=minutes)
    OutgoingMail.objects.create(kind="x", user=UserFactory(), due_at=due_at)

    assert ready() == said


@pytest.mark.parametrize(
    "done", [{"sent_at": timezone.now()}, {"gave_up_at": timezone.now(), "gave_up_because": "refused"}]
)
def test_those_that_are_done_are_not(done):
    due_at = timezone.now() - datetime.timedelta(days=1)
    OutgoingMail.objects.create(kind="x", user=UserFactory(), due_at=due_at, **done)

    assert ready() == "ok\n"


@pytest.mark.parametrize(("hours", "said"), [([], "ok\n"), ([25], "ok\n"), ([27], WAIT), ([27, 25], "ok\n")])
def test_jobs_that_nobody_runs_are_told_of(hours, said):
    for each in hours:
        JobRun.objects.create(name="x", due_at=timezone.now() - datetime.timedelta(hours=each))

    assert ready() == said
