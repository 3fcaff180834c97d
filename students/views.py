"""The student's own pages."""

from typing import Any

from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from laereplads.access.permissions import requires_permission
from laereplads.http import Request
from laereplads.people.models import Student
from students.training import MEANINGS, Training


def about_me(request: Request) -> dict[str, Any]:
    student = Student.objects.visible_to(request.membership).select_related("school", "education").get()
    return {"student": student}


@requires_permission("people.view_own_record")
@require_safe
def own_page(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_page.html", about_me(request))


@requires_permission("people.view_own_record")
@require_safe
def own_agreement(request: Request) -> HttpResponseBase:
    context = {"training": Training.visible_to(request.membership), "meanings": MEANINGS, **about_me(request)}
    return TemplateResponse(request, "students/own_agreement.html", context)


@requires_permission("people.view_own_record")
@require_safe
def own_school_periods(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_school_periods.html", about_me(request))


@requires_permission("people.view_own_record")
@require_safe
def own_absence(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_absence.html", about_me(request))
