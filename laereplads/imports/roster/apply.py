"""Reading a roster into the database: all of the file or nothing of it, and the record says who did it."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from laereplads.database.identity import in_the_name_of
from laereplads.imports.roster.check import Plan, check
from laereplads.imports.roster.parse import parse
from laereplads.imports.roster.problems import Problems, RosterRejected
from laereplads.imports.roster.progress import Progress, silent
from laereplads.people.models import Agreement, School, Student

if TYPE_CHECKING:
    from laereplads.access.models import Membership

BATCH = 5_000
# What the file decides; the rest of the row is the portal's own.
STUDENT_FIELDS = (
    "name", "birth_date", "email", "phone", "education", "student_type", "status", "basic_programme", "relation",
    "visibility", "expected_completion_on", "signed_off_on",
)  # fmt: skip
AGREEMENT_FIELDS = ("company", "workplace", "school", "education", "type", "starts_on", "ends_on", "ended_early_on")


def plan_roster(content: bytes, *, progress: Progress = silent) -> Plan:
    """What importing the file would do. Raises RosterRejected with every problem, and saves nothing in any case."""
    problems = Problems()
    rows = parse(content, problems, progress=progress)
    plan = check(rows, problems, progress=progress)
    if problems.count:
        raise RosterRejected(problems)
    return plan


@transaction.atomic
def import_roster(
    content: bytes, *, by: Membership | None, at: datetime.datetime | None = None, progress: Progress = silent
) -> Plan:
    """Do what the file says; `by` is None when the operator runs the command. Raises RosterRejected as above.

    `at` is when a history that is brought in was made; without it, now.
    """
    # One import at a time: what was compared must still hold when it is saved.
    list(School.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    plan = plan_roster(content, progress=progress)
    if not plan.changes_nothing:
        with in_the_name_of(by.pk if by else None, at=at):
            save(plan, progress=progress)
    return plan


def save(plan: Plan, *, progress: Progress) -> None:
    with connection.cursor() as cursor:
        # Two agreements may swap periods: they must not overlap when all are saved, but may on the way.
        cursor.execute("set constraints agreements_of_a_student_do_not_overlap deferred")
    changed_students = [change.record for change in plan.changed_students]
    changed_agreements = [change.record for change in plan.changed_agreements]
    work: list[tuple[models.QuerySet[Any], Sequence[models.Model], dict[str, Any]]] = [
        (Student.objects.all(), plan.new_students, {}),
        (Student.objects.all(), changed_students, replacing(STUDENT_FIELDS)),
        (Agreement.objects.all(), plan.new_agreements, {}),
        (Agreement.objects.all(), changed_agreements, replacing(AGREEMENT_FIELDS)),
    ]
    batches = [
        (rows, batch, options)
        for rows, records, options in work
        for batch in itertools.batched(records, BATCH, strict=False)
    ]
    for rows, batch, options in progress(_("Gemmer"), batches):
        rows.bulk_create(batch, **options)
    with connection.cursor() as cursor:
        cursor.execute("set constraints agreements_of_a_student_do_not_overlap immediate")


def replacing(fields: tuple[str, ...]) -> dict[str, Any]:
    """Options that let bulk_create write over rows that exist: one statement, where bulk_update takes minutes."""
    return {"update_conflicts": True, "unique_fields": ["id"], "update_fields": fields}
