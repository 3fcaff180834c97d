"""200 notices are given by workers that are killed in the midst of it: each notice exactly once, and each mail."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection, transaction

from absence.models import AbsenceDay, AbsenceNotice, SchoolPeriod
from laereplads.notifications.models import JobRun, OutgoingMail
from tests.factories import (
    AbsenceDeliveryFactory,
    AgreementFactory,
    CompanyFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    days_from_today,
)
from tests.notifications.test_worker import database
from tests.production_environment import production_environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today("2027-03-19")]
NOTICES, COMPANIES = 200, 20
# What the worker does each minute, at four o'clock on the last day of all periods. No mail is sent.
AT_FOUR = """
import django, time_machine
django.setup()
from laereplads.notifications import timetable
timetable.send_due = lambda now, seconds: timetable.Sent()
with time_machine.travel("2027-03-19T16:00+01:00"):
    timetable.run_due()
"""


@pytest.fixture
def periods():
    school, companies = SchoolFactory(), CompanyFactory.create_batch(COMPANIES)
    for company in companies:
        MembershipFactory(company_staff=True, company=company)
    delivery, last = AbsenceDeliveryFactory(school=school), days_from_today(0)
    for number in range(NOTICES):
        student = StudentFactory(school=school)
        AgreementFactory(student=student, company=companies[number % COMPANIES])
        period = SchoolPeriod.objects.create(
            student=student, school=school, number=str(number), name="Skoleperiode 1A", kind="main",
            starts_on=days_from_today(-10), ends_on=last,
        )  # fmt: skip
        AbsenceDay.objects.create(
            period=period, day=last, scheduled=390, lawful=number % 9, unlawful=0, delivery=delivery
        )


def worker():
    here = {name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG", "DATA_DIR"}}
    environment = {
        **here,
        **production_environment(),
        "DJANGO_SETTINGS_MODULE": "laereplads.settings",
        "DATABASE_URL": database(),
    }
    return subprocess.Popen(
        [sys.executable, "-c", AT_FOUR], cwd=settings.BASE_DIR, env=environment, stderr=subprocess.PIPE, text=True
    )


def until_somebody_waits_for(table):
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select count(*) from pg_locks where not granted and relation = %s::regclass", [table])
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_each_notice_is_given_exactly_once(periods):
    # In the midst of the notices, and of the mails that tell of them.
    for table in ("absence_absencenotice", "notifications_outgoingmail"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"lock table {table} in share row exclusive mode")
            killed = worker()
            until_somebody_waits_for(table)
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
        assert AbsenceNotice.objects.count() == OutgoingMail.objects.count() == 0

    workers = [worker() for _number in range(3)]
    for each in workers:
        assert each.wait(120) == 0, each.stderr.read()
        each.communicate()
    assert AbsenceNotice.objects.count() == NOTICES
    assert AbsenceNotice.objects.values("period", "agreement").distinct().count() == NOTICES
    mails = OutgoingMail.objects.filter(kind="absence_final")
    assert sorted(mail.counts["periods"] for mail in mails) == [NOTICES // COMPANIES] * COMPANIES
    assert JobRun.objects.filter(name="absence_notices").count() == 1
