"""The lines of the company's lists, their texts ready: in the template dates and addresses took most of its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from laereplads.design_system.templatetags.design_system import badge
from laereplads.http import addresses
from laereplads.once import once_in_each_language
from laereplads.people.models import AgreementType
from risk.models import TONES, Level

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from django.utils.safestring import SafeString

    from risk.queries import Line


class Row(TypedDict):
    """A student and her agreement in words."""

    id: str
    name: str
    education: str
    workplace: str
    street: str
    town: str
    type: str
    starts: str
    ends: str


class AssessedRow(Row):
    """With the latest assessment, if there is one, and where its window is: without htmx, and with it."""

    ended: str
    badge: str
    recorded: str
    recorder: str
    form: str
    window: str


class AgreementRow(Row):
    """With the school, and where the agreement stands today."""

    school: str
    status: str
    since: str


def assessed_rows(lines: Iterable[Line], suffix: str) -> Iterator[AssessedRow]:
    """Each agreement's row. Windows get the list's filters as `suffix`, for the way back."""
    form, ended = addresses("risk:assessment_update"), _("Afsluttet %(day)s")
    for line in lines:
        address = form(line.public_id)
        yield {
            **row(line),
            "ended": "" if line.is_running else ended % {"day": in_words(line.last_day)},
            "badge": level_badge(line.level) if line.level else "",
            "recorded": in_words(line.assessed_on) if line.level else "",
            "recorder": line.recorder or "",
            "form": address,
            "window": address + suffix,
        }


def agreement_rows(lines: Iterable[Line]) -> Iterator[AgreementRow]:
    for line in lines:
        status, since = standing(line)
        yield {**row(line), "school": line.school, "status": status, "since": since}


def standing(line: Line) -> tuple[str, str]:
    """Where an agreement stands today, and since or until when if that is not plain."""
    is_cut_short = line.ended_early_on is not None
    if line.starts_on > timezone.localdate():
        return _("Begynder %(day)s") % {"day": in_words(line.starts_on)}, ""
    if line.is_running:
        ends = _("Ophæves %(day)s") % {"day": in_words(line.last_day)} if is_cut_short else ""
        return _("Igangværende"), ends
    return _("Ophævet før tid") if is_cut_short else _("Afsluttet"), in_words(line.last_day)


def row(line: Line) -> Row:
    return {
        "id": str(line.public_id),
        "name": line.name,
        "education": line.education,
        "workplace": line.workplace,
        "street": line.street,
        "town": f"{line.postal_code} {line.town}",
        "type": type_in_words(line.type),
        "starts": in_words(line.starts_on),
        "ends": in_words(line.ends_on),
    }


@once_in_each_language
def level_badge(level: str) -> SafeString:
    return badge(TONES[Level(level)], str(Level(level).label))


@once_in_each_language
def in_words(day: datetime.date) -> str:
    """A day as `date:"j. F Y"` writes it: "2. marts 2026"."""
    return date_format(day, "j. F Y")


@once_in_each_language
def type_in_words(code: str) -> str:
    return str(AgreementType(code).label)
