"""The lines of the overview, their texts ready: in the template addresses, dates and labels took most of its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.http import addresses
from laereplads.once import once_in_each_language
from laereplads.people.models import ProfileVisibility
from schools.templatetags.student_overview import DAYS_OF_A_WEEK, agreement_type, in_figures, in_weeks, level_badge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.utils.safestring import SafeString

    from laereplads.people.models import Student
    from schools.forms import StudentFilterForm
    from schools.models import Standing


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


def rows(standings: Iterable[Standing], filters: StudentFilterForm, profile_query: str) -> Iterator[tuple[Row, Star]]:
    """Each student's line and star. Profiles get `profile_query` for the way back to the list."""
    profile, follow = addresses("schools:student_detail"), addresses("schools:student_follow")
    today, following = timezone.localdate(), _("Følg {name}")
    running, none_running = _("Igangværende {type} afsluttes {when} ({day})"), _("Ingen igangværende aftale")
    registered, no_education = _("Registreret {day}"), _("Uddannelse ikke valgt")
    education_of = {education.pk: education for education in filters.educations.values()}
    for standing in standings:
        public_id, level = str(standing.public_id), standing.level
        # One that is too new to be remembered is read.
        education = education_of.get(standing.education_id or 0) or standing.education
        is_followed: bool = standing.is_followed  # type: ignore[attr-defined]  # the page's query told
        course = none_running
        if standing.is_running:
            kind, weeks = agreement_type(standing.agreement_type), (standing.ends_on - today).days // DAYS_OF_A_WEEK
            course = running.format(type=kind, when=in_weeks(weeks), day=in_figures(standing.ends_on))
        row: Row = {
            "id": public_id,
            "name": standing.name,
            "address": profile(public_id) + profile_query,
            "education": education.name if education else no_education,
            "course": course,
            "visibility": visibility(standing.visibility),
            "level": level or "",
            "badge": level_badge(level) if level else "",
            "registered": registered.format(day=in_figures(standing.assessed_on)) if standing.is_assessed else "",
        }
        text = following.format(name=standing.name)
        yield row, {"id": public_id, "address": follow(public_id), "text": text, "is_on": is_followed}


@once_in_each_language
def visibility(code: str) -> str:
    return str(ProfileVisibility(code).label)


def star(student: Student, *, is_on: bool) -> Star:
    return {
        "id": str(student.public_id),
        "address": reverse("schools:student_follow", args=[student.public_id]),
        "text": _("Følg {name}").format(name=student.name),
        "is_on": is_on,
    }
