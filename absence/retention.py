"""How long periods and absence are kept. A day goes before its period: what it adds to the sums stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from laereplads.database.locks import lock
from laereplads.database.retention import Call, Delete, Follow, Keep, Months, Rule
from laereplads.people.retention import GONE_STUDENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

PERIODS = {
    "absence_days": Months(13),
    "absence_notices": Months(24),
}

GONE_PERIODS = f"select id from absence_schoolperiod where student_id in ({GONE_STUDENTS})"
GONE_AGREEMENTS = f"select id from people_agreement where student_id in ({GONE_STUDENTS})"
GONE_NOTICES = (
    "notice.made_at < %(absence_notices_at)s"
    f" or notice.period_id in ({GONE_PERIODS}) or notice.agreement_id in ({GONE_AGREEMENTS})"
)
# Who saw a notice first.
HAS_SEEN = (
    "exists (select from absence_absencenotice notice"
    f" where notice.seen_by_id = membership.id and not ({GONE_NOTICES}))"
)
MEMBERSHIPS_NEEDED = [HAS_SEEN]
# First the sums, then the days: lists are right when both have happened.
ARCHIVE = """
insert into absence_archivedsum as archived (
    period_id, agreement_id, scheduled, lawful, unlawful, school_days, last_day
)
select day.period_id, entry.agreement_id, sum(day.scheduled), sum(day.lawful), sum(day.unlawful), count(*), max(day.day)
from absence_absenceday day
join absence_periodlistentry entry on entry.period_id = day.period_id and (
    entry.agreement_id is null or day.day between entry.agreement_starts_on and entry.agreement_last_day
)
where day.id = any(%(keys)s) and day.day < %(absence_days)s
group by day.period_id, entry.agreement_id
on conflict (period_id, agreement_id) do update set
    scheduled = archived.scheduled + excluded.scheduled, lawful = archived.lawful + excluded.lawful,
    unlawful = archived.unlawful + excluded.unlawful, school_days = archived.school_days + excluded.school_days,
    last_day = greatest(archived.last_day, excluded.last_day)
"""


def archive(keys: list[Any], limits: Mapping[str, Any]) -> int:
    """Add the days up for good, and delete them: what lists and notices say stays as it is."""
    with connection.cursor() as cursor:
        # Whoever delivers days of the same schools waits, and then whoever else keeps the same students.
        cursor.execute(
            "select distinct school_id from absence_schoolperiod where id in ("
            "select period_id from absence_absenceday where id = any(%(keys)s)) order by 1",
            {"keys": keys},
        )
        for (school,) in cursor.fetchall():
            lock("import-absence", school)
        cursor.execute(
            "select from people_student where id in (select student_id from absence_schoolperiod where id in ("
            "select period_id from absence_absenceday where id = any(%(keys)s))) order by id for no key update",
            {"keys": keys},
        )
        values = {**limits, "keys": keys}
        cursor.execute(ARCHIVE, values)
        cursor.execute("delete from absence_absenceday where id = any(%(keys)s) and day < %(absence_days)s", values)
        return int(cursor.rowcount)


WITH_THE_STUDENT = _("{period} efter, at eleven er meldt ud, og den sidste aftale er slut")

RULES = [
    Rule(
        "absence_absenceday",
        what=_("Elevens fravær på hver skoledag"),
        when=_("{period} efter skoledagen"),
        does=Call("absence_days", "day < %(absence_days)s", archive, says=_("lægger dagene sammen og sletter dem")),
        why=_("Et skoleophold kan rettes et år efter. Derefter er summen for skoleopholdet nok."),
        is_published=True,
    ),
    Rule(
        "absence_absenceday",
        field="period",
        what=_("Skoledage i skoleophold, der slettes"),
        when=WITH_THE_STUDENT,
        does=Delete("student", f"period_id in ({GONE_PERIODS})"),
        why=_("De hører til skoleopholdet."),
    ),
    Rule(
        "absence_archivedsum",
        what=_("Summer af ældre skoledage"),
        when=WITH_THE_STUDENT,
        does=Delete("student", f"period_id in ({GONE_PERIODS}) or agreement_id in ({GONE_AGREEMENTS})"),
        why=_("De hører til skoleopholdet."),
        is_published=True,
    ),
    Rule(
        "absence_absencenotice",
        what=_("Underretninger til virksomheden om elevens fravær"),
        when=_("{period} efter, at virksomheden er underrettet. Senest sammen med eleven"),
        does=Delete(
            "absence_notices",
            f"id in (select notice.id from absence_absencenotice notice where {GONE_NOTICES})",
        ),
        why=_("Skolen skal kunne vise, at den har givet besked."),
        is_published=True,
    ),
    Rule(
        "absence_schoolperiod",
        what=_("Elevens skoleophold, og fraværet i hvert af dem"),
        when=WITH_THE_STUDENT,
        does=Delete("student", f"student_id in ({GONE_STUDENTS})"),
        why=_("De er en del af elevens uddannelsesforløb. De følger eleven."),
        is_published=True,
    ),
    Rule(
        "absence_absencedelivery",
        what=_("At en fil med fravær er indlæst, og hvor mange rækker den havde"),
        does=Keep(),
        why=_("Den handler ikke om nogen."),
    ),
    Rule(
        "absence_periodlistentry",
        what=_("Skoleophold, som de står i lister"),
        does=Follow("absence_schoolperiod"),
        why=_("De følger skoleopholdet og dets dage."),
    ),
    Rule(
        "absence_absencestanding",
        what=_("Elevens fravær de seneste skoledage"),
        does=Follow("absence_absenceday"),
        why=_("Det følger dagene."),
    ),
]
