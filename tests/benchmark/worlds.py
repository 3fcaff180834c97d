"""Worlds of several sizes, each with a PostgreSQL of its own; made once and kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.database.embedded.server import connection_parameters
from laereplads.people.models import Agreement, Student
from tests.large_world.__main__ import Command as MakeWorld
from tests.large_world.world import COMPANY_STAFF, SCHOOL_STAFF, mentor_of, school_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "laereplads"
PASSWORD = "kun til denne måling"  # of made-up people on this machine
STUDENT = "elev1@maaling.example"
# Mentors by the size of their schools: one size is there in each world, the others in the largest.
SCHOOLS = {"mentor": 5_000, "mentor of few": 200, "mentor of many": 20_000}
# At the largest school.
COLLEAGUE = "skole1.2@maaling.example"
COMPANIES_THAT_SAVE = 32
SAVERS = [f"virksomhed{company}.1@maaling.example" for company in range(1, COMPANIES_THAT_SAVE + 1)]
VACUUMED = (
    "schools_studentlistentry, people_student, people_agreement, risk_currentrisk, risk_agreementlistentry,"
    " risk_dueassessment,"
    " absence_periodlistentry, absence_schoolperiod, absence_absenceday, absence_absencestanding"
)


def people(students: int) -> dict[str, str]:
    """The addresses of those whom the measuring logs in as, in a world of so many students."""
    sizes = school_sizes(students)
    mentors = {who: mentor_of(size, students) for who, size in SCHOOLS.items() if size in sizes}
    return {"mentor": SCHOOL_STAFF, **mentors, "company": COMPANY_STAFF, "student": STUDENT}


@dataclass(frozen=True)
class World:
    """So many students, and how libpq reaches them. `profile` is the page of a student in the mentor's school."""

    students: int
    parameters: dict[str, str]
    profile: str = ""

    def address(self, user: str) -> str:
        return make_conninfo(**{**self.parameters, "dbname": DATABASE, "user": user})


def opened(students: int, folder: Path) -> World:
    """The world in `folder`, made if it is not there yet; all who are needed can log in."""
    world = World(students, connection_parameters(folder / "postgres", DATABASE))
    with used(world):
        call_command("migrate", interactive=False, verbosity=0)
        if not Student.objects.exists():
            call_command(MakeWorld(), students=students)
        with connection.cursor() as cursor:
            cursor.execute(f"vacuum (analyze) {VACUUMED}")
        return World(students, world.parameters, profile=str(let_in(people(students))))


def let_in(emails: dict[str, str]) -> object:
    """Give all who are needed the password; returns the public id of the student among them."""
    mentor = Membership.objects.get(user__email=emails["mentor"])
    # Who sees both views of the school's front page.
    Membership.objects.filter(pk=mentor.pk).update(is_leader=True)
    student = Student.objects.filter(school=mentor.school_id, status="main_programme").order_by("id")[0]
    user, is_new = User.objects.get_or_create(email=STUDENT, defaults={"name": student.name})
    if is_new:
        Membership.objects.create(user=user, role=Role.STUDENT, student=student, starts_on=timezone.localdate())
    # The same for all: hashing one for each would take longer than the measuring.
    User.objects.filter(email__in=[*emails.values(), COLLEAGUE, *SAVERS]).update(password=make_password(PASSWORD))
    return student.public_id


@contextmanager
def used(world: World) -> Iterator[None]:
    """Let this process work in the database of `world`."""
    names = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    parts = conninfo_to_dict(world.address("postgres"))
    engine = {"ENGINE": "laereplads.database.engine"}
    before = dict(connections.settings["default"])
    use(engine | {names[part]: str(value) for part, value in parts.items() if part in names and value})
    try:
        yield
    finally:
        use(before)


def use(settings: dict[str, str]) -> None:
    connections["default"].close()
    connections.settings["default"] |= settings
    del connections["default"]


@dataclass(frozen=True)
class Form:
    """An agreement to assess, and its latest assessment as its window would say."""

    agreement: str
    seen: int


def forms(world: World, *, savers: int, each: int, of_one_school: bool) -> list[list[Form]]:
    """For each of the savers, who are of as many companies, some agreements that nobody else has."""
    found = []
    with used(world):
        largest = Membership.objects.get(user__email=SCHOOL_STAFF).school_id
        for email in SAVERS[:savers]:
            membership = Membership.objects.get(user__email=email)
            own = Agreement.objects.visible_to(membership).on_sosu_educations().begun()
            if of_one_school:
                own = own.filter(student__school=largest)
            # Their public ids are random, and so are the schools of those that come first.
            chosen = own.order_by("public_id").prefetch_related("assessments")[:each]
            found.append(
                [
                    Form(str(agreement.public_id), max((one.pk for one in agreement.assessments.all()), default=0))
                    for agreement in chosen
                ]
            )
    return found
