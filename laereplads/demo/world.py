"""Makes the world: organisations, employees, students through a real roster, and what has happened until today."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable

from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from tqdm import tqdm

from laereplads.access.models import Membership
from laereplads.access.personas import Post
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.database.identity import in_the_name_of
from laereplads.demo import history, lives, local_agreements, users
from laereplads.demo.absence import AbsenceOfTheWorld
from laereplads.demo.names import address
from laereplads.demo.organisations import COMPANIES, SCHOOLS
from laereplads.demo.personas import PERSONAS
from laereplads.demo.study_administration import StudyAdministration
from laereplads.imports.roster.apply import import_roster
from laereplads.imports.roster.sample import SAMPLE_FILE, create_organisations
from laereplads.people.models import Company, Region, School, Student, Workplace

STUDENTS = 300
SEED = 115
FOLLOWED = 24
LEFT_TO_IMPORT = 2
STUDENTS_PER_REJECTION = 5
EMPLOYED_SINCE = datetime.timedelta(days=1000)


def exists() -> bool:
    """The world is made in one transaction: when one persona is there, all of it is."""
    return User.objects.filter(email=PERSONAS[0].email).exists()


def size() -> int:
    return Student.objects.count()


def stranger() -> str:
    """Why the database must be left alone: it holds something that no demo put there. Empty when it does not."""
    tables = connection.introspection.table_names()
    is_ours = "django_migrations" in tables and (
        User._meta.db_table not in tables or not User.objects.exists() or exists()
    )
    if not tables or is_ours:
        return ""
    return (
        "Databasen rummer andet end prøveverdenen, så den bliver ikke rørt. Lad DATABASE_URL pege på en tom database."
    )


def is_of_another_version() -> bool:
    """Whether the database has migrations that this code does not know."""
    loader = MigrationLoader(connection)
    return any(migration not in loader.disk_migrations for migration in loader.applied_migrations)


def remove() -> None:
    """Empty the database; audit events cannot be deleted, only dropped with their table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")


@transaction.atomic
def make(students: int, *, say: Callable[[str], None]) -> None:
    """All or nothing: a world that was stopped half-way is made anew at the next start."""
    chance = random.Random(SEED)  # noqa: S311  # made-up people need no secrecy
    today = timezone.localdate()
    say("Opretter skoler og virksomheder …")
    # The change log dates what is made up on the days it is about: the schools joined before the first assessment.
    joined = timezone.now() - history.LONGEST_AGO
    with in_the_name_of(None, at=joined):
        make_organisations()
    say(f"Indlæser {students} elever …")
    import_roster(sample_of_before(), by=None, at=joined, progress=shown)
    import_roster(lives.reported(today), by=None, at=joined, progress=shown)
    # One more comes when somebody moves.
    missing = max(0, students - size() - 1)
    counts = [missing * school.share // 100 for school in SCHOOLS]
    counts[-1] += missing - sum(counts)
    for school, count in zip(SCHOOLS, counts, strict=True):
        file = StudyAdministration(school, today, chance).roster(count)
        import_roster(file.encode(), by=None, at=joined, progress=shown)
    with in_the_name_of(None, at=joined):
        make_employees(today)
    say("Lader virksomhederne vurdere frafaldsrisiko i to år …")
    history.assess(chance, shown)
    lives.go_on()
    say("Lader skolerne registrere fravær i et år …")
    AbsenceOfTheWorld(shown).make(joined)
    local_agreements.make()
    say("Lader dem give ansøgere afslag i et år …")
    history.reject(students // STUDENTS_PER_REJECTION, chance, shown)
    mentor = Membership.objects.get(user__email="mette.oestergaard@sosu-fjordby.example")
    history.follow(mentor, FOLLOWED, chance)
    for email in ("mette.oestergaard@sosu-fjordby.example", "fatima.hassan@sosu-bakkedal.example"):
        employee = Membership.objects.get(user__email=email)
        history.group(employee, chance)
        history.save_filters(employee)
    say("Giver dem login og invitationer …")
    users.make(today, chance)
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def sample_of_before() -> bytes:
    """The sample roster without its last students: they are new to who imports it, as the administrator is told to."""
    lines = SAMPLE_FILE.read_bytes().splitlines(keepends=True)
    return b"".join(lines[:-LEFT_TO_IMPORT])


def make_organisations() -> None:
    """Those of the sample roster, and more."""
    create_organisations()
    lives.make_organisation()
    for school in SCHOOLS:
        School.objects.get_or_create(
            institution_number=school.institution_number,
            defaults={
                "name": school.name,
                "cvr": school.cvr,
                "p_number": school.p_number,
                "email": f"kontakt@{school.domain}",
                "phone": "00 00 00 00",
            },
        )
    regions = {region.code: region for region in Region.objects.all()}
    for made_up in COMPANIES:
        company, _created = Company.objects.update_or_create(
            cvr=made_up.cvr,
            defaults={"name": made_up.name, "kind": made_up.kind, "region": regions[made_up.region]},
        )
        for place in made_up.workplaces:
            Workplace.objects.get_or_create(
                p_number=place.p_number,
                defaults={
                    "company": company,
                    "name": place.name,
                    "street": place.street,
                    "postal_code": made_up.postal_code,
                    "town": made_up.town,
                    "email": f"sted{place.p_number[-3:]}@{made_up.domain}",
                    "phone": f"00 00 {place.p_number[-4:-2]} {place.p_number[-2:]}",
                },
            )


def make_employees(today: datetime.date) -> None:
    """The personas, and colleagues of theirs. None has a password: personas log in with a button, in the demo only."""
    since = today - EMPLOYED_SINCE
    for persona in PERSONAS:
        user = User.objects.create_user(persona.email, persona.name)
        for post in persona.posts:
            ends_on = today - datetime.timedelta(days=1) if post.has_ended else None
            workplace = Workplace.objects.get(p_number=post.workplace) if post.workplace else None
            Membership.objects.create(
                user=user,
                role=post.role,
                starts_on=since,
                ends_on=ends_on,
                is_user_administrator=post.is_user_administrator,
                is_absence_officer=post.is_absence_officer,
                is_leader=post.is_leader,
                workplace=workplace,
                **party_of(post),
            )
        if persona.app_secret:
            TOTP.activate(user, persona.app_secret)
    for company in COMPANIES:
        for name in company.staff:
            user = User.objects.create_user(address(name, company.domain), name)
            Membership.objects.create(
                user=user, starts_on=since, **party_of(Post(Role.COMPANY_STAFF, company.cvr)), role=Role.COMPANY_STAFF
            )


def party_of(post: Post) -> dict[str, Company | School | Student]:
    match post.role:
        case Role.COMPANY_STAFF:
            return {"company": Company.objects.get(cvr=post.party)}
        case Role.SCHOOL_STAFF:
            return {"school": School.objects.get(institution_number=post.party)}
        case Role.STUDENT:
            return {
                "student": Student.objects.get(
                    student_number=post.party, school__institution_number=SCHOOLS[0].institution_number
                )
            }
        case _:
            return {}


def shown[Item](label: str, items: Iterable[Item], *, total: int | None = None) -> Iterable[Item]:
    """Hands out the items while a bar moves in the terminal, and leaves no trace of it."""
    return tqdm(items, total=total, desc=label, leave=False, ascii=False, disable=None)
