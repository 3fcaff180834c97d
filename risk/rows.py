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

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from laereplads.people.models import Agreement
    from risk.models import CurrentRisk


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


def assessed_rows(agreements: Iterable[Agreement], suffix: str) -> Iterator[AssessedRow]:
    """Each agreement's line. Windows get the list's filters as `suffix`, for the way back."""
    form, ended = addresses("risk:assessment_update"), _("Afsluttet %(day)s")
    for agreement in agreements:
        risk: CurrentRisk | None = getattr(agreement, "current_risk", None)
        address = form(agreement.public_id)
        yield {
            **row(agreement),
            "ended": "" if agreement.is_running else ended % {"day": in_words(agreement.last_day)},
            "badge": badge(risk.tone, str(risk.get_level_display())) if risk else "",
            "recorded": in_words(risk.recorded_on) if risk else "",
            "recorder": risk.assessment.recorder.name if risk else "",
            "form": address,
            "window": address + suffix,
        }


def agreement_rows(agreements: Iterable[Agreement]) -> Iterator[AgreementRow]:
    for agreement in agreements:
        status, since = standing(agreement)
        yield {**row(agreement), "school": agreement.school.name, "status": status, "since": since}


def standing(agreement: Agreement) -> tuple[str, str]:
    """Where an agreement stands today, and since or until when if that is not plain."""
    is_cut_short = agreement.ended_early_on is not None
    if agreement.starts_on > timezone.localdate():
        return _("Begynder %(day)s") % {"day": in_words(agreement.starts_on)}, ""
    if agreement.is_running:
        ends = _("Ophæves %(day)s") % {"day": in_words(agreement.last_day)} if is_cut_short else ""
        return _("Igangværende"), ends
    return _("Ophævet før tid") if is_cut_short else _("Afsluttet"), in_words(agreement.last_day)


def row(agreement: Agreement) -> Row:
    workplace = agreement.workplace
    return {
        "id": str(agreement.public_id),
        "name": agreement.student.name,
        "education": agreement.education.name,
        "workplace": workplace.name,
        "street": workplace.street,
        "town": f"{workplace.postal_code} {workplace.town}",
        "type": type_in_words(agreement.type),
        "starts": in_words(agreement.starts_on),
        "ends": in_words(agreement.ends_on),
    }


@once_in_each_language
def in_words(day: datetime.date) -> str:
    """A day as `date:"j. F Y"` writes it: "2. marts 2026"."""
    return date_format(day, "j. F Y")


@once_in_each_language
def type_in_words(code: str) -> str:
    return str(AgreementType(code).label)
