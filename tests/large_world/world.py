"""A world of any size for measuring: made-up people, skewed like the real thing, the same for the same seed.

Rows go in with COPY, past the triggers; what these would have derived is derived at the end, for all at once. No events
are made up: the log would tell of acts that nobody did.
"""

from __future__ import annotations

import datetime
import itertools
import random
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.database import derived_tables
from laereplads.demo.names import GIVEN_NAMES, full_name
from laereplads.people.models import Company, CompanyKind, Education, School, Workplace
from laereplads.people.models.organisations import CVR_WEIGHTS
from rejections.models import RejectionReason
from schools.purposes import STUDENT_OVERVIEW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from laereplads.database.derived_tables import DerivedTable
    from laereplads.imports.files.progress import Progress

BATCH = 10_000
# Schools of these sizes, where they are at most half of the world: the largest is three times Denmark's.
MEASURED_SCHOOLS = (20_000, 5_000, 1_000, 200)
# The others: fourteen for each such number of students, in percent of it, from the largest.
SCHOOL_SHARES = (17, 13, 11, 9, 8, 7, 7, 6, 5, 5, 4, 4, 2, 2)
FOURTEEN_SCHOOLS = 70_000
# For each such number of students as many companies as Denmark has: a larger country has more of them, not larger ones.
DENMARK = 25_000
COMPANIES, WORKPLACES = 160, 2_000
# The largest of them has nine in a hundred; the others get ever fewer.
COMPANY_SHARES = (9.0, *(91 * 0.975**place / sum(0.975**each for each in range(159)) for place in range(159)))
STAFF_OF_SCHOOL, STAFF_OF_COMPANY = 5, 4
FOLLOWED = 40
STUDENTS_PER_REJECTION = 8
READINGS_PER_STUDENT, STUDENTS_OF_A_READING = 2, 25
# In percent: where students are, and how many have had an agreement before the one that runs.
PLACES = {"basic": 10, "seeking": 4, "running": 82, "completed": 2, "dropped_out": 2}
EARLIER_AGREEMENT, NOT_SOSU = 20, 3
ASSESSMENTS_OF_AN_AGREEMENT = 5
LEVELS = {"low": 35, "medium": 10, "high": 5, None: 50}
STUDENT_TYPES = {"eud": 30, "euv1": 20, "euv2": 30, "euv3": 15, "eux": 5}
VISIBILITIES = {"none": 80, "hidden": 8, "visible": 12}
AGREEMENT_TYPES = {"ordinary": 86, "new_apprenticeship": 4, "short": 4, "combination": 3, "remainder": 3}
# In percent: those whose surname is put together of these.
RARE_NAMED = 8
SYLLABLES = (
    *("be", "bjer", "bo", "bru", "da", "dal", "els", "fal", "gam", "gro", "ha", "hes", "hol", "in", "jes", "ka", "klo"),
    *("kor", "lan", "lem", "lin", "mel", "nor", "ost", "pil", "ras", "ri", "ska", "sto", "tav"),
)
NULL = "\\N"
# Where the largest school's first employee and the largest company's are found, by those who measure.
SCHOOL_STAFF, COMPANY_STAFF = "skole1.1@maaling.example", "virksomhed1.1@maaling.example"

