"""The pages of one kind of file in the administration, in its look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms.renderers import DjangoTemplates
from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from laereplads.imports.files.forms import FileForm
from laereplads.imports.files.pages import FilePages
from laereplads.web.http import Request

if TYPE_CHECKING:
    from uuid import UUID

    from laereplads.imports.files.kinds import FileKind

SUFFIXES = {"upload": "import", "preview": "import_preview", "lines": "import_file"}


class AdminFileForm(FileForm):
    default_renderer = DjangoTemplates


class AdminPages(FilePages):
    form_class = AdminFileForm

    def __init__(self, kind: FileKind) -> None:
        super().__init__([kind])
        self.only = kind

    def address(self, page: str, *args: UUID) -> str:
        return reverse(f"admin:{self.only.pages}_{SUFFIXES[page]}", args=args)

    def done(self, kind: FileKind) -> str:
        return kind.list_page

    def render(self, request: Request, page: str, context: dict[str, Any], *, status: int) -> TemplateResponse:
        common = {**admin.site.each_context(request), "title": self.only.title, "kind": self.only}
        return TemplateResponse(request, f"admin/imports/{page}.html", {**common, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def file_import(request: Request, kind: FileKind) -> HttpResponseBase:
    return AdminPages(kind).upload(request)


@require_http_methods(["GET", "HEAD", "POST"])
def file_import_preview(request: Request, kind: FileKind, public_id: UUID) -> HttpResponseBase:
    return AdminPages(kind).preview(request, public_id)


@require_safe
def file_import_lines(request: Request, kind: FileKind, public_id: UUID) -> HttpResponseBase:
    return AdminPages(kind).lines(request, public_id)
