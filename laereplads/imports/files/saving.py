"""Saving what a plan says: all that is right in one transaction, and the record says who did it."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from laereplads.database.identity import in_the_name_of
from laereplads.imports.files.plan import FilePlan, FileUnanswered
from laereplads.imports.files.problems import FileRejected, Problems

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from laereplads.imports.files.progress import Progress

BATCH = 5_000


def carry_out[Plan: FilePlan](  # noqa: PLR0913  # each is one of a command's options
    plan: Plan,
    save: Callable[[Plan], None],
    *,
    by: Membership | None,
    partial: bool,
    answered: bool,
    at: datetime.datetime | None = None,
) -> Plan:
    """Do what the plan says, within the caller's transaction; `by` is None when the operator runs the command.

    Raises FileRejected, and saves nothing, if a row is wrong or needs an answer; with `partial` the others are saved.
    Raises FileUnanswered with `answered` if there is a question without an answer. `at` is when a history that is
    brought in was made; without it, now.
    """
    if answered and plan.questions:
        raise FileUnanswered(plan)
    if not plan.is_clean and not partial:
        raise FileRejected(unanswered(plan))
    if not plan.changes_nothing:
        with in_the_name_of(by.pk if by else None, at=at):
            save(plan)
    return plan


def unanswered(plan: FilePlan) -> Problems:
    """The plan's problems, and its questions as problems."""
    for question in plan.questions:
        text = _("%(question)s Svar i administrationen, eller indlæs resten.")
        plan.problems.add(question.line, "", text % {"question": question.text})
    return plan.problems


def write(work: Sequence[tuple[Any, Sequence[models.Model], dict[str, Any]]], progress: Progress) -> None:
    """Write rows of models, with options for bulk_create: in few statements, however many there are."""
    batches = [
        (model, batch, options)
        for model, records, options in work
        for batch in itertools.batched(records, BATCH, strict=False)
    ]
    for model, batch, options in progress(_("Gemmer"), batches):
        model.objects.bulk_create(batch, **options)


def replacing(fields: Sequence[str]) -> dict[str, Any]:
    """Options that let bulk_create write over rows that exist: one statement, where bulk_update takes minutes."""
    return {"update_conflicts": True, "unique_fields": ["id"], "update_fields": fields}
