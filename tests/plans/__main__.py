"""What the pages of lists cost the database in the world that is there."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from tests.program import run, set_up

set_up("tests.plans")

from laereplads.access.models import Membership
from tests.large_world.world import COMPANY_STAFF, staff_of_school
from tests.plans.states import COMPANY_STATES, SOME_WEEKS_AGO, STATES, State, of_one_student, states, states_of_company


class Command(BaseCommand):
    help = "Viser, hvad elevoversigten og virksomhedens liste koster databasen i en verden fra tests.large_world."

    def add_arguments(self, parser: ArgumentParser) -> None:
        sizes = "1 er den største, 2 har 5.000 elever, 4 har 200, når verden er stor nok"
        parser.add_argument("--school", type=int, default=1, help=f"Hvilken skole (1): {sizes}.")

    def handle(self, *_args: Any, **options: Any) -> None:
        mentor, employee = (
            Membership.objects.filter(user__email=email).first()
            for email in (staff_of_school(options["school"]), COMPANY_STAFF)
        )
        if mentor is None or employee is None:
            raise CommandError("Lav en verden først: python -m tests.large_world")
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


if __name__ == "__main__":
    run(Command(), "tests.plans")
