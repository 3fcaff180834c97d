"""Whatever agreements, school periods, local agreements, assessments and pauses there are, and whichever day it is."""

import datetime
import itertools
import re
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.models import SchoolPeriod
from laereplads.database.derived_tables import differences
from laereplads.notifications.models import OutgoingMail
from laereplads.people.models import Student
from risk.models import DueAssessment, DueState, DueTab, Level, RiskAssessment, SentReminder
from risk.queries import due_counts
from risk.reminders import remind
from tests.companies.test_assessment_list import names
from tests.companies.test_due import tabs
from tests.factories import (
    AgreementFactory,
    AssessmentPauseFactory,
    EducationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SchoolFactory,
    SchoolPeriodFactory,
    StudentFactory,
)
from tests.sessions import session_of

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-10-20")]
FIRST = datetime.date(2026, 3, 2)
DAY = datetime.timedelta(days=1)

# All in days from FIRST.
DAYS = st.integers(0, 420)
SPANS = st.tuples(DAYS, st.integers(0, 90))
# From the first to the day before the second, and so on.
EDGES = st.lists(DAYS, max_size=7, unique=True).map(sorted)
AGREEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "starts": st.integers(-60, 300),
            "days": st.integers(1, 500),
            "ended": st.none() | st.integers(0, 400),
            "signed_off": st.none() | DAYS,
            "school": EDGES,
            "assessed": st.lists(st.tuples(DAYS, st.sampled_from([*Level, None])), max_size=3),
            "paused": st.none() | st.tuples(DAYS, st.integers(0, 180)),
        }
    ),
    min_size=1,
    max_size=4,
)
LOCAL = st.none() | st.sampled_from(
    [
        {"timing": "middle"},
        {"timing": "after_start", "weeks": 3},
        {"timing": "before_end", "weeks": 2},
        {"timing": "every", "weeks": 4, "grace_days": 0},
        {"timing": "every", "weeks": 6, "grace_days": 30, "shortest_days": 14},
    ]
)
EXAMPLES = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def rolled_back():
    @contextmanager
    def within():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return within


def made(agreements, local):
    """A company with these students, all of one school; somebody who works there."""
    employee, school, education = MembershipFactory(company_staff=True), SchoolFactory(), EducationFactory()
    if local:
        LocalAgreementFactory(school=school, company=employee.company, valid_from=FIRST - 90 * DAY, **local)
    for each in agreements:
        starts_on = FIRST + each["starts"] * DAY
        ends_on = starts_on + each["days"] * DAY
        signed_off_on = FIRST + each["signed_off"] * DAY if each["signed_off"] is not None else None
        student = StudentFactory(school=school, education=education)
        ended = starts_on + each["ended"] * DAY if each["ended"] is not None else None
        agreement = AgreementFactory(
            student=student,
            company=employee.company,
            starts_on=starts_on,
            ends_on=ends_on,
            ended_early_on=ended if ended and ended < ends_on else None,
        )
        for first, last in zip(each["school"][::2], each["school"][1::2], strict=False):
            ends = FIRST + min(last - 1, first + 369) * DAY
            SchoolPeriodFactory(student=student, starts_on=FIRST + first * DAY, ends_on=ends)
        for on, level in sorted(each["assessed"], key=lambda made: made[0]):
            at = timezone.make_aware(datetime.datetime.combine(FIRST + on * DAY, datetime.time(12)))
            if at.date() >= starts_on:
                # Also long before today, when the company has the agreement no longer in view.
                RiskAssessment.objects.create(agreement=agreement, level=level, recorded_by=employee, recorded_at=at)
        if each["paused"]:
            set_on = FIRST + each["paused"][0] * DAY
            AssessmentPauseFactory(agreement=agreement, set_on=set_on, until=set_on + each["paused"][1] * DAY)
        # Last: who is signed off is assessed no more.
        if signed_off_on:
            student.signed_off_on = signed_off_on
            student.save()
    return employee


