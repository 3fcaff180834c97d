"""Reading a roster into the database: what is right in it in one transaction, and the record says who did it."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.database.identity import in_the_name_of
from laereplads.imports.roster.check import check
from laereplads.imports.roster.parse import parse
from laereplads.imports.roster.plan import Answers, Plan
from laereplads.imports.roster.problems import Problems, RosterRejected, RosterUnanswered
from laereplads.imports.roster.progress import Progress, silent
from laereplads.people.models import Agreement, School, Student
from laereplads.people.operations import move_to_school

if TYPE_CHECKING:
    from laereplads.access.models import Membership

BATCH = 5_000
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


def plan_roster(content: bytes, answers: Answers | None = None, *, progress: Progress = silent) -> Plan:
    """What importing the file would do, with the problems of its rows. Saves nothing.

    Raises RosterRejected when the file as a whole cannot be read.
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
    """Do what the file says; `by` is None when the operator runs the command.

    `answers` are those to the plan's questions, by their ids. Raises RosterRejected, and saves nothing, if a row is
    wrong or needs an answer; with `partial` the others are saved. Raises RosterUnanswered with `answered` if there is
    a question without an answer. `at` is when a history that is brought in was made;
    without it, now.
    """
    # One import at a time: what was compared must still hold when it is saved.
    list(School.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    plan = plan_roster(content, answers, progress=progress)
    if answered and plan.questions:
        raise RosterUnanswered(plan)
    if not plan.is_clean and not partial:
        raise RosterRejected(unanswered(plan))
    if not plan.changes_nothing:
        with in_the_name_of(by.pk if by else None, at=at):
            save(plan, on=timezone.localdate(at), progress=progress)
    return plan


def unanswered(plan: Plan) -> Problems:
    """The plan's problems, and its questions as problems."""
    for question in plan.questions:
        text = _("%(question)s Svar i administrationen, eller indlæs resten uden eleven.")
        plan.problems.add(question.line, "", text % {"question": question.text})
    return plan.problems


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


def write(work: Sequence[tuple[Any, Sequence[models.Model], dict[str, Any]]], progress: Progress) -> None:
    batches = [
        (model, batch, options)
        for model, records, options in work
        for batch in itertools.batched(records, BATCH, strict=False)
    ]
    for model, batch, options in progress(_("Gemmer"), batches):
        model.objects.bulk_create(batch, **options)


def replacing(fields: tuple[str, ...]) -> dict[str, Any]:
    """Options that let bulk_create write over rows that exist: one statement, where bulk_update takes minutes."""
    return {"update_conflicts": True, "unique_fields": ["id"], "update_fields": fields}
