"""The school's front page: for a mentor who needs them today, for a leader how the whole school stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH, names_students
from laereplads.web.http import Request
from laereplads.web.navigation import groups_for
from schools.figures import Figures
from schools.forms import LONGEST_BACK
from schools.operations import note_visit
from schools.purposes import TODAY
from schools.today import SHOWN, Today

STUDENTS, SCHOOL = "elever", "skolen"


@names_students(TODAY)
def front_page(request: Request) -> HttpResponseBase:
    """A leader sees the school first, everybody else the students; a leader may see both."""
    membership = request.membership
    chosen = request.GET.get("vis", SCHOOL)
    context: dict[str, Any] = {"groups": groups_for(membership), "pages": []}
    if membership.is_leader:
        labels = {SCHOOL: _("Hele skolen"), STUDENTS: _("Elever lige nu")}
        chosen = chosen if chosen in labels else SCHOOL
        context["pages"] = [
            {"address": f"?vis={key}", "text": text, "is_current": key == chosen} for key, text in labels.items()
        ]
        if chosen == SCHOOL:
            figures = Figures(membership, everything=request.GET.get("alle") == "ja")
            log_access(membership, SEARCH, figures.told_of)
            return TemplateResponse(request, "schools/figures.html", context | {"figures": figures})
    farthest = timezone.localdate() - LONGEST_BACK
    last_visit = note_visit(membership)
    today = Today(membership, max(last_visit or farthest, farthest))
    log_access(membership, TODAY, today.shown)
    log_access(membership, SEARCH, today.told_of)
    shown = {"today": today, "shown": SHOWN, "last_visit": last_visit}
    return TemplateResponse(request, "schools/today.html", context | shown)
