"""Carrying the three files out: what they would do, told by the database, and doing it in few statements.

A row replaces what was there, and what the file does not have stays; of days it says it is complete for, the others go.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from absence.files import check
from absence.files.columns import DAYS, LESSONS, PERIODS
from absence.models import AbsenceDelivery, DeliveryKind, PeriodKind
from laereplads.imports.files.changes import Line, in_words
from laereplads.imports.files.plan import Tally
from laereplads.imports.files.problems import FileRejected, Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.files.saving import carry_out
from laereplads.imports.files.staging import StagedLines, StagedPlan, find_problems, stage_result
from laereplads.web.working_days import is_working_day

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from laereplads.access.models import Membership
    from laereplads.imports.files.plan import Answers, Covers

# What a row does, by weight: lines of the preview stand in this order.
CANCELLED, SHORTER_PERIOD, CHANGED_PERIOD, NEW_PERIOD = range(4)
MISSING, REMOVED, SHORTER_DAY, CHANGED_DAY, NEW_DAY = range(5)

CHANGED_PERIODS = """
select periods.*, case
        when period_id is null then 3
        when cancelled_on is not null and was_cancelled_on is null then 0
        when starts_on > was_starts_on or ends_on < was_ends_on then 1
        else 2
    end as weight, coalesce(held.days, 0) as days
from pg_temp.periods
left join lateral (
    select count(*) as days from absence_absenceday
    where period_id = periods.period_id and periods.cancelled_on is not null
) held on true
where period_id is null or (name, kind, class_code, starts_on, ends_on, cancelled_on)
    is distinct from (was_name, was_kind, was_class_code, was_starts_on, was_ends_on, was_cancelled_on)
"""
PERIOD_LINES = """
select weight, number, student_name, student_id, field, before, after
from pg_temp.changed_periods changed
cross join lateral (
    select 0 as place, 'new' as field, '' as before, concat(
        name, ', ', to_char(starts_on, 'DD.MM.YYYY'), '–', to_char(ends_on, 'DD.MM.YYYY')
    ) as after where period_id is null
    union all
    select * from (values
        (0, 'days', days::text, case when days > 0 then '0' else days::text end),
        (1, 'cancelled_on', to_char(was_cancelled_on, 'DD.MM.YYYY'), to_char(cancelled_on, 'DD.MM.YYYY')),
        (2, 'starts_on', to_char(was_starts_on, 'DD.MM.YYYY'), to_char(starts_on, 'DD.MM.YYYY')),
        (3, 'ends_on', to_char(was_ends_on, 'DD.MM.YYYY'), to_char(ends_on, 'DD.MM.YYYY')),
        (4, 'kind', was_kind, kind),
        (5, 'name', was_name, name),
        (6, 'class_code', was_class_code, class_code)
    ) as told (place, field, before, after) where period_id is not null and before is distinct from after
) line
order by weight, number, school_id, place
"""
UPDATE_PERIODS = """
update absence_schoolperiod held
set name = changed.name, kind = changed.kind, class_code = changed.class_code, starts_on = changed.starts_on,
    ends_on = changed.ends_on, cancelled_on = changed.cancelled_on
from pg_temp.changed_periods changed where held.id = changed.period_id
"""
# A number may be that of a period that the acting role does not see.
INSERT_PERIODS = """
insert into absence_schoolperiod
    (public_id, student_id, school_id, number, name, kind, class_code, starts_on, ends_on, cancelled_on)
