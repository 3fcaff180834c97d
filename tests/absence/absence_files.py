"""The files of spec and manual, and a school whose students they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absence.models import AbsenceDay, AbsenceDelivery, SchoolPeriod
from laereplads.imports.files.problems import FileRejected
from tests.factories import SchoolFactory, StudentFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from laereplads.imports.files.staging import StagedPlan
    from laereplads.people.models import School

NUMBER = "280001"
PERIODS_HEAD = "institutionsnummer;elevnummer;skoleophold;navn;type;hold;start;slut;aflyst"
DAYS_HEAD = (
    "institutionsnummer;elevnummer;skoleophold;dag;skema_minutter;lovligt_minutter;ulovligt_minutter;registreret"
)
LESSONS_HEAD = "institutionsnummer;elevnummer;skoleophold;dag;lektion_start;lektion_slut;status;registreret"

# Word for word as the customer wrote them.
PERIODS_FILE = """\
institutionsnummer;elevnummer;skoleophold;navn;type;hold;start;slut;aflyst
280001;10231;SSA27-1A-10231;Skoleperiode 1A;Hovedforløb;SSA2701;11-01-2027;19-03-2027;
""".encode()
DAYS_FILE = b"""\
institutionsnummer;elevnummer;skoleophold;dag;skema_minutter;lovligt_minutter;ulovligt_minutter;registreret
280001;10231;SSA27-1A-10231;11-01-2027;390;0;0;
280001;10231;SSA27-1A-10231;12-01-2027;390;390;0;2027-01-12 08:25
280001;10231;SSA27-1A-10231;13-01-2027;390;0;45;2027-01-13 09:10
280001;10231;SSA27-1A-10231;14-01-2027;390;0;0;
280001;10231;SSA27-1A-10231;15-01-2027;300;0;300;2027-01-15 16:59
280001;10231;SSA27-1A-10231;18-01-2027;390;0;390;2027-01-18 17:05
"""


def school_of(*students: str) -> School:
    school = SchoolFactory(institution_number=NUMBER)
    for number in students:
        StudentFactory(school=school, student_number=number, name=f"Testelev {number}")
    return school


def file_of(head: str, *rows: str) -> bytes:
    return "\n".join([head, *(f"{NUMBER};{row}" for row in rows)]).encode()


def period(  # noqa: PLR0913  # each is a cell
    number: str = "P1",
    *,
    student: str = "E1",
    starts: str = "01-02-2027",
    ends: str = "28-02-2027",
    name: str = "Skoleperiode 1A",
    aflyst: str = "",
) -> str:
    return f"{student};{number};{name};Hovedforløb;SSA2701;{starts};{ends};{aflyst}"


def periods(*rows: str) -> bytes:
    return file_of(PERIODS_HEAD, *rows)


def days(*rows: str) -> bytes:
    """Rows of “E1;P1;01-02-2027;390;0;0;”."""
    return file_of(DAYS_HEAD, *rows)


def lessons(*rows: str) -> bytes:
    """Rows of “E1;P1;01-02-2027;08:00;09:30;lovligt;”."""
    return file_of(LESSONS_HEAD, *rows)


def refused(save: Callable[..., StagedPlan], content: bytes, **options: Any) -> list[str]:
    """What is wrong with the file, of which nothing is saved."""
    before = state()
    try:
        save(content, **{"by": None, **options})
    except FileRejected as rejected:
        assert state() == before
        return [str(problem) for problem in rejected.problems.shown()]
    return []


def counts(plan: StagedPlan) -> list[tuple[int, int, int, int | None]]:
    return [tuple(tally[1:]) for tally in plan.tallies()]  # type: ignore[misc]


def told(plan: StagedPlan) -> list[str]:
    """The lines of the preview."""
    return [
        f"{line.what}: {line.number} {line.name}, {line.field}: {line.before} → {line.after}" for line in plan.lines()
    ]


def state() -> tuple[list[Any], ...]:
    return (
        list(SchoolPeriod.objects.order_by("id").values()),
        list(AbsenceDay.objects.order_by("id").values()),
        list(AbsenceDelivery.objects.order_by("id").values()),
    )


def minutes() -> list[tuple[str, str, int, int, int]]:
    """All days, by student: day, timetable, lawful, unlawful."""
    found = AbsenceDay.objects.order_by("period__student__student_number", "day").values_list(
        "period__student__student_number", "day", "scheduled", "lawful", "unlawful"
    )
    return [(number, f"{day:%d.%m}", *rest) for number, day, *rest in found]
