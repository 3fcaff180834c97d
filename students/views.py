"""The student's own pages."""

from django.http import HttpResponseBase
from django.template.response import TemplateResponse

from laereplads.access.permissions import requires_permission
from laereplads.http import Request


@requires_permission("people.view_own_record")
def own_page(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_page.html")


@requires_permission("people.view_own_record")
def own_agreement(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_agreement.html")


@requires_permission("people.view_own_record")
def own_school_periods(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_school_periods.html")


@requires_permission("people.view_own_record")
def own_absence(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "students/own_absence.html")