select gen_random_uuid(), student_id, school_id, number, name, kind, class_code, starts_on, ends_on, cancelled_on
from pg_temp.changed_periods where period_id is null order by line
on conflict (school_id, number) do nothing
"""
NOT_INSERTED = """
select line, number from pg_temp.changed_periods changed where period_id is null and not exists (
    select from absence_schoolperiod where school_id = changed.school_id and number = changed.number
) order by line
"""
PERIOD_COUNTS = """
select school_id, count(*) filter (where weight = 3), count(*) filter (where weight < 3), coalesce(sum(days), 0)
from pg_temp.changed_periods group by school_id order by school_id
"""

CHANGED_DAYS = """
select days.school_id, days.student_id, days.student_number, days.student_name, days.name as period_name,
    days.period_id, days.day, days.scheduled, days.lawful, days.unlawful, days.registered_at,
    held.id as day_id, held.scheduled as was_scheduled, held.lawful as was_lawful, held.unlawful as was_unlawful,
    held.registered_at as was_registered_at,
    case
        when days.scheduled = 0 then 1 when held.id is null then 4 when days.scheduled < held.scheduled then 2 else 3
    end as weight
from pg_temp.days
left join absence_absenceday held on held.period_id = days.period_id and held.day = days.day
where case when days.scheduled = 0 then held.id is not null else
    (days.scheduled, days.lawful, days.unlawful) is distinct from (held.scheduled, held.lawful, held.unlawful)
    -- A file that does not say when leaves what another has said.
    or (days.registered_at is not null and days.registered_at is distinct from held.registered_at)
end
union all
select period.school_id, student.id, student.student_number, student.name, period.name, period.id, held.day,
    0, 0, 0, null, held.id, held.scheduled, held.lawful, held.unlawful, held.registered_at, 0
from absence_schoolperiod period
join people_student student on student.id = period.student_id and student.signed_off_on is null
join absence_absenceday held on held.period_id = period.id
where period.school_id = any(%(schools)s) and held.day between %(starts)s and %(ends)s
    and not exists (select from pg_temp.days where period_id = period.id and day = held.day)
"""
DAY_LINES = """
select weight, student_number, student_name, student_id, period_name, day,
    was_scheduled, was_lawful, was_unlawful, was_registered_at, scheduled, lawful, unlawful, registered_at
from pg_temp.changed_days order by weight, student_number, school_id, day, period_id
"""
DELETE_DAYS = """
delete from absence_absenceday held using pg_temp.changed_days changed where held.id = changed.day_id and weight < 2
"""
UPDATE_DAYS = """
update absence_absenceday held
set scheduled = changed.scheduled, lawful = changed.lawful, unlawful = changed.unlawful,
    registered_at = changed.registered_at,
    -- Who is told at once is told of absence: a longer timetable, or another time of writing, is no news of it.
    delivery_id = case
        when (held.lawful, held.unlawful) is distinct from (changed.lawful, changed.unlawful)
        then delivered.delivery_id else held.delivery_id
    end
from pg_temp.changed_days changed
join unnest(%s::bigint[], %s::bigint[]) delivered (school_id, delivery_id) using (school_id)
where held.id = changed.day_id and changed.weight between 2 and 3
"""
INSERT_DAYS = """
insert into absence_absenceday (period_id, day, scheduled, lawful, unlawful, registered_at, delivery_id)
select period_id, day, scheduled, lawful, unlawful, registered_at, delivered.delivery_id
from pg_temp.changed_days changed
join unnest(%s::bigint[], %s::bigint[]) delivered (school_id, delivery_id) using (school_id)
where changed.weight = 4 order by period_id, day
"""
DAY_COUNTS = """
select school_id, count(*) filter (where weight = 4), count(*) filter (where weight in (2, 3)),
    count(*) filter (where weight < 2)
