"""What stands in a file, copied into temporary tables and held against what there is; and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _

from absence.models import LONGEST_PERIOD, MINUTES_OF_A_DAY
from absence.retention import PERIODS as KEPT
from laereplads.database.locks import lock
from laereplads.imports.files.problems import FileRejected, Problems
from laereplads.imports.files.reading import read, read_table
from laereplads.imports.files.staging import find_problems, leave_out_wrong, stage, stage_result
from laereplads.people.models import School

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from laereplads.access.models import Membership
    from laereplads.imports.files.progress import Progress
    from laereplads.imports.files.reading import Layout, Table

# By attribute, as the layouts say; each row has its line and its school before them.
PERIOD_COLUMNS = {
    "student_number": "text",
    "number": "text",
    "name": "text",
    "kind": "text",
    "class_code": "text",
    "starts_on": "date",
    "ends_on": "date",
    "cancelled_on": "date",
}
DAY_COLUMNS = {
    "student_number": "text",
    "number": "text",
    "day": "date",
    "scheduled": "smallint",
    "lawful": "smallint",
    "unlawful": "smallint",
    "registered_at": "timestamptz",
}
LESSON_COLUMNS = {
    "student_number": "text",
    "number": "text",
    "day": "date",
    "starts_at": "time",
    "ends_at": "time",
    "status": "text",
    "registered_at": "timestamptz",
}

MATCHED_PERIODS = """
select staged.*, student.id as student_id, student.name as student_name, held.id as period_id,
    held.student_id as held_by, held.name as was_name, held.kind as was_kind, held.class_code as was_class_code,
    held.starts_on as was_starts_on, held.ends_on as was_ends_on, held.cancelled_on as was_cancelled_on
from pg_temp.staged_periods staged
left join people_student student
    on student.school_id = staged.school_id and student.student_number = staged.student_number
left join absence_schoolperiod held on held.school_id = staged.school_id and held.number = staged.number
"""
# The students' other periods as they stand, and those of the file.
OVERLAPS = """
with wanted as (
    select line, student_id, number, starts_on, ends_on from pg_temp.periods where cancelled_on is null
    union all
    select null, held.student_id, held.number, held.starts_on, held.ends_on
    from absence_schoolperiod held
    where held.cancelled_on is null and held.student_id in (select student_id from pg_temp.periods)
        and not exists (select from pg_temp.periods where period_id = held.id)
)
select staged.line, other.number, other.starts_on, other.ends_on
from wanted staged join wanted other on other.student_id = staged.student_id and other.number <> staged.number
    and other.starts_on <= staged.ends_on and other.ends_on >= staged.starts_on
where staged.line is not null order by staged.line, other.starts_on
"""
DAYS_OUTSIDE = """
select periods.line, count(*) as count, min(held.day) as day
from pg_temp.periods join absence_absenceday held on held.period_id = periods.period_id
where periods.cancelled_on is null and held.day not between periods.starts_on and periods.ends_on
    and (periods.starts_on, periods.ends_on) is distinct from (periods.was_starts_on, periods.was_ends_on)
group by periods.line order by periods.line
"""

MATCHED_DAYS = """
select staged.*, student.id as student_id, student.name as student_name, period.id as period_id,
    period.student_id as period_of, period.name, period.starts_on, period.ends_on, period.cancelled_on
from pg_temp.staged_days staged
left join people_student student
    on student.school_id = staged.school_id and student.student_number = staged.student_number
left join absence_schoolperiod period on period.school_id = staged.school_id and period.number = staged.number
"""

# When the absence was written down, where there is any.
ADDED_UP = """
select min(line) as line, school_id, student_number, number, day,
    sum(minutes)::smallint as scheduled,
    coalesce(sum(minutes) filter (where status = 'lawful'), 0)::smallint as lawful,
    coalesce(sum(minutes) filter (where status = 'unlawful'), 0)::smallint as unlawful,
    coalesce(max(registered_at) filter (where status <> 'present'), max(registered_at)) as registered_at
