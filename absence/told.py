"""What companies were told of a period, in words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from absence.figures import minutes_in_words
from absence.models import NoticeKind
from laereplads.web.words import long_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from absence.models import AbsenceNotice


def told_in_words(notices: Sequence[AbsenceNotice]) -> list[str]:
    """Of one period and agreement, the oldest first; of a correction whose first notice is no longer kept nothing."""
    first = [first_notice(notice) for notice in notices[:1] if notice.kind == NoticeKind.FINAL]
    return first + [correction(before, after) for before, after in pairwise(notices)]


def first_notice(notice: AbsenceNotice) -> str:
    told = _("Underrettet den %(day)s.") % {"day": long_date(notice.made_at)}
    if notice.through is None:
        return told
    return f"{told} " + _("Opgjort til og med den %(day)s.") % {"day": long_date(notice.through)}


def correction(before: AbsenceNotice, after: AbsenceNotice) -> str:
    """In minutes of absence; where these are the same, of unlawful absence."""
    was, now = before.sums, after.sums
    words = _("Rettet den %(day)s: fraværet var %(before)s og er nu %(after)s.")
    minutes = was.absent, now.absent
    if was.absent == now.absent:
        words = _("Rettet den %(day)s: det ulovlige fravær var %(before)s og er nu %(after)s.")
        minutes = was.unlawful, now.unlawful
    told_before, told_after = map(minutes_in_words, minutes)
    # “45 min.” has the full stop already.
    return words % {"day": long_date(after.made_at), "before": told_before, "after": told_after.removesuffix(".")}