from pg_temp.changed_days group by school_id order by school_id
"""


def plan_periods(
    content: bytes,
    answers: Answers | None = None,
    *,
    by: Membership | None,
    progress: Progress = silent,
    locks: bool = False,
) -> StagedPlan:
    """What the file of periods would do. Raises FileRejected when the file as a whole cannot be read."""
    problems = Problems()
    check.stage_file(
        "staged_periods", check.PERIOD_COLUMNS, content, PERIODS, problems, by=by, progress=progress, locks=locks
    )
    check.check_periods(problems)
    stage_result("changed_periods", CHANGED_PERIODS)
    new, changed, removed = totals(PERIOD_COUNTS)
    counted = [Tally(DeliveryKind.PERIODS.label, new, changed, rows_in("periods") - new - changed)]
    said = []
    if removed:
        counted.append(Tally(_("Skoledage"), 0, 0, 0, removed))
        said.append(
            ngettext(
                "%(count)s skoledag bliver fjernet, fordi skoleopholdet er aflyst.",
                "%(count)s skoledage bliver fjernet, fordi deres skoleophold er aflyst.",
                removed,
            )
            % {"count": removed}
        )
    return StagedPlan(
        problems=problems,
        left_out=len(problems.lines),
        named=check.named_in(problems, "staged_periods"),
        counted=counted,
        told=StagedLines(PERIOD_LINES, line_of_period),
        said=said,
    )


def line_of_period(  # noqa: PLR0913, PLR0917  # the columns of the query
    weight: int, number: str, name: str, student: int, field: str, before: str | None, after: str | None
) -> Line:
    what = {CANCELLED: _("Aflyst"), SHORTER_PERIOD: _("Kortere"), NEW_PERIOD: _("Nyt skoleophold")}
    fields = {
        "new": _("Skoleophold"),
        "days": _("Skoledage"),
        "cancelled_on": _("Aflyst"),
        "starts_on": _("Begynder"),
        "ends_on": _("Slutter"),
        "kind": _("Type"),
        "name": _("Navn"),
        "class_code": _("Hold"),
    }
    if field == "kind":
        before, after = (str(dict(PeriodKind.choices)[each]) for each in (before, after) if each)
    return Line(what.get(weight, _("Ændret")), number, name, fields[field], before or "", after or "", student=student)


@transaction.atomic
def import_periods(  # noqa: PLR0913  # each is one of a command's options
    content: bytes,
    *,
    by: Membership | None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    progress: Progress = silent,
) -> StagedPlan:
    """Do what the file says, as `carry_out` does. It asks nothing."""
    plan = plan_periods(content, by=by, progress=progress, locks=True)

    def save(_plan: StagedPlan) -> None:
        with connection.cursor() as cursor:
            # Periods may swap their dates.
            cursor.execute("set constraints school_periods_of_a_student_do_not_overlap deferred")
            cursor.execute(UPDATE_PERIODS)
            cursor.execute(INSERT_PERIODS)
            cursor.execute("set constraints school_periods_of_a_student_do_not_overlap immediate")
        refuse_what_was_not_inserted()
        deliver(DeliveryKind.PERIODS, content, PERIOD_COUNTS, None)

    return carry_out(plan, save, by=by, partial=partial, answered=answered)


def refuse_what_was_not_inserted() -> None:
    problems = Problems()
    find_problems(
        problems,
        "skoleophold",
        _("%(number)s er brugt af en elev, der er meldt ud. Giv skoleopholdet et andet nummer."),
        NOT_INSERTED,
    )
    if problems.count:
        raise FileRejected(problems)


def plan_days(  # noqa: PLR0913  # each is one of a command's options
    content: bytes,
    answers: Answers | None = None,
    *,
    by: Membership | None,
    covers: Covers | None = None,
    progress: Progress = silent,
    locks: bool = False,
) -> StagedPlan:
    """What the file of days would do. Raises FileRejected when the file as a whole cannot be read."""
    problems = Problems()
    today = timezone.localdate()
    oldest = check.oldest_day(today)
    check.stage_file(
        "staged_days",
        check.DAY_COLUMNS,
        content,
        DAYS,
        problems,
        by=by,
        progress=progress,
        locks=locks,
        oldest=oldest,
    )
    old = check.leave_out_old("staged_days", oldest)
    check.check_days(problems, today=today)
    return compared(problems, "staged_days", covers, oldest=oldest, old=old)


def plan_lessons(  # noqa: PLR0913  # each is one of a command's options
    content: bytes,
    answers: Answers | None = None,
    *,
    by: Membership | None,
    covers: Covers | None = None,
    progress: Progress = silent,
    locks: bool = False,
) -> StagedPlan:
    """What the file of lessons would do. Raises FileRejected when the file as a whole cannot be read.

    That is also when a row does not say whose day it is of: that day would not be whole.
    """
    problems = Problems()
    today = timezone.localdate()
    oldest = check.oldest_day(today)
    check.stage_file(
        "staged_lessons",
        check.LESSON_COLUMNS,
        content,
        LESSONS,
        problems,
        by=by,
        progress=progress,
        locks=locks,
        whole_days=True,
        oldest=oldest,
    )
    old = check.leave_out_old("staged_lessons", oldest)
    check.check_lessons(problems)
    check.check_days(problems, today=today)
    check.leave_out_whole_days(problems)
    plan = compared(problems, "staged_lessons", covers, oldest=oldest, old=old)
    if problems.count:
        plan.said = [*plan.said, _("Er en lektion forkert, bliver alle elevens lektioner den dag udeladt.")]
    return plan


def compared(problems: Problems, staged: str, covers: Covers | None, *, oldest: datetime.date, old: int) -> StagedPlan:
    """What the checked days change; `old` days from before the `oldest` are left out."""
    # A row that is left out is no day that is missing: nobody knows which one it was.
    is_complete = covers is not None and not problems.count
    starts, ends = covers if covers and is_complete else (None, None)
    stage_result(
        "changed_days",
        CHANGED_DAYS,
        {
            "schools": schools_in("days"),
            "starts": max(starts, oldest) if starts else None,
            "ends": ends,
        },
    )
    new, changed, removed = totals(DAY_COUNTS)
    said = days_off()
    if old:
        # A school's nightly file may have all of a year's periods.
        text = ngettext(
            "%(count)s dag er mere end 13 måneder gammel og er udeladt. Portalen har lagt den sammen med andre.",
            "%(count)s dage er mere end 13 måneder gamle og er udeladt. Portalen har lagt dem sammen.",
            old,
        )
        said.append(text % {"count": old})
    if covers and not is_complete:
        said.append(_("Filen har fejl. Derfor bliver dage, der mangler i den, ikke fjernet."))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) filter (where weight = %s), count(*) filter (where weight = %s) from pg_temp.changed_days",
            [MISSING, REMOVED],
        )
        missing, emptied = cursor.fetchone()
    if missing:
        text = ngettext(
            "%(count)s skoledag bliver fjernet, fordi den mangler i filen.",
            "%(count)s skoledage bliver fjernet, fordi de mangler i filen.",
            missing,
        )
        said.insert(0, text % {"count": missing})
    return StagedPlan(
        problems=problems,
        left_out=len(problems.lines),
        named=check.named_in(problems, staged),
        counted=[Tally(_("Skoledage"), new, changed, rows_in("days") - new - changed - emptied, removed)],
        told=StagedLines(DAY_LINES, line_of_day),
        said=said,
    )


def days_off() -> list[str]:
    """Says when the file brings a timetable to holidays and weekends: some schools teach, and some files are wrong."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select day, count(*) from pg_temp.changed_days where weight >= %s group by day order by day", [SHORTER_DAY]
        )
        off = [(day, count) for day, count in cursor if not is_working_day(day)]
    if not off:
        return []
    text = ngettext(
        "%(count)s skoledag ligger på en helligdag eller i en weekend: %(day)s. Tjek, at det er rigtigt.",
        "%(count)s skoledage ligger på en helligdag eller i en weekend, den første %(day)s. Tjek, at det er rigtigt.",
        sum(count for _day, count in off),
    )
    return [text % {"count": sum(count for _day, count in off), "day": in_words(off[0][0])}]