def at_school(student, starts_on, ends_on):
    """Unless the student is at school then already."""
    if not SchoolPeriod.objects.filter(student=student, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        SchoolPeriodFactory(student=Student.objects.get(pk=student), starts_on=starts_on, ends_on=ends_on)


@EXAMPLES
@given(agreements=AGREEMENTS, local=LOCAL, clocks=st.lists(DAYS, min_size=1, max_size=5))
def test_each_is_in_one_state_and_the_table_is_what_it_is_derived_of(rolled_back, agreements, local, clocks):
    with rolled_back():
        made(agreements, local)
        assert {
            table.model: count for table, count in differences(timezone.localdate(), progress=iter).items() if count
        } == {}
        rows = list(DueAssessment.objects.all())
        for today in (FIRST + clock * DAY for clock in clocks):
            by_condition = {
                state: set(DueAssessment.objects.in_states(state, on=today).values_list("pk", flat=True))
                for state in DueState
            }
            assert sum(map(len, by_condition.values())) == len(rows)
            for row in rows:
                assert row.pk in by_condition[row.state_on(today)]
            # Of an agreement one at most is due, and it is the first that is open.
            due = [row for row in rows if row.state_on(today) in {DueState.DUE, DueState.LATE}]
            for row in due:
                opened = DueAssessment.objects.filter(agreement=row.agreement_id).open(today).order_by("due_on")
                assert opened.first() == row


@EXAMPLES
@given(agreements=AGREEMENTS, local=LOCAL, clock=DAYS)
def test_every_number_is_that_of_the_list_to_which_it_leads(rolled_back, frozen_clock, agreements, local, clock):
    today = FIRST + clock * DAY
    frozen_clock.move_to(datetime.datetime.combine(today, datetime.time(11), tzinfo=datetime.UTC))
    with rolled_back():
        employee = made(agreements, local)
        client = session_of(employee)
        address = reverse("companies:assessment_list")
        counts = due_counts(employee)
        shown = dict(re.findall(r"\?vis=(\w+)\">(\d+)", client.get(reverse("front_page")).text))
        for tab in DueTab:
            number = counts[tab.name.lower()]
            page = client.get(f"{address}?vis={tab}")
            assert len(names(page)) == page.context["hits"] == number
            if tabs(page):
                assert f"{tab.label} ({number})" in [words for _address, words in tabs(page)]
            if tab != DueTab.SOON:
                assert int(shown.get(tab, 0)) == number
        due = DueAssessment.objects.visible_to(employee).in_states(DueState.DUE, DueState.LATE, on=today)
        listed = {line.agreement_id for line in client.get(f"{address}?vis=nu").context["page"]}
        assert {row.agreement_id for row in due.filter(signed_off_on=None)} == listed


@EXAMPLES
@given(
    agreements=AGREEMENTS,
    local=LOCAL,
    happens=st.tuples(
        st.lists(DAYS, min_size=1, max_size=12).map(sorted),
        st.lists(st.tuples(st.integers(0, 11), SPANS), max_size=3),
    ),
)
def test_nothing_is_reminded_of_twice(rolled_back, frozen_clock, agreements, local, happens):
    """Also where school periods come in between, and the job runs twice in a day."""
    runs, moved = happens
    with rolled_back():
        made(agreements, local)
        students = list(DueAssessment.objects.order_by("pk").values_list("student", flat=True))
        for number, run in enumerate(runs):
            for first, last in (span for place, span in moved if place == number and students):
                at_school(students[0], FIRST + first * DAY, FIRST + (first + last) * DAY)
            now = datetime.datetime.combine(FIRST + run * DAY, datetime.time(7), tzinfo=datetime.UTC)
            frozen_clock.move_to(now)
            before = OutgoingMail.objects.count()
            new = SentReminder.objects.count()
            remind(now)
            # A mail where something new is told, and else none.
            assert (OutgoingMail.objects.count() > before) == (SentReminder.objects.count() > new)
            after = OutgoingMail.objects.count()
            remind(now)
            assert OutgoingMail.objects.count() == after
        told = Counter(SentReminder.objects.values_list("agreement", "kind", "due_on"))
        assert set(told.values()) <= {1}
        # Of the same agreement and kind only of a day two weeks after the last reminder, or later.
        for agreement, kind in {(agreement, kind) for agreement, kind, _due_on in told}:
            own = list(SentReminder.objects.filter(agreement=agreement, kind=kind).order_by("sent_at", "id"))
            for earlier, later in itertools.pairwise(own):
                assert later.due_on - timezone.localdate(earlier.sent_at) >= 14 * DAY
