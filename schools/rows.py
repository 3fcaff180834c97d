"""What the overview and the profile say, their texts ready: in templates dates and labels took most of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.once import once_in_each_language
from laereplads.people.educations import name_of
from laereplads.people.models import ProfileVisibility
from laereplads.web.http import addresses
from schools.models import ASSESSED, LEVELS
from schools.words import (
    DAYS_OF_A_WEEK,
    agreement_type,
    in_weeks,
    level_badge,
    short_date,
    since,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.utils.safestring import SafeString

    from laereplads.people.models import Agreement, Student
    from schools.forms import StudentFilterForm
    from schools.queries import Line


class Star(TypedDict):
    """The button that follows a student: where it leads, and how it stands."""

    id: str
    address: str
    text: str
    is_on: bool


class Row(TypedDict):
    """A student's line in words. Who cannot be assessed today has no level, and who is not assessed no day of it."""

    id: str
    name: str
    address: str
    education: str
    course: str
    visibility: str
    level: str
    badge: SafeString | str
    registered: str


class Facts(TypedDict):
    """What the profile says of the student besides her risk; `dialled` and `email` are empty where there is none."""

    education: str
    status: str
    completion: str
    type: str
    birth: str
    visibility: str
    phone: str
    dialled: str
    email: str


class Course(TypedDict):
    """An agreement as a step of the student's training."""

    heading: str
    is_running: bool
    education: str
    period: str
    # Empty where it was not ended early.
    cut_short: str
    workplace: str
    place: str


def rows(lines: Iterable[Line], filters: StudentFilterForm, profile_query: str) -> Iterator[tuple[Row, Star]]:
    """Each student's line and star. Profiles get `profile_query` for the way back to the list."""
    profile, follow = addresses("schools:student_detail"), addresses("schools:student_follow")
    today, following = timezone.localdate(), _("Følg {name}")
    running, none_running = _("Igangværende {type} afsluttes {when} ({day})"), _("Ingen igangværende aftale")
    registered, no_education = _("Registreret {day}"), _("Uddannelse ikke valgt")
    education_of = {education.pk: education.name for education in filters.educations.values()}
    levels = {rank.value: level for rank, level in LEVELS.items()}
    badges, types, ends, visibilities = level_badge.here(), agreement_type.here(), in_weeks.here(), visibility.here()
    for line in lines:
        public_id, level = str(line.public_id), levels.get(line.rank, "")
        education = no_education
        if line.education_id:
            education = education_of.get(line.education_id) or name_of(line.education_id)
        course = none_running
        if line.is_running:
            kind, when = types[line.agreement_type], ends[(line.ends_on - today).days // DAYS_OF_A_WEEK]
            course = running.format(type=kind, when=when, day=short_date(line.ends_on))
        row: Row = {
            "id": public_id,
            "name": line.name,
            "address": profile(public_id) + profile_query,
            "education": education,
            "course": course,
            "visibility": visibilities[line.visibility],
            "level": level,
            "badge": badges[level] if level else "",
            "registered": registered.format(day=short_date(line.assessed_on)) if line.rank in ASSESSED else "",
        }
        text = following.format(name=line.name)
        yield row, {"id": public_id, "address": follow(public_id), "text": text, "is_on": line.is_followed}


@once_in_each_language
def visibility(code: str) -> str:
    return str(ProfileVisibility(code).label)


def facts_of(student: Student) -> Facts:
    born, ends = student.birth_date, student.expected_completion_on
    return {
        "education": student.education.name if student.education else _("Ikke valgt"),
        "status": student.get_status_display(),
        "completion": short_date(ends) if ends else _("Ikke oplyst"),
        "type": student.get_student_type_display(),
        "birth": _("{day} ({age} år)").format(day=short_date(born), age=student.age),
        "visibility": visibility(student.visibility),
        "phone": student.phone,
        "dialled": student.phone.replace(" ", ""),
        "email": student.email,
    }


def courses(agreements: Iterable[Agreement]) -> Iterator[Course]:
    """The agreements in the order in which they come."""
    today = timezone.localdate()
    for each in agreements:
        begins, place, ended = each.starts_on, each.workplace, each.ended_early_on
        if begins <= today:
            heading, when = _("{type} hos {company} startede {when} ({day})"), since(begins)
        else:
            heading, when = _("{type} hos {company} starter {when} ({day})"), until(begins)
        kind = each.get_type_display()
        yield {
            "heading": heading.format(type=kind, company=each.company.name, when=when, day=short_date(begins)),
            "is_running": each.is_running,
            "education": each.education.name,
            "period": f"{short_date(begins)} – {short_date(each.ends_on)}",
            "cut_short": _("Ophævet med sidste dag {day}").format(day=short_date(ended)) if ended else "",
            "workplace": place.name,
            "place": f"{place.street}, {place.postal_code} {place.town}",
        }


def star(student: Student, *, is_on: bool) -> Star:
    return {
        "id": str(student.public_id),
        "address": reverse("schools:student_follow", args=[student.public_id]),
        "text": _("Følg {name}").format(name=student.name),
        "is_on": is_on,
    }