STUDENT_COLUMNS = (
    "id, public_id, school_id, student_number, name, birth_date, email, phone, education_id, student_type, status, "
    "basic_programme, relation, visibility, expected_completion_on, signed_off_on, "
    "is_protected, residence_municipality, uniid"
)
AGREEMENT_COLUMNS = (
    "id, public_id, number, student_id, company_id, workplace_id, school_id, education_id, type, starts_on, ends_on"
)
ASSESSMENT_COLUMNS = "id, agreement_id, level, recorded_at, recorded_by_id"
READING_COLUMNS = "at, membership_id, company_id, school_id, purpose, students"
REJECTION_COLUMNS = (
    "public_id, form_token, company_id, education_id, primary_reason_id, given_on, registered_at, registered_by_id"
)
DERIVE = """
insert into {table} ({columns}) select {columns}
from derived.rows_of_{table}(array(select id from {source} where id between %(first)s and %(last)s))
where {matters}
"""
DELIVERY = """
insert into absence_absencedelivery (school_id, kind, imported_at, rows_new, rows_changed, rows_removed, sha256)
select id, 'days', now(), 0, 0, 0, '' from people_school
"""
# Of a hundred students 8 are at school, 72 were until now or in the last half year, 10 will be, and 10 have no stay.
PERIODS = """
insert into absence_schoolperiod (
    public_id, student_id, school_id, number, name, kind, class_code, starts_on, ends_on
)
select md5('period ' || id)::uuid, id, school_id, 'S' || id, 'Skoleperiode 1A', 'main', '', begins, begins + 32
from people_student
cross join lateral (select (hashint8(id) & 2147483647) %% 100 as place, hashint8(id + 1) & 2147483647 as chance) drawn
cross join lateral (
    select date_trunc('week', %(today)s::date)::date + 7 * case
        when place < 8 then -(chance %% 5) when place < 80 then -5 - chance %% 25 else 1 + chance %% 25
    end as begins
) stay
where place < 90
"""
# Each student is away on their own share of days, 0 to 22 in a hundred; of four such days one is unlawful.
DAYS = """
insert into absence_absenceday (period_id, day, scheduled, lawful, unlawful, delivery_id)
select period.id, day::date, 390, case when is_away and chance %% 4 > 0 then 390 else 0 end,
    case when is_away and chance %% 4 = 0 then 390 else 0 end, delivery.id
from absence_schoolperiod period join absence_absencedelivery delivery using (school_id)
cross join generate_series(starts_on, least(ends_on, %(today)s::date - 1), interval '1 day') day
cross join lateral (select hashint8(period.id * 10000 + extract(doy from day)::integer) & 2147483647 as chance) drawn
cross join lateral (select chance / 4 %% 100 < student_id %% 23 as is_away) share
where extract(isodow from day) < 6
"""
# One in two hundred was forgotten.
NOTICES = """
insert into absence_absencenotice (
    public_id, period_id, agreement_id, sequence, kind, due_on, made_at, through, is_incomplete, told_scheduled,
    told_lawful, told_unlawful, has_receiver
)
select md5('notice ' || id)::uuid, period_id, agreement_id, 1, 'final', due_on, due_on + time '16:00', last_day, false,
    scheduled, lawful, unlawful, true
from absence_periodlistentry
where agreement_id is not null and due_on < %(today)s and last_day is not null and period_id %% 200 > 0
"""
FILLED = (
    *("people_student", "people_agreement", "risk_riskassessment", "risk_currentrisk", "risk_agreementlistentry"),
    *("schools_studentlistentry", "schools_followedstudent", "rejections_rejection", "access_log_accesslogentry"),
    *("absence_absencedelivery", "absence_schoolperiod", "absence_absenceday", "absence_periodlistentry"),
    *("absence_absencestanding", "absence_absencenotice"),
)
# Their indexes are cheaper to build than to keep.
INDEXED_LAST = ("access_log_accesslogentry", "rejections_rejection")


class NotEmpty(Exception):
    """The database has students already."""


@dataclass
class Organisations:
    """Who the students are spread over: ids in the order of their shares."""

    schools: list[int]
    companies: list[int]
    workplaces: dict[int, list[int]]
    staff: dict[int, list[int]]
    school_staff: dict[int, list[int]]


@dataclass
class Rows:
    """Lines of COPY's text format, by table."""

    students: list[str] = field(default_factory=list)
    agreements: list[str] = field(default_factory=list)
    assessments: list[str] = field(default_factory=list)


def school_sizes(students: int) -> list[float]:
    """How many students each school of such a world has, give or take: those that are measured come first."""
    measured = [size for size in MEASURED_SCHOOLS if size <= students / 2]
    others = students - sum(measured)
    fourteens = max(1, round(others / FOURTEEN_SCHOOLS))
    return [*measured, *(share * others / 100 / fourteens for share in SCHOOL_SHARES * fourteens)]


def mentor_of(size: int, students: int) -> str:
    """The address of the first employee of the school with `size` students in a world of `students`."""
    return staff_of_school(school_sizes(students).index(size) + 1)


def staff_of_school(place: int) -> str:
    """The address of the first employee of the school at `place` in the list of sizes, counted from 1."""
    return f"skole{place}.1@maaling.example"


