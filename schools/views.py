"""The school's pages."""

from uuid import UUID

from django.http import HttpResponseBase
from django.template.response import TemplateResponse

from laereplads.access.permissions import requires_permission
from laereplads.http import Request


@requires_permission("people.view_student")
def student_list(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "schools/student_list.html")


@requires_permission("people.view_student")
def student_detail(request: Request, public_id: UUID) -> HttpResponseBase:
    return TemplateResponse(request, "schools/student_detail.html")


@requires_permission("schools.follow_student")
def student_follow(request: Request, public_id: UUID) -> HttpResponseBase:
    return TemplateResponse(request, "schools/student_detail.html")