from pg_temp.staged_lessons lesson
cross join lateral (select extract(epoch from ends_at - starts_at)::integer / 60 as minutes) counted
where line <> all(%s)
group by school_id, student_number, number, day
"""
TOO_LONG = """
select min(line) as line, sum(extract(epoch from ends_at - starts_at)::integer / 60) as sum, %(most)s as most
from pg_temp.staged_lessons where ends_at > starts_at
group by school_id, student_number, day
having sum(extract(epoch from ends_at - starts_at)::integer / 60) > %(most)s order by 1
"""
OVERLAPPING = """
select line from (
    select line, starts_at, max(ends_at) over (
        partition by school_id, student_number, day order by starts_at, ends_at, line
        rows between unbounded preceding and 1 preceding
    ) as earlier_ends_at
    from pg_temp.staged_lessons where ends_at > starts_at
) lesson where starts_at < earlier_ends_at order by line
"""
OF_TWO_PERIODS = """
select line from (
    select line, number, first_value(number) over (partition by school_id, student_number, day order by line) as first
    from pg_temp.staged_lessons where number is not null
) lesson where number <> first order by line
"""
# All lessons of a student's day of which one is wrong.
OF_THE_SAME_DAY = """
select line from pg_temp.staged_lessons lesson where (school_id, student_number, day) in (
    select school_id, student_number, day from pg_temp.staged_lessons where line = any(%s)
)
"""


def rows_of(  # noqa: PLR0913  # what they are read by
    table: Table,
    attributes: Sequence[str],
    problems: Problems,
    *,
    schools: Mapping[str, int],
    unknown: str,
    progress: Progress,
    whole_days: bool,
    oldest: datetime.date | None,
) -> Iterator[tuple[Any, ...]]:
    """The rows to stage: line, school, and the values of `attributes`; what is wrong is added to `problems`.

    Rows of days before the `oldest` are there whatever else they say: they are to be counted, and left out.
    With `whole_days` wrong rows are there, too, with None for what cannot be read: they say which day is not whole.
    Raises FileRejected, at the end, if one of them does not.
    """
    (group,) = table.layout.groups
    is_whole = True
    for line, cells in progress(_("Læser filen"), table.rows, total=table.line_count):
        written = table.written(line, cells, problems)
        if written is None:
            is_whole = False
            continue
        mistakes: list[Any] = []
        values = read(written, group, line, mistakes)
        is_old = oldest is not None and values.get("day", oldest) < oldest
        if is_old:
            yield (line, schools.get(values.get("institution_number", "")), *map(values.get, attributes))
            continue
        for mistake in mistakes:
            problems.add(mistake.line, mistake.column, mistake.text)
        institution = values.get("institution_number", "")
        school = schools.get(institution)
        if institution and school is None:
            problems.add(line, "institutionsnummer", unknown % {"number": institution})
        if whole_days and not {"student_number", "day"} <= values.keys():
            is_whole = False
        if whole_days or (school and not mistakes):
            yield (line, school, *map(values.get, attributes))
    if whole_days and not is_whole:
        raise FileRejected(problems)


def stage_file(  # noqa: PLR0913  # as above
    table: str,
    columns: dict[str, str],
    content: bytes,
    layout: Layout,
    problems: Problems,
    *,
    by: Membership | None,
    progress: Progress,
    locks: bool,
    whole_days: bool = False,
    oldest: datetime.date | None = None,
) -> None:
    """Copy the file into `table`. With `locks` nobody else reads files of its schools in until the transaction ends."""
    # Asked before: while rows are copied, the connection takes no question.
    if by and by.school:
        schools = {by.school.institution_number: by.school.pk}
        unknown = _("%(number)s er ikke jeres skole. Slet rækken, eller ret nummeret.")
    else:
        schools = dict(School.objects.values_list("institution_number", "pk"))
        unknown = _("Der er ingen skole med institutionsnummer %(number)s. Ret det, eller opret skolen først.")
    rows = rows_of(
        read_table(content, layout),
        list(columns),
        problems,
        schools=schools,
        unknown=unknown,
        progress=progress,
        whole_days=whole_days,
        oldest=oldest,
    )
    stage(table, {"line": "integer", "school_id": "bigint", **columns}, rows)
    if locks:
        with connection.cursor() as cursor:
            cursor.execute(f"select distinct school_id from pg_temp.{table} where school_id is not null order by 1")  # noqa: S608
            schools = cursor.fetchall()
        for (school,) in schools:
            lock("import-absence", school)


def check_student(table: str, problems: Problems) -> None:
    find_problems(
        problems,
        "elevnummer",
        _(
            "Skolen har ingen elev med nummer %(student_number)s, eller eleven er meldt ud. Ret nummeret, eller slet "
            "rækken."
        ),
        f"select line, student_number from pg_temp.{table} where student_id is null order by line",  # noqa: S608
    )


def check_periods(problems: Problems) -> None:
    """Match the staged periods with students and with what there is, and leave out what is wrong."""
    stage_result("periods", MATCHED_PERIODS)
    check_student("periods", problems)
    find_problems(
        problems,
        "skoleophold",
        _("%(number)s er en anden elevs skoleophold. Ret elevnummeret eller nummeret på skoleopholdet."),
        "select line, number from pg_temp.periods where held_by <> student_id order by line",
    )
    check_once(
        problems,
        "skoleophold",
        _("%(number)s står også på linje %(first)s. Slet den ene af rækkerne."),
        "select line, number, min(line) over (partition by school_id, number) as first from pg_temp.periods",
    )
    find_problems(
        problems,
        "slut",
        _("Skoleopholdet skal slutte den dag, det begynder, eller senere. Ret en af datoerne."),
        "select line from pg_temp.periods where ends_on < starts_on order by line",
    )
    find_problems(
        problems,
        "slut",
        _("Skoleopholdet må højst vare %(most)s dage. Ret en af datoerne."),
        "select line, %(most)s as most from pg_temp.periods where ends_on - starts_on > %(most)s order by line",
        {"most": LONGEST_PERIOD.days},
    )
    find_problems(
        problems,
        "start",
        _(
            "Der ligger skoledage uden for de nye datoer: %(count)s i alt, den første %(day)s. Fjern dem først med "
            "fravaer.csv: skriv 0 i skema_minutter."
        ),
        DAYS_OUTSIDE,
    )
    leave_out_wrong("periods", problems)
    # A row that is left out leaves its period as it was, which may be in the way of another.
    while True:
        before = len(problems.lines)
        find_problems(
            problems,
            "start",
            _(
                "Eleven har også skoleopholdet %(number)s fra %(starts_on)s til %(ends_on)s. Ret datoerne, eller aflys "
                "det ene."
            ),
            OVERLAPS,
        )
        if len(problems.lines) == before:
            break
        leave_out_wrong("periods", problems)


def check_days(problems: Problems, *, today: datetime.date) -> None:
    """Match the staged days with students and periods, and leave out what is wrong."""
    stage_result("days", MATCHED_DAYS)
    check_student("days", problems)
    known = "from pg_temp.days where period_of = student_id"
    find_problems(
        problems,
        "skoleophold",
        _("Skoleopholdet findes ikke. Send skoleophold.csv først."),
        "select line from pg_temp.days where student_id is not null and period_id is null order by line",
    )
    find_problems(
        problems,
        "skoleophold",
        _("%(number)s er en anden elevs skoleophold. Ret elevnummeret eller nummeret på skoleopholdet."),
        "select line, number from pg_temp.days where period_of <> student_id order by line",
    )
    find_problems(
        problems,
        "skoleophold",
        _("Skoleopholdet %(name)s er aflyst. Slet rækken."),
        f"select line, name {known} and cancelled_on is not null and scheduled > 0 order by line",
    )
    find_problems(
        problems,
        "dag",
        _("Dagen ligger uden for skoleopholdet %(name)s (%(starts_on)s–%(ends_on)s)."),
        f"select line, name, starts_on, ends_on {known} and cancelled_on is null"
        " and day not between starts_on and ends_on order by line",
    )
    find_problems(
        problems,
        "dag",
        _("“%(day)s” ligger i fremtiden. Skriv en dato til og med i dag."),
        "select line, day from pg_temp.days where day > %s order by line",
        [today],
    )
    find_problems(
        problems,
        "skema_minutter",
        _("Fraværet er %(n)s minutter længere end skemaet den dag."),
        "select line, lawful + unlawful - scheduled as n from pg_temp.days where lawful + unlawful > scheduled"
        " order by line",
    )
    check_once(
        problems,
        "dag",
        _("Dagen står også på linje %(first)s. Slet den ene af rækkerne."),
        "select line, min(line) over (partition by school_id, student_number, number, day) as first from pg_temp.days",
    )
    leave_out_wrong("days", problems)


def check_once(problems: Problems, column: str, text: str, query: str) -> None:
    """Find what stands twice, as `query` tells by its `line` and the `first` one: nobody knows which row is right."""
    stage_result("repeated", f"select * from ({query}) found where line > first")  # noqa: S608  # our own words
    find_problems(problems, column, text, "select * from pg_temp.repeated order by line")
    with connection.cursor() as cursor:
        cursor.execute("select distinct first from pg_temp.repeated")
        problems.lines.update(line for (line,) in cursor)


def oldest_day(today: datetime.date) -> datetime.date:
    """Days before it are added up, or will be tonight."""
    return KEPT["absence_days"].first_kept(today)


def leave_out_old(table: str, oldest: datetime.date) -> int:
    """Leave what is staged of days before the `oldest` out; how many days of students it was."""
    query = (
        f"with old as (delete from pg_temp.{table} where day < %s returning school_id, student_number, day)"  # noqa: S608
        " select count(distinct (school_id, student_number, day)) from old"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [oldest])
        return int(cursor.fetchone()[0])


def check_lessons(problems: Problems) -> None:
    """Find wrong lessons, and stage the days that all of the others add up to."""
    find_problems(
        problems,
        "lektion_slut",
        _("Lektionen skal slutte efter, at den begynder. Ret et af klokkeslættene."),
        "select line from pg_temp.staged_lessons where ends_at <= starts_at order by line",
    )
    find_problems(problems, "lektion_start", _("Lektionen overlapper en anden. Send kun den, der gælder."), OVERLAPPING)
    find_problems(
        problems,
        "skoleophold",
        _("Elevens lektioner den dag er i to skoleophold. Ret det ene."),
        OF_TWO_PERIODS,
    )
    find_problems(
        problems,
        "lektion_slut",
        _("Elevens lektioner den dag varer %(sum)s minutter. Der er plads til %(most)s."),
        TOO_LONG,
        {"most": MINUTES_OF_A_DAY},
    )
    leave_out_whole_days(problems)
    stage_result("staged_days", ADDED_UP, [sorted(problems.lines)])


def leave_out_whole_days(problems: Problems) -> None:
    """Leave a student's other lessons of a day out where one is wrong: the day would not be whole."""
    with connection.cursor() as cursor:
        cursor.execute(OF_THE_SAME_DAY, [sorted(problems.lines)])
        problems.lines.update(line for (line,) in cursor)


def named_in(problems: Problems, table: str) -> set[int]:
    """The students whose rows in the staged `table` the told problems are about."""
    lines = [problem.line for problem in problems.kept if problem.line]
    query = (
        f"select distinct student.id from pg_temp.{table} staged"  # noqa: S608
        " join people_student student using (school_id, student_number) where line = any(%s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [lines])
        return {student for (student,) in cursor}
