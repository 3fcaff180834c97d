"""The student's own pages."""

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from laereplads.access.permissions import requires_permission
from laereplads.web.http import Request, path_of
from students import own_data as data
from students.absence import Absence
from students.access_log import page_of
from students.next_assessment import next_assessments_of
from students.queries import oneself
from students.school_periods import SchoolPeriods
from students.training import MEANINGS, Training
from students.viewers import viewers_of

# The pages of Mit uddannelsesforløb.
TABS = {
    "students:own_agreement": _("Uddannelsesaftale"),
    "students:own_school_periods": _("Skoleophold"),
    "students:own_absence": _("Fravær"),
}


def about_me(request: Request) -> dict[str, Any]:
    """What each of the student's pages shows."""
    return {"student": oneself(request.membership)}


def about_my_training(request: Request) -> dict[str, Any]:
    """What each page of Mit uddannelsesforløb shows."""
    addresses = {path_of(name): text for name, text in TABS.items()}
    pages = [{"address": at, "text": text, "is_current": request.path == at} for at, text in addresses.items()]
    return {"pages": pages, **about_me(request)}


@requires_permission("people.view_own_record")
@require_safe
def own_page(request: Request) -> HttpResponseBase:
    context = {"next_assessments": next_assessments_of(request.membership), **about_me(request)}
    return TemplateResponse(request, "students/own_page.html", context)


@requires_permission("people.view_own_record")
@require_safe
def own_agreement(request: Request) -> HttpResponseBase:
    training = Training.visible_to(request.membership)
    context = {"training": training, "meanings": MEANINGS, **about_my_training(request)}
    return TemplateResponse(request, "students/own_agreement.html", context)


@requires_permission("people.view_own_record")
@require_safe
def own_school_periods(request: Request) -> HttpResponseBase:
    context = {"own": SchoolPeriods.visible_to(request.membership), **about_my_training(request)}
    return TemplateResponse(request, "students/own_school_periods.html", context)


@requires_permission("people.view_own_record")
@require_safe
def own_absence(request: Request) -> HttpResponseBase:
    context = {"absence": Absence.visible_to(request.membership), **about_my_training(request)}
    return TemplateResponse(request, "students/own_absence.html", context)


@requires_permission("access_log.view_own_entries")
@require_safe
def own_access_log(request: Request) -> HttpResponseBase:
    page = page_of(request.membership, request.GET.get("foer"))
    return TemplateResponse(request, "students/own_access_log.html", {"page": page, **about_me(request)})


@requires_permission("people.view_own_record")
@require_safe
def own_viewers(request: Request) -> HttpResponseBase:
    context = {"viewers": viewers_of(request.membership), **about_me(request)}
    return TemplateResponse(request, "students/own_viewers.html", context)


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
