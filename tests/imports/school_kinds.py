"""Two small kinds of files that a school could read in: one carried out in SQL, and one that asks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.db import connection, transaction

from laereplads.imports.files import cells
from laereplads.imports.files.changes import Line
from laereplads.imports.files.columns import Column, ColumnGroup
from laereplads.imports.files.kinds import FileKind
from laereplads.imports.files.plan import NO, YES, Question, Tally
from laereplads.imports.files.problems import FileRejected, Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.files.reading import Layout, read_table
from laereplads.imports.files.records import readable_rows
from laereplads.imports.files.saving import carry_out
from laereplads.imports.files.staging import (
    StagedLines,
    StagedPlan,
    find_problems,
    leave_out_wrong,
    stage,
    stage_result,
)
from laereplads.imports.purposes import SCHOOL_IMPORT

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.imports.files.plan import Answers, Covers

PERMISSION = "absence.import_absence"
WORDS = {"left_out": ("række", "rækker"), "subject": "Elev", "number_label": "Elevnummer"}


def layout_of(name: str, *columns: Column, **limits: int) -> Layout:
    group = ColumnGroup(columns, "Altid", "Cellen er tom. Den skal udfyldes i alle rækker.")
    return Layout(name, (group,), one="en række", how_to_part="Del den op.", **limits)


def text_column(header: str, attribute: str, content: str) -> Column:
    return Column(header, attribute, functools.partial(cells.number, max_length=30), content)


FOLLOWED_LAYOUT = layout_of(
    "Fulgte elever",
    text_column("institutionsnummer", "institution_number", "Skolens 6 cifre."),
    text_column("elevnummer", "student_number", "Elevens nummer på skolen."),
    max_megabytes=100,
)
# Followed already, and not in the file: gone, where the file is complete for the day that it is read in.
COMPARED = """
select student.id as student_id, student.student_number, student.name,
    case when staged.line is null then 'Fjernet' when held.student_id is null then 'Ny' else 'Uændret' end as what
from people_student student
left join pg_temp.staged on staged.student_number = student.student_number
left join schools_followedstudent held on held.student_id = student.id and held.membership_id = %(membership)s
where student.school_id = coalesce(%(school)s, student.school_id)
    and (staged.line is not null or (held.student_id is not null and %(is_complete)s))
"""


def plan_followed(
    content: bytes,
    answers: Answers | None = None,
    *,
    by: Membership | None,
    covers: Covers | None = None,
    progress: Progress = silent,
) -> StagedPlan:
    problems = Problems()
    rows = readable_rows(read_table(content, FOLLOWED_LAYOUT), problems, progress=progress)
    staged = ((row.line, row.values["institution_number"], row.values["student_number"]) for row in rows)
    columns = {"line": "integer", "institution_number": "text", "student_number": "text"}
    stage("staged", columns, staged)
    if by and by.school:
        find_problems(
            problems,
            "institutionsnummer",
            "%(institution_number)s er ikke jeres skole. Slet rækken, eller ret nummeret.",
            "select line, institution_number from pg_temp.staged where institution_number <> %s order by line",
            [by.school.institution_number],
        )
    find_problems(
        problems,
        "elevnummer",
        "Der er ingen elev med nummer %(student_number)s. Ret det.",
        "select line, student_number from pg_temp.staged where not exists (select from people_student student"
        " where student.student_number = staged.student_number) order by line",
    )
    leave_out_wrong("staged", problems)
    stage_result(
        "compared",
        COMPARED,
        {
            "school": by.school_id if by else None,
            "membership": by.pk if by else None,
            "is_complete": covers is not None,
        },
    )
    with connection.cursor() as cursor:
        cursor.execute("select what, count(*) from pg_temp.compared group by what")
        counts = dict(cursor.fetchall())
    return StagedPlan(
        problems=problems,
        left_out=len(problems.lines),
        counted=[Tally("Elever", counts.get("Ny", 0), 0, counts.get("Uændret", 0), counts.get("Fjernet", 0))],
        told=StagedLines(
            "select what, student_number, name, student_id from pg_temp.compared where what <> 'Uændret'"
            " order by what, student_number",
            lambda what, number, name, student: Line(what, number, name, student=student),
        ),
        said=["Filen gælder hele perioden."] if covers else [],
    )


@transaction.atomic
def import_followed(  # noqa: PLR0913
    content: bytes,
    *,
    by: Membership | None,
    covers: Covers | None = None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    progress: Progress = silent,
) -> StagedPlan:
    def save(_plan: StagedPlan) -> None:
        assert by
        with connection.cursor() as cursor:
            cursor.execute(
                "delete from schools_followedstudent where membership_id = %s"
                " and student_id in (select student_id from pg_temp.compared where what = 'Fjernet')",
                [by.pk],
            )
            cursor.execute(
                "insert into schools_followedstudent (membership_id, student_id)"
                " select %s, student_id from pg_temp.compared where what = 'Ny'",
                [by.pk],
            )

    plan = plan_followed(content, by=by, covers=covers, progress=progress)
    return carry_out(plan, save, by=by, partial=partial, answered=answered)


FOLLOWED = FileKind(
    code="followed",
    permission=PERMISSION,
    layouts=(FOLLOWED_LAYOUT,),
    plan=plan_followed,
    save=import_followed,
    title="Elever, som du følger",
    description="Hver række er en elev.",
    purpose=SCHOOL_IMPORT,
    covers_help="Så bliver elever, der mangler i filen, fjernet.",
    **WORDS,
)

ASKING_LAYOUT = layout_of("Spørgsmål", text_column("tekst", "text", "Det, der spørges om."))


def plan_asking(
    content: bytes, answers: Answers | None = None, *, by: Membership | None, progress: Progress = silent
) -> StagedPlan:
    problems = Problems()
    rows = readable_rows(read_table(content, ASKING_LAYOUT), problems, progress=progress)
    if any(row.values["text"] == "afvist" for row in rows):
        raise FileRejected.because("Filen er afvist. Send den igen.", line=2)
    choices = ((YES, "Ja"), (NO, "Nej"))
    asked = [Question(row.line, "x", row.values["text"], "", "Er det rigtigt?", choices) for row in rows]
    known = answers or {}
    return StagedPlan(
        problems=problems,
        left_out=len(problems.lines),
        asked=asked,
        questions=[each for each in asked if each.id not in known],
        counted=[Tally("Svar", sum(known.get(each.id) == YES for each in asked), 0, 0)],
        declined=sum(known.get(each.id) == NO for each in asked),
    )


def import_asking(  # noqa: PLR0913
    content: bytes,
    *,
    by: Membership | None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    progress: Progress = silent,
) -> StagedPlan:
    plan = plan_asking(content, answers, by=by, progress=progress)
    return carry_out(plan, lambda _plan: None, by=by, partial=partial, answered=answered)


ASKING = FileKind(
    code="asking",
    permission=PERMISSION,
    layouts=(ASKING_LAYOUT,),
    plan=plan_asking,
    save=import_asking,
    title="Spørgsmål",
    description="Hver række er et spørgsmål.",
    **WORDS,
)

KINDS = (FOLLOWED, ASKING)


def followed_file(*rows: tuple[str, str]) -> bytes:
    return "\n".join(["institutionsnummer;elevnummer", *(";".join(row) for row in rows)]).encode()
