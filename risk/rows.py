"""The lines of the company's lists, their texts ready: in the template dates and addresses took most of its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from laereplads.design_system.templatetags.design_system import badge
from laereplads.once import once_in_each_language
from laereplads.people.models import AgreementType
from laereplads.web.http import addresses
from risk.models import TONES, Level

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from django.utils.safestring import SafeString

    from laereplads.once import Said
    from risk.models import RiskAssessment
    from risk.queries import Line

    type Days = Said[datetime.date, str]


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


class HistoryRow(TypedDict):
    """An assessment, or the removal of one, and who made it."""

    badge: str
    recorded: str
    recorder: str
    company: str


def assessed_rows(lines: Iterable[Line], suffix: str) -> Iterator[AssessedRow]:
    """Each agreement's row. Windows get the list's filters as `suffix`, for the way back."""
    form, ended = addresses("companies:assessment_update"), _("Afsluttet %(day)s")
    today, types, days, badges = timezone.localdate(), type_in_words.here(), day_in_words.here(), level_badge.here()
    for line in lines:
        address = form(line.public_id)
        yield {
            **row(line, types, days),
            "ended": "" if line.runs_on(today) else ended % {"day": days[line.last_day]},
            "badge": badges[line.level] if line.level else "",
            "recorded": days[line.assessed_on] if line.level else "",
            "recorder": line.recorder,
            "form": address,
            "window": address + suffix,
        }


def agreement_rows(lines: Iterable[Line]) -> Iterator[AgreementRow]:
    today, types, days = timezone.localdate(), type_in_words.here(), day_in_words.here()
    for line in lines:
        status, since = standing(line, today, days)
        yield {**row(line, types, days), "school": line.school, "status": status, "since": since}


def history_rows(assessments: Iterable[RiskAssessment]) -> Iterator[HistoryRow]:
    """Assessments that were read with their recorders, in the order in which they come."""
    days = day_in_words.here()
    for each in assessments:
        yield {
            "badge": badge(each.tone, each.level_label),
            "recorded": days[each.recorded_on],
            "recorder": each.recorder.name,
            "company": each.recorded_by.company.name if each.recorded_by.company else "",
        }


def standing(line: Line, today: datetime.date, days: Days) -> tuple[str, str]:
    """Where an agreement stands today, and since or until when if that is not plain."""
    is_cut_short = line.ended_early_on is not None
    if line.starts_on > today:
        return _("Begynder %(day)s") % {"day": days[line.starts_on]}, ""
    if line.runs_on(today):
        ends = _("Ophæves %(day)s") % {"day": days[line.last_day]} if is_cut_short else ""
        return _("Igangværende"), ends
    return _("Ophævet før tid") if is_cut_short else _("Afsluttet"), days[line.last_day]


def row(line: Line, types: Said[str, str], days: Days) -> Row:
    return {
        "id": str(line.public_id),
        "name": line.name,
        "education": line.education,
        "workplace": line.workplace_name,
        "street": line.street,
        "town": f"{line.postal_code} {line.town}",
        "type": types[line.type],
        "starts": days[line.starts_on],
        "ends": days[line.ends_on],
    }


@once_in_each_language
def level_badge(level: str) -> SafeString:
    return badge(TONES[Level(level)], str(Level(level).label))


@once_in_each_language
def day_in_words(day: datetime.date) -> str:
    """A day as `date:"DATE_FORMAT"` writes it: "2. marts 2026"."""
    return date_format(day)


@once_in_each_language
def type_in_words(code: str) -> str:
    return str(AgreementType(code).label)
