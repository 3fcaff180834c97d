"""What a student's own pages say of her training, its texts ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext as _

from laereplads.design_system.templatetags.design_system import badge
from risk.models import NOT_REGISTERED
from risk.rows import day_in_words
from students.training import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.people.models import Agreement, School


class Facts(TypedDict):
    """An agreement, and how to find the place."""

    education: str
    type: str
    begins: str
    ends: str
    # Empty where it was not ended early.
    cut_short: str
    company: str
    workplace: str
    street: str
    town: str
    school: str


class Contact(TypedDict):
    """How to reach a school; either may be empty."""

    name: str
    phone: str
    email: str


class MeaningRow(TypedDict):
    """A level, and what it says about the student."""

    badge: str
    words: str


def facts_of(agreement: Agreement) -> Facts:
    days, place = day_in_words.here(), agreement.workplace
    ended = agreement.ended_early_on
    return {
        "education": str(agreement.education),
        "type": agreement.get_type_display(),
        "begins": days[agreement.starts_on],
        "ends": days[agreement.ends_on],
        "cut_short": _("Ophævet. Sidste dag er %(date)s.") % {"date": days[ended]} if ended else "",
        "company": str(agreement.company),
        "workplace": str(place),
        "street": place.street,
        "town": f"{place.postal_code} {place.town}",
        "school": str(agreement.school),
    }


def contact_of(school: School) -> Contact:
    return {"name": school.name, "phone": school.phone, "email": school.email}


def meaning_rows() -> Iterator[MeaningRow]:
    """What each level means, and what it means that there is none."""
    for meaning in MEANINGS:
        yield {"badge": badge(meaning.tone, meaning.label), "words": str(meaning.words)}
    words = _("Din arbejdsplads har ikke vurderet noget. Det siger ikke noget om dig.")
    yield {"badge": badge("none", str(NOT_REGISTERED)), "words": words}
