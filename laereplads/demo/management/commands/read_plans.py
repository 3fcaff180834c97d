"""What the pages of lists cost the database in the world that is there."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.demo.large_world import COMPANY_STAFF, SCHOOL_STAFF
from laereplads.demo.plans import COMPANY_STATES, STATES, State, of_one_student, states, states_of_company

SOME_WEEKS_AGO = datetime.timedelta(days=40)


class Command(BaseCommand):
    help = "Viser, hvad elevoversigten og virksomhedens liste koster databasen i en verden fra make_world."

    def handle(self, *_args: Any, **_options: Any) -> None:
        mentor, employee = (
            Membership.objects.filter(user__email=email).first() for email in (SCHOOL_STAFF, COMPANY_STAFF)
        )
        if mentor is None or employee is None:
            raise CommandError("Lav en verden først: manage.py make_world")
        day = (timezone.localdate() - SOME_WEEKS_AGO).isoformat()
        self.stdout.write(f"{'':42} {'side':8} {'fundet':>7}   antal: sider, ms   rækker: sider, ms")
        for query in STATES:
            with transaction.atomic(), mentor.with_row_policies():
                self.show(states(mentor, query, day))
        self.stdout.write("Virksomhedens liste:")
        for query in COMPANY_STATES:
            with transaction.atomic(), employee.with_row_policies():
                self.show(states_of_company(employee, query))
        self.stdout.write("En elev ad gangen: sider, ms for hver sætning")
        with transaction.atomic():
            for name, plans in of_one_student(mentor, employee):
                costs = ", ".join(f"{plan.buffers} {plan.milliseconds:.2f}" for plan in plans)
                self.stdout.write(f"{name:42} {costs}")

    def show(self, looked_at: Iterable[State]) -> None:
        for state in looked_at:
            costs = "   ".join(f"{plan.buffers:6} {plan.milliseconds:8.2f}   " for plan in state.plans)
            self.stdout.write(f"{state.query:42} {state.side:8} {state.hits:7} {costs}".rstrip())
