"""Upkeep of what the database derives: comparing it with what it is derived of, making it anew, adding it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from laereplads.people.models import School, Student
from schools.models import FIRST_DAY

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    type Progress = Callable[[Sequence[int]], Iterable[int]]
    type Values = Mapping[str, int | datetime.date | list[str]]

STUDENTS_AT_A_TIME = 5_000
KIND = "rank, is_running, status, student_type, visibility, education_id, basic_programme, relation"
STANDING = (
    "student_id, school_id, starts_on, ends_on, agreement_id, agreement_type, is_running, rank, assessed_on, "
    "sort_key, search_key, status, student_type, visibility, education_id, basic_programme, relation, name, public_id"
)
OF_A_WORD = (
    "school_id, student_id, starts_on, ends_on, rank, is_running, assessed_on, sort_key, search_key, "
    "status, student_type, visibility, education_id, basic_programme, relation"
)
AGREEMENTS = "select id from people_agreement where student_id > %(after)s and student_id <= %(until)s"
# Rows that are in one of the two and not in the other; each is told of as its agreement, student or school.
WRONG_RISKS = f"""
with wanted as (
    select latest.agreement_id, latest.id, latest.level,
        (latest.recorded_at at time zone 'Europe/Copenhagen')::date
    from ({AGREEMENTS}) agreement cross join lateral (
        select * from risk_riskassessment where agreement_id = agreement.id order by id desc limit 1
    ) latest where latest.level is not null
), kept as (
    select agreement_id, assessment_id, level, recorded_on from risk_currentrisk where agreement_id in ({AGREEMENTS})
)
select count(distinct agreement_id) from ((table wanted except table kept) union all (table kept except table wanted)) w
"""
WRONG_LISTS = f"""
with ids as materialized (
    select coalesce(array_agg(id), array[]::bigint[]) as ids from ({AGREEMENTS}) agreements
), wanted as (
    select listed.* from ids, listed_agreements_of(ids) listed
), kept as (
    select * from risk_listedagreement
    where agreement_id in ({AGREEMENTS}) or student_id > %(after)s and student_id <= %(until)s
)
select count(distinct agreement_id) from ((table wanted except table kept) union all (table kept except table wanted)) w
"""
WRONG_STANDINGS = f"""
with ids as materialized (
    select coalesce(array_agg(id), array[]::bigint[]) as ids from people_student
    where id > %(after)s and id <= %(until)s
), wanted as (
    select {STANDING} from ids, standings_of(ids) where ends_on >= %(today)s
), kept as (
    select {STANDING} from schools_standing
    where student_id > %(after)s and student_id <= %(until)s and ends_on >= %(today)s
)
select count(distinct student_id) from ((table wanted except table kept) union all (table kept except table wanted)) w
"""
WRONG_COUNTS = f"""
with wanted as (
    select school_id, {KIND}, count(*) from schools_standing
    where school_id = %(school)s and %(today)s between starts_on and ends_on group by school_id, {KIND}
), kept as (
    select school_id, {KIND}, sum(number) from schools_standingcount
    where school_id = %(school)s and effective_on <= %(today)s group by school_id, {KIND} having sum(number) <> 0
)
select count(*) from ((table wanted except table kept) union all (table kept except table wanted)) w
"""
WRONG_WORDS = f"""
with wanted as (
    select id, word, {OF_A_WORD} from schools_standing, words_of(search_key) word
    where school_id = %(school)s
), kept as (
    select standing_id, word, {OF_A_WORD} from schools_standingword where school_id = %(school)s
)
select count(distinct student_id) from ((table wanted except table kept) union all (table kept except table wanted)) w
"""
ENDINGS = """
    select distinct school_id, left(substr(word, place), 30), word
    from (select distinct school_id, word from schools_standingword where school_id = %(school)s) used,
        generate_series(1, length(word)) place