class LargeWorld:
    def __init__(self, students: int, seed: int, progress: Progress) -> None:
        self.count, self.progress = students, progress
        self.countries = max(1, round(students / DENMARK))
        self.school_sizes = school_sizes(students)
        self.company_shares = list(itertools.accumulate(COMPANY_SHARES * self.countries))
        self.chance = random.Random(seed)
        self.today = timezone.localdate()
        self.days = {offset: (self.today + datetime.timedelta(offset)).isoformat() for offset in range(-9_000, 1_500)}
        self.educations = dict(Education.objects.values_list("code", "id"))
        self.reasons = list(RejectionReason.objects.order_by("order").values_list("id", flat=True))
        self.agreement_ids, self.assessment_ids = itertools.count(1), itertools.count(1)

    def make(self) -> None:
        """All or nothing. Raises NotEmpty."""
        with transaction.atomic(), past_the_triggers():
            with connection.cursor() as cursor:
                cursor.execute("select exists (select from people_student)")
                if cursor.fetchone()[0]:
                    raise NotEmpty
            self.organisations = self.make_organisations()
            with without_indexes(INDEXED_LAST):
                for start in self.progress("Elever", range(1, self.count + 1, BATCH)):
                    self.copy_students(range(start, min(start + BATCH, self.count + 1)))
                self.copy("rejections_rejection", REJECTION_COLUMNS, self.rejections())
                self.copy("access_log_accesslogentry", READING_COLUMNS, self.readings())
                self.follow()
                self.deliver_absence()
                set_sequences()
                with connection.cursor() as cursor:
                    # A planner that knows nothing of the new rows takes the tables for empty.
                    cursor.execute("analyze people_student, people_agreement, risk_riskassessment")
                    cursor.execute("analyze absence_schoolperiod, absence_absenceday")
                for table in derived_tables.declared():
                    self.derive(table)
                with connection.cursor() as cursor:
                    cursor.execute(NOTICES, {"today": self.today})

    def derive(self, table: DerivedTable) -> None:
        names = table.names
        with without_indexes([names["table"]]), connection.cursor() as cursor:
            cursor.execute("select max(id) from {source}".format(**names))  # a model's table
            last = cursor.fetchone()[0] or 0
            for start in self.progress(names["table"], range(1, last + 1, BATCH)):
                values: dict[str, Any] = {"first": start, "last": start + BATCH - 1, "today": self.today}
                cursor.execute(DERIVE.format(**names), values)
            cursor.execute("analyze {table}".format(**names))

    def make_organisations(self) -> Organisations:
        if "pau" not in self.educations:
            other = Education.objects.create(code="pau", name="Pædagogisk assistent", is_sosu=False)
            self.educations["pau"] = other.pk
        schools = School.objects.bulk_create(
            School(name=f"SOSU {place}", institution_number=f"{290_000 + place}")
            for place in range(1, len(self.school_sizes) + 1)
        )
        companies = Company.objects.bulk_create(
            Company(name=f"Kommune {place}", cvr=cvr, kind=CompanyKind.MUNICIPALITY)
            for place, cvr in zip(range(1, COMPANIES * self.countries + 1), cvr_numbers(), strict=False)
        )
        workplaces = Workplace.objects.bulk_create(
            Workplace(
                company=companies[place % len(companies)],
                name=f"Plejecenter {place}",
                p_number=f"{1_200_000_000 + place}",
                street=f"Vejen {place}",
                postal_code="9990",
                town="Byen",
            )
            for place in range(WORKPLACES * self.countries)
        )
        of_company: dict[int, list[int]] = {company.pk: [] for company in companies}
        for workplace in workplaces:
            of_company[workplace.company_id].append(workplace.pk)
        staff = self.employ(companies, "company", "virksomhed", STAFF_OF_COMPANY)
        school_staff = self.employ(schools, "school", "skole", STAFF_OF_SCHOOL)
        return Organisations(
            [each.pk for each in schools], [each.pk for each in companies], of_company, staff, school_staff
        )

    def employ(self, parties: Sequence[School | Company], kind: str, word: str, number: int) -> dict[int, list[int]]:
        """Users without a password, `number` of them at each party."""
        role = Role.COMPANY_STAFF if kind == "company" else Role.SCHOOL_STAFF
        nobody = make_password(None)
        posts = [(party, place, each) for place, party in enumerate(parties, 1) for each in range(1, number + 1)]
        users = User.objects.bulk_create(
            User(email=f"{word}{place}.{each}@maaling.example", name=full_name(self.chance), password=nobody)
            for _party, place, each in posts
        )
        since = self.today - datetime.timedelta(days=2_000)
        memberships = Membership.objects.bulk_create(
            Membership(user=user, role=role, starts_on=since, **{kind: party})
            for user, (party, _place, _each) in zip(users, posts, strict=True)
        )
        found: dict[int, list[int]] = {party.pk: [] for party in parties}
        for membership, (party, _place, _each) in zip(memberships, posts, strict=True):
            found[party.pk].append(membership.pk)
        return found

    def copy_students(self, ids: range) -> None:
        chance, rows = self.chance, Rows()
        drawn: dict[str, list[Any]] = {
            "place": chance.choices(list(PLACES), list(PLACES.values()), k=len(ids)),
            "school": chance.choices(self.organisations.schools, self.school_sizes, k=len(ids)),
            "company": chance.choices(self.organisations.companies, cum_weights=self.company_shares, k=len(ids)),
            "type": chance.choices(list(STUDENT_TYPES), list(STUDENT_TYPES.values()), k=len(ids)),
            "visibility": chance.choices(list(VISIBILITIES), list(VISIBILITIES.values()), k=len(ids)),
        }
        for number, *of_student in zip(ids, *drawn.values(), strict=True):
            self.draw_student(rows, number, *of_student)
        self.copy("people_student", STUDENT_COLUMNS, rows.students)
        self.copy("people_agreement", AGREEMENT_COLUMNS, rows.agreements)
        self.copy("risk_riskassessment", ASSESSMENT_COLUMNS, rows.assessments)

    def draw_student(  # noqa: PLR0913, PLR0917  # what is drawn for all of a batch at once
        self, rows: Rows, number: int, place: str, school: int, company: int, student_type: str, visibility: str
    ) -> None:
        chance, days = self.chance, self.days
        education = self.educations["ssa" if chance.random() < 0.58 else "ssh"]
        if chance.randrange(100) < NOT_SOSU:
            education = self.educations["pau"]
        courses: dict[str, tuple[str, str, str, int | None]] = {
            "basic": ("basic_programme", "gf1" if chance.random() < 0.4 else "gf2", "basic_programme", None),
            "seeking": ("seeking", "none", "basic_programme", None),
            "running": ("main_programme", "none", "main_programme", chance.randint(1, 900)),
            "completed": ("completed", "none", "main_programme", -chance.randint(1, 60)),
            "dropped_out": ("dropped_out", "none", "main_programme", -chance.randint(1, 60)),
        }
        status, basic, relation, ends = courses[place]
        done = days[ends] if ends else NULL
        rows.students.append(
            f"{number}\t{self.uuid()}\t{school}\tM{number}\t{self.name()}\t{days[-chance.randint(6_000, 8_900)]}"
            f"\t\t\t{education}\t{student_type}\t{status}\t{basic}\t{relation}\t{visibility}\t{done}\t{NULL}"
            "\tf\t\t\n"
        )
        if ends is None:
            return
        starts = min(ends, 0) - chance.randint(30, 800)
        self.draw_agreement(rows, number, school, company, education, starts, ends)
        if chance.randrange(100) < EARLIER_AGREEMENT:
            earlier = starts - chance.randint(30, 400)
            self.draw_agreement(rows, number, school, company, education, earlier - 300, earlier)

    def draw_agreement(  # noqa: PLR0913, PLR0917  # the row's own columns
        self, rows: Rows, student: int, school: int, company: int, education: int, starts: int, ends: int
    ) -> None:
        chance, days, agreement = self.chance, self.days, next(self.agreement_ids)
        workplace = chance.choice(self.organisations.workplaces[company])
        kind = chance.choices(list(AGREEMENT_TYPES), list(AGREEMENT_TYPES.values()))[0]
        rows.agreements.append(
            f"{agreement}\t{self.uuid()}\tM{agreement}\t{student}\t{company}\t{workplace}\t{school}\t{education}\t{kind}"
            f"\t{days[starts]}\t{days[ends]}\n"
        )
        if education == self.educations["pau"]:
            return
        levels = chance.choices(list(LEVELS), list(LEVELS.values()), k=ASSESSMENTS_OF_AN_AGREEMENT)
        last = min(ends, -1)
        by = chance.choice(self.organisations.staff[company])
        for day, level in zip(sorted(chance.choices(range(starts, last + 1), k=len(levels))), levels, strict=True):
            rows.assessments.append(
                f"{next(self.assessment_ids)}\t{agreement}\t{level or NULL}\t{days[day]} 10:00:00+00\t{by}\n"
            )

    def rejections(self) -> Iterator[str]:
        reasons = self.reasons
        educations = [self.educations["ssa"], self.educations["ssh"]]
        for _ in range(self.count // STUDENTS_PER_REJECTION):
            company = self.chance.choices(self.organisations.companies, cum_weights=self.company_shares)[0]
            day = self.chance.randint(20, 1_000)
            registered = self.days[self.chance.randint(0, 15) - day]
            yield (
                f"{self.uuid()}\t{self.uuid()}\t{company}\t{self.chance.choice(educations)}"
                f"\t{self.chance.choices(reasons, range(len(reasons), 0, -1))[0]}\t{self.days[-day]}"
                f"\t{registered} 12:00:00+00\t{self.chance.choice(self.organisations.staff[company])}\n"
            )

    def readings(self) -> Iterator[str]:
        """Pages of the overview that employees of schools have looked at, in the order of time."""
        number = self.count * READINGS_PER_STUDENT // STUDENTS_OF_A_READING
        for place in range(number):
            school = self.chance.choices(self.organisations.schools, self.school_sizes)[0]
            by = self.chance.choice(self.organisations.school_staff[school])
            first = self.chance.randint(1, max(self.count - STUDENTS_OF_A_READING, 1))
            shown = ",".join(map(str, range(first, min(first + STUDENTS_OF_A_READING, self.count + 1))))
            day = self.days[-365 + 365 * place // number]
            yield f"{day} 09:00:00+00\t{by}\t{NULL}\t{school}\t{STUDENT_OVERVIEW}\t{{{shown}}}\n"

    def follow(self) -> None:
        """Each employee of a school has some students on their own list."""
        with connection.cursor() as cursor:
            for school, staff in self.organisations.school_staff.items():
                cursor.execute(
                    "insert into schools_followedstudent (membership_id, student_id) "
                    "select member, student.id from unnest(%s::bigint[]) member cross join lateral ("
                    "select id from people_student where school_id = %s and id > 77 * (member %% 50) limit %s) student",
                    [staff, school, FOLLOWED],
                )

    def deliver_absence(self) -> None:
        """School periods, and how much of them students were absent."""
        with connection.cursor() as cursor:
            cursor.execute(DELIVERY)
            cursor.execute(PERIODS, {"today": self.today})
            cursor.execute(DAYS, {"today": self.today})

    def name(self) -> str:
        """A common name; some surnames are borne by few, so that there are as many words as in a real school."""
        if self.chance.randrange(100) >= RARE_NAMED:
            return full_name(self.chance)
        surname = "".join(self.chance.choices(SYLLABLES, k=3))
        return f"{self.chance.choice(GIVEN_NAMES)} {surname.capitalize()}"

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def copy(self, table: str, columns: str, lines: Any) -> None:
        with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
            for some in itertools.batched(lines, 1_000, strict=False):
                copy.write("".join(some))


def cvr_numbers() -> Iterator[str]:
    """Numbers that pass the check, from 20,000,000 on."""
    for number in itertools.count(20_000_000):
        if not sum(int(digit) * weight for digit, weight in zip(str(number), CVR_WEIGHTS, strict=True)) % 11:
            yield str(number)


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """Keep triggers and foreign keys out of the way for a superuser, and our own triggers for an owner."""
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        is_super = cursor.fetchone()[0]
        if is_super:
            cursor.execute("set local session_replication_role = replica")
        else:
            for table in FILLED:
                cursor.execute(f"alter table {table} disable trigger user")
        yield
        if is_super:
            cursor.execute("set local session_replication_role = origin")
        else:
            for table in FILLED:
                cursor.execute(f"alter table {table} enable trigger user")


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Drop what no constraint needs, and build it again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index "
            "where indrelid = any(%s::regclass[]) "
            "and not exists (select from pg_constraint where conindid = indexrelid)",
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"drop index {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)


def set_sequences() -> None:
    with connection.cursor() as cursor:
        for table in ("people_student", "people_agreement", "risk_riskassessment"):
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1)) from {table}")


def vacuum() -> None:
    """Index-only scans and good plans want tables that have been looked at."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze)")
