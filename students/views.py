"""The student's own pages."""

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from laereplads.access.permissions import requires_permission
from laereplads.http import Request
from students import own_data as data
from students.queries import oneself
from students.readings import page_of
from students.training import MEANINGS, Training


def about_me(request: Request) -> dict[str, Any]:
    return {"student": oneself(request.membership)}


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


@requires_permission("audit.view_own_readings")
@require_safe
def own_readings(request: Request) -> HttpResponseBase:
    page = page_of(request.membership, request.GET.get("foer"))
    return TemplateResponse(request, "students/own_readings.html", {"page": page, **about_me(request)})


@requires_permission("people.view_own_record")
@require_safe
def own_data(request: Request) -> HttpResponseBase:
    context = {"sections": data.sections(request), **about_me(request)}
    return TemplateResponse(request, "students/own_data.html", context)


@requires_permission("people.view_own_record")
@require_safe
def own_data_file(request: Request) -> HttpResponseBase:
    name = f"mine-oplysninger-{timezone.localdate():%Y-%m-%d}.json"
    return JsonResponse(
        data.as_file(request),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