def line_of_day(  # noqa: PLR0913, PLR0917  # the columns of the query
    weight: int,
    number: str,
    name: str,
    student: int,
    period: str,
    day: datetime.date,
    *minutes: Any,
) -> Line:
    what = {
        MISSING: _("Fjernet, mangler i filen"),
        REMOVED: _("Fjernet"),
        SHORTER_DAY: _("Kortere dag"),
        CHANGED_DAY: _("Ændret"),
        NEW_DAY: _("Ny dag"),
    }
    before, after = minutes[:4], minutes[4:]
    # When it was written down is told where nothing else is new.
    with_time = before[:3] == after[:3]
    return Line(
        what[weight],
        number,
        name,
        f"{in_words(day)}, {period}",
        told(*before, with_time=with_time) if weight != NEW_DAY else "",
        told(*after, with_time=with_time) if weight >= SHORTER_DAY else "",
        student=student,
    )


def told(scheduled: int, lawful: int, unlawful: int, registered: datetime.datetime | None, *, with_time: bool) -> str:
    """A day in words."""
    words = _("Skema %(scheduled)s min., lovligt %(lawful)s, ulovligt %(unlawful)s") % {
        "scheduled": scheduled,
        "lawful": lawful,
        "unlawful": unlawful,
    }
    if with_time and registered:
        words += _(", registreret %(moment)s") % {"moment": f"{timezone.localtime(registered):%d.%m.%Y %H.%M}"}
    return words


