"""What the overview's pages cost the database in the world that is there."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.demo.large_world import SCHOOL_STAFF
from laereplads.demo.plans import STATES, states

SOME_WEEKS_AGO = datetime.timedelta(days=40)


class Command(BaseCommand):
    help = "Viser, hvad elevoversigtens sider koster databasen på den største skole i en verden fra make_world."

    def handle(self, *_args: Any, **_options: Any) -> None:
        membership = Membership.objects.filter(user__email=SCHOOL_STAFF).first()
        if membership is None:
            raise CommandError("Lav en verden først: manage.py make_world")
        day = (timezone.localdate() - SOME_WEEKS_AGO).isoformat()
        self.stdout.write(f"{'':42} {'side':8} {'elever':>7}   antal: sider, ms   rækker: sider, ms")
        for query in STATES:
            with transaction.atomic(), membership.at_the_wall():
                for state in states(membership, query, day):
                    costs = "   ".join(f"{plan.buffers:6} {plan.milliseconds:8.2f}   " for plan in state.plans)
                    side = {"": "første", "sidste": "sidste"}.get(state.side, "anden")
                    self.stdout.write(
                        f"{state.query:42} {side:8} {'mange' if state.hits is None else state.hits:>7} {costs}".rstrip()
                    )
