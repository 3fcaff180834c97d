"""The crash test: the portal under load while its workers and its database are killed, and what is left afterwards."""

from __future__ import annotations

import contextlib
import random
import statistics
import threading
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict

from tests.program import run, set_up

set_up("tests.crash_test")

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.database.embedded.throwaway import throwaway_server
from laereplads.demo import world
from laereplads.people.models import Agreement
from tests.crash_test.employees import Account, Employee
from tests.crash_test.faults import Faults
from tests.crash_test.verify import verify
from tests.production import Portal, environment, portal_in_production

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "laereplads"
PASSWORD = "kun til denne prøve"  # of made-up people in a database that is thrown away
MOST_SECONDS_UNTIL_SAID, MOST_SECONDS_UNTIL_BACK = 2.0, 5.0
SHOWN = 10
PATIENCE = 120


class Command(BaseCommand):
    help = "Dræber arbejdsprocesser og database, mens brugere gemmer, og tæller efter. Bruger en database for sig."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=60, help="Hvor længe det varer (60).")
        parser.add_argument("--clients", type=int, default=8, help="Hvor mange der bruger portalen imens (8).")
        parser.add_argument("--workers", type=int, default=4, help="Hvor mange arbejdsprocesser den har (4).")
        parser.add_argument("--students", type=int, default=200, help="Hvor mange elever verden får (200).")
        parser.add_argument("--any-time", action="store_true", help="Bedøm ikke tiderne: til en maskine med travlt.")
        parser.add_argument("--seed", type=int, default=1, help="Bestemmer, hvad der sker hvornår (1).")

    def handle(self, *args: Any, **options: Any) -> None:
        with TemporaryDirectory() as place, throwaway_server(Path(place) / "postgres") as server:
            server.create_database(DATABASE)
            use(server.address(DATABASE))
            self.say("Laver en verden i en database for sig …")
            call_command("migrate", interactive=False, verbosity=0)
            world.make(options["students"], say=lambda _words: None)
            variables = environment(server.address(DATABASE, user="laereplads_web"))
            log = Path(place) / "log"
            with portal_in_production(variables, workers=options["workers"], log=log) as portal:
                chance = random.Random(options["seed"])
                people = employees(options["clients"], portal)
                account, faults = Account(), Faults(portal, server, chance)
                since = timezone.now()
                self.say(f"Prøver i {options['seconds']} sekunder …")
                run_crash_test(people, account, faults, options["seconds"], options["seed"])
            connections.close_all()
            found = verify(account.assessed, account.rejected, since)
            connections.close_all()
        self.report(account, faults, found)
        wrong = [*account.refused, *(thing for things in found.values() for thing in things)]
        if not (account.assessed and faults.counts):
            wrong.append("Intet blev gemt, eller intet blev dræbt: prøven viser ingenting.")
        if not options["any_time"]:
            wrong += too_slow(faults)
        if wrong:
            raise CommandError("\n".join(["Portalen bestod ikke:", *wrong[:SHOWN]]))
        self.say("Intet er tabt, halvt gemt eller dobbelt.")

    def report(self, account: Account, faults: Faults, found: dict[str, list[str]]) -> None:
        rows: list[tuple[str, str]] = [(words, str(count)) for words, count in sorted(faults.counts.items())]
        rows += [(f"svar {status}", str(count)) for status, count in sorted(account.statuses.items())]
        saved = sum(map(len, account.assessed.values()))
        rows += [
            ("formularer sendt igen", str(account.sent_again)),
            ("vurderinger bekræftet", str(saved)),
            ("afslag bekræftet", str(len(account.rejected))),
            ("sekunder for et svar, median og højst", spread(account.seconds)),
            ("sekunder til 503, median og højst", spread(faults.until_said)),
            ("sekunder til portalen er tilbage, median og højst", spread(faults.until_back)),
            *((kind, str(len(things))) for kind, things in found.items()),
            ("andre svar end ventet", str(len(account.refused))),
        ]
        width = max(len(words) for words, _value in rows)
        for words, value in rows:
            self.say(f"  {words:{width}}  {value}")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def too_slow(faults: Faults) -> Iterator[str]:
    if max(faults.until_said, default=0) > MOST_SECONDS_UNTIL_SAID:
        yield "Der gik for længe, før portalen svarede 503."
    if max(faults.until_back, default=0) > MOST_SECONDS_UNTIL_BACK:
        yield "Der gik for længe, før portalen var tilbage."


def use(address: str) -> None:
    """Let this process work in the database at `address`, and in no other."""
    names = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    parts = {names[part]: str(value) for part, value in conninfo_to_dict(address).items() if part in names and value}
    connections.close_all()
    connections.settings["default"] |= {"ENGINE": "laereplads.database.engine", **parts}
    del connections["default"]


def employees(count: int, portal: Portal) -> list[Employee]:
    """Employees of companies with students to assess, each with agreements that nobody else touches."""
    # The same for all: hashing one for each would take longer than the crash test.
    User.objects.update(password=make_password(PASSWORD))
    held = Counter(Membership.objects.active().values_list("user", flat=True))
    staff = [
        membership
        for membership in Membership.objects.active()
        # Who is limited to a workplace has fewer agreements than their colleagues.
        .filter(role=Role.COMPANY_STAFF, workplace=None)
        .select_related("user")
        .order_by("id")
        # Whoever has several roles is asked first which one it is to be.
        if held[membership.user_id] == 1
    ]
    people: list[Employee] = []
    for company in dict.fromkeys(membership.company_id for membership in staff):
        own = [membership for membership in staff if membership.company_id == company]
        agreements = Agreement.objects.visible_to(own[0]).begun().on_sosu_educations().order_by("number")
        ids = [str(public_id) for public_id in agreements.values_list("public_id", flat=True)]
        for number, membership in enumerate(own):
            if mine := ids[number :: len(own)]:
                people.append(Employee(len(people), membership.user.email or "", PASSWORD, mine, portal))
    return people[:count]


def run_crash_test(people: list[Employee], account: Account, faults: Faults, seconds: int, seed: int) -> None:
    """All at once; when the time is up the faults end first, so that everybody gets an answer to what was begun."""
    over, calm = threading.Event(), threading.Event()
    logged_in = threading.Barrier(len(people) + 1)
    storm = threading.Thread(target=faults.happen, args=[over])
    at_work = [
        threading.Thread(target=person.live, args=[account, logged_in, calm, seed + person.number], daemon=True)
        for person in people
    ]
    for thread in at_work:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):
        logged_in.wait(PATIENCE)
    storm.start()
    over.wait(seconds)
    over.set()
    storm.join()
    calm.set()
    for thread in at_work:
        thread.join(PATIENCE)
    account.refused += ["Nogen fik aldrig svar." for thread in at_work if thread.is_alive()]


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}  {max(values):.2f}" if values else "–"


if __name__ == "__main__":
    run(Command(), "tests.crash_test")
