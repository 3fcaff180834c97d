"""Inviting whom a file names: what is right in it, in one transaction."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from laereplads.access.models import RIGHTS, Membership
from laereplads.database.locks import lock
from laereplads.delegation.import_users.check import Comparing, Draft, Plan
from laereplads.delegation.import_users.columns import LAYOUT
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import change_rights, invite, invite_all
from laereplads.imports.files.problems import FileRejected, Problems
from laereplads.imports.files.progress import Progress, silent
from laereplads.imports.files.reading import read_table
from laereplads.imports.files.records import readable_rows
from laereplads.imports.files.saving import carry_out

if TYPE_CHECKING:
    from laereplads.imports.files.plan import Answers

# As many as a bar moves on by.
BATCH = 100


def plan_users(
    content: bytes, answers: Answers | None = None, *, by: Membership | None = None, progress: Progress = silent
) -> Plan:
    """What importing the file would do, with the problems of its rows, whoever does it. Saves nothing.

    Raises FileRejected when the file as a whole cannot be read.
    """
    problems = Problems()
    rows = readable_rows(read_table(content, LAYOUT), problems, progress=progress)
    drafts = Comparing(rows, problems).drafts(progress)
    return Plan(problems=problems, left_out=len(problems.lines), drafts=drafts)


@transaction.atomic
def import_users(  # noqa: PLR0913  # each is one of a command's options
    content: bytes,
    *,
    by: Membership | None,
    answers: Answers | None = None,
    partial: bool = False,
    answered: bool = False,
    progress: Progress = silent,
) -> Plan:
    """Do what the file says, as `carry_out` does. It asks nothing."""
    # One import at a time: nobody is invited by both.
    lock("import", "users")

    def save(plan: Plan) -> None:
        invitations = [draft.record for draft in plan.new if isinstance(draft.record, Invitation)]
        try:
            for batch in progress(_("Inviterer"), list(itertools.batched(invitations, BATCH, strict=False))):
                invite_all(batch, by=by)
            for draft in plan.changed:
                change(draft, by)
        except ValidationError as refusal:
            # Somebody was quicker.
            raise FileRejected.because(" ".join(refusal.messages)) from refusal

    return carry_out(plan_users(content, by=by, progress=progress), save, by=by, partial=partial, answered=answered)


def change(draft: Draft, by: Membership | None) -> None:
    rights: dict[str, Any] = {name: getattr(draft.record, name) for name in RIGHTS}
    if isinstance(draft.current, Membership):
        change_rights(draft.current, rights, by=by)
        return
    assert not isinstance(draft.record, Membership)  # noqa: S101  # a membership is changed, never made, by a file
    invite(draft.organisation, name=draft.record.name, email=draft.record.email, by=by, **rights)