def import_days(content: bytes, **options: Any) -> StagedPlan:
    """Do what the file of days says, as `carry_out` does. It asks nothing."""
    return save_days(DeliveryKind.DAYS, plan_days, content, **options)


def import_lessons(content: bytes, **options: Any) -> StagedPlan:
    """Do what the file of lessons says, as `carry_out` does. It asks nothing."""
    return save_days(DeliveryKind.LESSONS, plan_lessons, content, **options)


@transaction.atomic
def save_days(  # noqa: PLR0913  # each is one of a command's options
    kind: DeliveryKind,
    plan_file: Callable[..., StagedPlan],
    content: bytes,
    *,
    by: Membership | None,
    covers: Covers | None = None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    progress: Progress = silent,
) -> StagedPlan:
    plan = plan_file(content, by=by, covers=covers, progress=progress, locks=True)

    def save(_plan: StagedPlan) -> None:
        deliveries = deliver(kind, content, DAY_COUNTS, covers)
        pairs = [list(deliveries), list(deliveries.values())]
        with connection.cursor() as cursor:
            cursor.execute(DELETE_DAYS)
            cursor.execute(UPDATE_DAYS, pairs)
            cursor.execute(INSERT_DAYS, pairs)

    return carry_out(plan, save, by=by, partial=partial, answered=answered)


def deliver(kind: DeliveryKind, content: bytes, counts: str, covers: Covers | None) -> dict[int, int]:
    """Note the file for each school of whose data it changes any; the notes' keys by school.

    A file that changes nothing leaves no note: most of those that come every 15 minutes do not.
    """
    starts, ends = covers or (None, None)
    sha256 = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(counts)
        rows = cursor.fetchall()
    made = AbsenceDelivery.objects.bulk_create(
        AbsenceDelivery(
            school_id=school,
            kind=kind,
            covers_from=starts,
            covers_to=ends,
            rows_new=new,
            rows_changed=changed,
            rows_removed=removed,
            sha256=sha256,
        )
        for school, new, changed, removed in rows
    )
    return {delivery.school_id: delivery.pk for delivery in made}


def totals(counts: str) -> tuple[int, int, int]:
    """New, changed and removed, of all schools."""
    with connection.cursor() as cursor:
        cursor.execute(counts)
        rows = cursor.fetchall()
    new, changed, removed = (sum(int(row[place]) for row in rows) for place in (1, 2, 3))
    return new, changed, removed


def rows_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from pg_temp.{table}")  # noqa: S608  # our own words
        return int(cursor.fetchone()[0])


def schools_in(table: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select distinct school_id from pg_temp.{table}")  # noqa: S608  # our own words
        return [school for (school,) in cursor]
