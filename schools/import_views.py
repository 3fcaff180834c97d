"""Files that a school reads in itself: sent, looked at, and said yes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from laereplads.access.permissions import requires_permission
from laereplads.access.roles import IMPORT_ABSENCE
from laereplads.access_log.purposes import names_students
from laereplads.imports.files.pages import FilePages
from laereplads.imports.purposes import SCHOOL_IMPORT
from laereplads.web.http import Request
from schools import imports

if TYPE_CHECKING:
    from uuid import UUID

    from laereplads.imports.files.kinds import FileKind


ADDRESSES = {
    "upload": "schools:import_upload",
    "preview": "schools:import_preview",
    "lines": "schools:import_lines",
}


class SchoolPages(FilePages):
    def __init__(self) -> None:
        super().__init__(imports.KINDS)

    def address(self, page: str, *args: UUID) -> str:
        return reverse(ADDRESSES[page], args=args)

    def done(self, kind: FileKind) -> str:
        return self.address("upload")

    def render(self, request: Request, page: str, context: dict[str, Any], *, status: int) -> TemplateResponse:
        return TemplateResponse(request, f"schools/import_{page}.html", context, status=status)


@requires_permission(IMPORT_ABSENCE)
@names_students(SCHOOL_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: Request) -> HttpResponseBase:
    return SchoolPages().upload(request)


@requires_permission(IMPORT_ABSENCE)
@names_students(SCHOOL_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: Request, public_id: UUID) -> HttpResponseBase:
    return SchoolPages().preview(request, public_id)


@requires_permission(IMPORT_ABSENCE)
@names_students(SCHOOL_IMPORT)
@require_safe
def import_lines(request: Request, public_id: UUID) -> HttpResponseBase:
    return SchoolPages().lines(request, public_id)
