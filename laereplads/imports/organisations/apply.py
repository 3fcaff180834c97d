"""Reading organisations into the database: what is right in a file, in one transaction. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from laereplads.database.locks import lock
from laereplads.imports.files.problems import Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.files.reading import Layout, read_table
from laereplads.imports.files.records import Comparing, RecordPlan, readable_rows
from laereplads.imports.files.saving import carry_out, replacing, write
from laereplads.imports.organisations.check import Companies, Schools, Workplaces
from laereplads.imports.organisations.columns import COMPANIES, SCHOOLS, WORKPLACES
from laereplads.people.models import Company

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from laereplads.access.models import Membership
    from laereplads.imports.files.plan import Answers


@dataclass(frozen=True)
class OrganisationFile:
    """One of the three files: how its rows are compared, and which fields they may change."""

    layout: Layout
    compare: Callable[..., Comparing[Any]]
    new_label: str | Promise
    fields: tuple[str, ...]


FILES = (
    OrganisationFile(COMPANIES, Companies, _("Ny virksomhed"), ("name", "kind", "kommunekode", "region")),
    OrganisationFile(
        WORKPLACES,
        Workplaces,
        _("Nyt arbejdssted"),
        ("name", "company", "street", "postal_code", "town", "email", "phone"),
    ),
    OrganisationFile(SCHOOLS, Schools, _("Ny skole"), ("name", "cvr", "p_number", "email", "phone")),
)


def plan_organisations(
    content: bytes, answers: Answers | None = None, *, by: Membership | None = None, progress: Progress = silent
) -> RecordPlan[Any]:
    """What importing the file would do, with the problems of its rows, whoever does it. Saves nothing.

    Raises FileRejected when the file as a whole cannot be read.
    """
    return planned(content, progress=progress, locks=False)[1]


def planned(content: bytes, *, progress: Progress, locks: bool) -> tuple[OrganisationFile, RecordPlan[Any]]:
    table = read_table(content, *(file.layout for file in FILES))
    [file] = [file for file in FILES if file.layout is table.layout]
    problems = Problems()
    rows = readable_rows(table, problems, progress=progress)
    comparing = file.compare(table.layout, rows, problems, locks)
    plan: RecordPlan[Any] = RecordPlan(
        problems=problems, label=table.layout.name, new_label=file.new_label, key=comparing.key
    )
    plan.drafts = comparing.drafts(progress)
    plan.left_out = len(problems.lines)
    return file, plan


@transaction.atomic
def import_organisations(  # noqa: PLR0913  # each is one of a command's options
    content: bytes,
    *,
    by: Membership | None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    progress: Progress = silent,
) -> RecordPlan[Any]:
    """Do what the file says, as `carry_out` does. It asks nothing."""
    # One import at a time: what is new in both files must not be made twice.
    lock("import", "organisations")
    file, plan = planned(content, progress=progress, locks=True)
    return carry_out(plan, lambda plan: save(file, plan, progress=progress), by=by, partial=partial, answered=answered)


def save(file: OrganisationFile, plan: RecordPlan[Any], *, progress: Progress) -> None:
    changed = [change.record for change in plan.changed]
    given_up = [change.record.pk for change in plan.changed if change.before.get("kommunekode")]
    if given_up:
        # Two municipalities may swap: none holds a code that another is about to get.
        Company.objects.filter(pk__in=given_up).update(kommunekode="")
    model = plan.drafts[0].record.__class__
    write([(model, changed, replacing(file.fields)), (model, plan.new, {})], progress)