"""
# Endings of words that nobody bears any more lead to nobody; tidying takes them away.
WRONG_ENDINGS = f"""
select count(distinct word) from (
    {ENDINGS} except select school_id, ending, word from schools_standingwordpart where school_id = %(school)s
) missing
"""
REBUILD = f"""
select keep_current_risk_of(array_agg(id)) from ({AGREEMENTS}) agreements having count(*) > 0;
delete from risk_listedagreement where student_id > %(after)s and student_id <= %(until)s;
select keep_listed_agreements_of(array_agg(id)) from ({AGREEMENTS}) agreements having count(*) > 0;
select keep_standings_of(array_agg(id)) from people_student where id > %(after)s and id <= %(until)s having count(*) > 0
"""
RECOUNT = f"""
lock table schools_standing in share mode;
delete from schools_standingcount where school_id = %(school)s;
insert into schools_standingcount (school_id, effective_on, assessed_in, {KIND}, number)
    select school_id, effective_on, assessed_in, {KIND}, sum(number) from (
        select *, starts_on as effective_on, 1 as number from schools_standing where school_id = %(school)s
        union all select *, ends_on + 1, -1 from schools_standing
            where school_id = %(school)s and ends_on < '9999-12-31'
    ) edges, lateral (
        select case assessed_on when '9999-12-31' then assessed_on
            else date_trunc('month', assessed_on)::date end as assessed_in
    ) months
    group by school_id, effective_on, assessed_in, {KIND} having sum(number) <> 0
"""
REWORD = f"""
lock table schools_standing in share mode;
delete from schools_standingword where school_id = %(school)s;
insert into schools_standingword (standing_id, word, {OF_A_WORD})
    select id, word, {OF_A_WORD} from schools_standing, words_of(search_key) word where school_id = %(school)s;
delete from schools_standingwordpart where school_id = %(school)s;
insert into schools_standingwordpart (school_id, ending, word) {ENDINGS}
"""
UNUSED_WORDS = """
select distinct word from schools_standingwordpart part where school_id = %(school)s and not exists (
    select from schools_standingword kept where kept.school_id = part.school_id and kept.word = part.word
)
"""
# Nobody saves between the lock and the end; whoever waited then finds the word gone, and adds it anew.
FORGET_WORDS = """
lock table schools_standingword in share mode;
delete from schools_standingwordpart part where school_id = %(school)s and word = any(%(words)s) and not exists (
    select from schools_standingword kept where kept.school_id = part.school_id and kept.word = part.word
)
"""
ADD_UP = f"""
with counted as (
    delete from schools_standingcount where school_id = %(school)s and effective_on <= %(today)s
    returning school_id, assessed_in, {KIND}, number
)
insert into schools_standingcount (school_id, effective_on, assessed_in, {KIND}, number)
    select school_id, %(first)s, assessed_in, {KIND}, sum(number) from counted
    group by school_id, assessed_in, {KIND} having sum(number) <> 0
"""


def differences(today: datetime.date, *, progress: Progress) -> dict[str, int]:
    """How many current risks, lines of lists, standings, kinds of counts and names are not as they should be."""
    found = {"risks": 0, "lists": 0, "standings": 0, "counts": 0, "names": 0}
    for batch in batches(progress):
        found["risks"] += number(WRONG_RISKS, batch)
        found["lists"] += number(WRONG_LISTS, batch)
        found["standings"] += number(WRONG_STANDINGS, {**batch, "today": today})
    for school in schools():
        found["counts"] += number(WRONG_COUNTS, {"school": school, "today": today})
        found["names"] += number(WRONG_WORDS, {"school": school}) + number(WRONG_ENDINGS, {"school": school})
    return found


def rebuild(*, progress: Progress) -> None:
    """Make everything that is derived anew, a few students at a time, while others save."""
    for batch in batches(progress):
        execute(REBUILD, batch)
    for school in schools():
        execute(RECOUNT, {"school": school})
        execute(REWORD, {"school": school})


def tidy(today: datetime.date) -> None:
    """Take away standings that have ended and words that nobody bears, and add up the counts that have taken effect."""
    for school in schools():
        execute(
            "delete from schools_standing where school_id = %(school)s and ends_on < %(today)s",
            {"school": school, "today": today},
        )
        execute(ADD_UP, {"school": school, "today": today, "first": FIRST_DAY})
        if words := unused_words(school):
            execute(FORGET_WORDS, {"school": school, "words": words})


def unused_words(school: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(UNUSED_WORDS, {"school": school})
        return [word for (word,) in cursor]


def batches(progress: Progress) -> Iterator[dict[str, int]]:
    ids = Student.objects.order_by("-id").values_list("id", flat=True)[:1]
    starts = range(0, ids[0] if ids else 0, STUDENTS_AT_A_TIME)
    for start in progress(starts):
        yield {"after": start, "until": start + STUDENTS_AT_A_TIME}


def schools() -> list[int]:
    return list(School.objects.order_by("id").values_list("id", flat=True))


def number(statement: str, values: Values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


@transaction.atomic
def execute(statements: str, values: Values) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement, values)
