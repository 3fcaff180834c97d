"""Whatever is assessed, removed and signed off, and whichever day it is: numbers of the front page are lists."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from schools.models import OverviewVisit
from tests.factories import MembershipFactory
from tests.risk.test_due_hypothesis import AGREEMENTS, DAYS, EXAMPLES, FIRST, LOCAL, made, rolled_back
from tests.schools.test_front_page import numbers
from tests.sessions import session_of

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-10-20")]
__all__ = ["rolled_back"]


@EXAMPLES
@given(agreements=AGREEMENTS, local=LOCAL, clock=st.tuples(DAYS, st.integers(1, 60)))
def test_every_number_is_that_of_the_list_to_which_it_leads(rolled_back, frozen_clock, agreements, local, clock):
    today, back = clock
    day = FIRST + datetime.timedelta(days=today)
    frozen_clock.move_to(datetime.datetime.combine(day, datetime.time(11), tzinfo=datetime.UTC))
    with rolled_back():
        employee = made(agreements, local)
        mentor = MembershipFactory(
            school_staff=True, is_leader=True, school=employee.company.agreements.first().student.school
        )
        OverviewVisit.objects.create(membership=mentor, latest_on=timezone.localdate() - datetime.timedelta(days=back))
        client = session_of(mentor)
        for query in ("", "?vis=elever"):
            for number, address in numbers(client.get(reverse("front_page") + query).text):
                page = client.get(reverse("schools:student_list") + address)
                assert page.context["page"].count == number, address
