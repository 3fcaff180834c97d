"""What is done with notices of absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from absence.models import AbsenceNotice

if TYPE_CHECKING:
    from laereplads.access.models import Membership


def see_notices(agreement_id: int, *, by: Membership) -> int:
    """Note that `by` looked at what the company was told of an agreement: once for each notice. Returns how many.

    Whoever looks at the same moment finds nothing left to note.
    """
    unseen = AbsenceNotice.objects.visible_to(by).filter(agreement=agreement_id, first_seen_at=None)
    return unseen.update(first_seen_at=timezone.now(), seen_by=by)
