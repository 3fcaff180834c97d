"""Reading a roster into the database: what is right in it in one transaction, and the record says who did it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from laereplads.imports.files.problems import Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.files.saving import carry_out, replacing, write
from laereplads.imports.roster.check import check
from laereplads.imports.roster.parse import parse
from laereplads.people.models import Agreement, School, Student
from laereplads.people.operations import move_to_school

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.imports.files.plan import Answers
    from laereplads.imports.roster.plan import Plan

# What the file decides; the rest of the row is the portal's own.
STUDENT_FIELDS = (
    "name", "birth_date", "email", "phone", "education", "student_type", "status", "basic_programme", "relation",
    "visibility", "expected_completion_on", "signed_off_on", "student_number", "residence_municipality", "uniid",
    "has_completed_youth_education", "education_starts_on", "main_programme_starts_on", "has_credit", "is_protected",
    "dropped_out_on",
)  # fmt: skip
AGREEMENT_FIELDS = (
    "company",
    "workplace",
    "school",
    "education",
    "type",
    "starts_on",
    "ends_on",
    "ended_early_on",
    "number",
    "annulled_on",
)


def plan_roster(
    content: bytes, answers: Answers | None = None, *, by: Membership | None = None, progress: Progress = silent
) -> Plan:
    """What importing the file would do, with the problems of its rows, whoever does it. Saves nothing.

    Raises FileRejected when the file as a whole cannot be read.
    """
    problems = Problems()
    rows = parse(content, problems, progress=progress)
    return check(rows, problems, answers or {}, progress=progress)


@transaction.atomic
def import_roster(  # noqa: PLR0913  # each is one of a command's options
    content: bytes,
    *,
    by: Membership | None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    at: datetime.datetime | None = None,
    progress: Progress = silent,
) -> Plan:
    """Do what the file says, as `carry_out` does. `answers` are those to the plan's questions, by their ids."""
    # One import at a time: what was compared must still hold when it is saved.
    list(School.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return carry_out(
        plan_roster(content, answers, by=by, progress=progress),
        lambda plan: save(plan, on=timezone.localdate(at), progress=progress),
        by=by,
        partial=partial,
        answered=answered,
        at=at,
    )


def save(plan: Plan, *, on: datetime.date, progress: Progress) -> None:
    with connection.cursor() as cursor:
        # Two agreements may swap periods: they must not overlap when all are saved, but may on the way.
        cursor.execute("set constraints agreements_of_a_student_do_not_overlap deferred")
    changed_students = [change.record for change in plan.changed_students]
    changed_agreements = [change.record for change in plan.changed_agreements]
    write([(Student, plan.new_students, {}), (Student, changed_students, replacing(STUDENT_FIELDS))], progress)
    for draft in plan.moved:
        for move in draft.moves:
            move_to_school(move.former, draft.student, on=on, agreements=move.agreements)
    write(
        [(Agreement, plan.new_agreements, {}), (Agreement, changed_agreements, replacing(AGREEMENT_FIELDS))], progress
    )
    with connection.cursor() as cursor:
        cursor.execute("set constraints agreements_of_a_student_do_not_overlap immediate")
