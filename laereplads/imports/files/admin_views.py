"""The administrator's import: upload a file, see what it would do, say yes. The same pages for every kind of file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.renderers import DjangoTemplates
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from laereplads.access_log.operations import log_access
from laereplads.database.timeouts import allow_statements
from laereplads.imports.files.plan import NO, OTHER, YES, FileUnanswered
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.models import Upload
from laereplads.web.spreadsheets import Column, csv_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from laereplads.accounts.models import User
    from laereplads.imports.files.changes import Line
    from laereplads.imports.files.kinds import FileKind
    from laereplads.imports.files.plan import FilePlan

LINES_SHOWN = 100
ANSWERS = (YES, NO, OTHER)
# 25,000 rows are written in some dozens of statements, on a slow machine.
SECONDS_OF_A_STATEMENT = 60


class FileForm(forms.Form):
    default_renderer = DjangoTemplates

    file = forms.FileField(
        error_messages={"required": _("Vælg en fil."), "empty": _("Filen er tom. Vælg en fil med rækker.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    is_full = forms.BooleanField(required=False)

    def __init__(self, kind: FileKind, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.layout = kind.layouts[0]
        self.too_big = kind.too_big
        self.fields["file"].label = str(kind.file_label)
        self.fields["file"].help_text = _("En CSV-fil på højst %(max)s MB.") % {"max": self.layout.max_megabytes}
        if kind.full_label:
            self.fields["is_full"].label = str(kind.full_label)
            self.fields["is_full"].help_text = str(kind.full_help)
        else:
            del self.fields["is_full"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.layout.max_bytes:
            raise forms.ValidationError(self.too_big)
        return file


def require_import_permission(request: HttpRequest, kind: FileKind) -> None:
    if not request.user.has_perm(kind.permission):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def file_import(request: HttpRequest, kind: FileKind) -> HttpResponseBase:
    """Choose a file. One that cannot be read is answered with why; any other waits for its confirmation."""
    require_import_permission(request, kind)
    if request.method != "POST":
        return page(request, kind, "upload", {"form": FileForm(kind)})
    form = FileForm(kind, request.POST, request.FILES)
    if not form.is_valid():
        if int(request.headers.get("Content-Length") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            # Django has not taken the file in, so the form believes that there was none.
            form.errors["file"] = form.error_class([form.too_big])
        return page(request, kind, "upload", {"form": form}, status=422)
    content, is_full = form.cleaned_data["file"].read(), form.cleaned_data.get("is_full", False)
    try:
        kind.plan(content)
    except FileRejected as rejected:
        return refused(request, kind, rejected, is_full=is_full)
    Upload.objects.expired().delete()
    upload = Upload.objects.create(kind=kind.code, uploaded_by=user_of(request), content=content, is_full=is_full)
    return redirect(f"admin:{kind.pages}_import_preview", upload.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def file_import_preview(request: HttpRequest, kind: FileKind, public_id: UUID) -> HttpResponseBase:
    """What the file would do, as the database is now, and what it asks; POST does it or drops the file."""
    require_import_permission(request, kind)
    if request.method == "POST":
        return answer_preview(request, kind, public_id)
    upload = get_object_or_404(Upload.objects.waiting(kind.code, user_of(request)), public_id=public_id)
    try:
        plan = kind.plan(bytes(upload.content))
    except FileRejected as rejected:
        return refused(request, kind, rejected, is_full=upload.is_full)
    return preview(request, kind, upload, plan, {})


def answer_preview(request: HttpRequest, kind: FileKind, public_id: UUID) -> HttpResponseBase:
    # The lock makes the second of two clicks wait, and find the file gone.
    uploads = Upload.objects.waiting(kind.code, user_of(request))
    waiting = uploads.select_for_update().filter(public_id=public_id).first()
    if waiting is None:
        messages.warning(request, _("Filen er allerede indlæst eller slettet."))
        return redirect(f"admin:{kind.pages}_import")
    if "drop" in request.POST:
        waiting.delete()
        messages.success(request, _("Filen er slettet. Intet er ændret."))
        return redirect(f"admin:{kind.pages}_import")
    allow_statements(SECONDS_OF_A_STATEMENT)
    answers = {name: value for name, value in request.POST.items() if name.startswith("svar-") and value in ANSWERS}
    try:
        plan = kind.save(
            bytes(waiting.content),
            by=request.membership,  # type: ignore[attr-defined]
            answers=answers,
            partial=True,
            answered=True,
        )
    except FileUnanswered as unanswered:
        return preview(request, kind, waiting, unanswered.plan, answers, status=422)
    except FileRejected as rejected:
        return refused(request, kind, rejected, is_full=waiting.is_full)
    waiting.delete()
    counts = " ".join(
        _("%(label)s: %(new)s nye, %(changed)s ændrede.")
        % {"label": tally.label, "new": tally.new, "changed": tally.changed}
        for tally in plan.tallies()
    )
    messages.success(request, _("Filen er indlæst. %(counts)s") % {"counts": counts})
    if left_out := plan.left_out + plan.declined:
        messages.warning(request, _("%(what)s er udeladt. Ret dem i filen.") % {"what": kind.counted(left_out)})
    return redirect(kind.list_page)


@require_safe
def file_import_lines(request: HttpRequest, kind: FileKind, public_id: UUID) -> HttpResponseBase:
    """Everything that the preview shows, for a file of many changes: a line for each, and for each wrong row."""
    require_import_permission(request, kind)
    upload = get_object_or_404(Upload.objects.waiting(kind.code, user_of(request)), public_id=public_id)
    try:
        plan = kind.plan(bytes(upload.content))
    except FileRejected as rejected:
        return refused(request, kind, rejected, is_full=upload.is_full)
    lines = plan.lines(with_missing=upload.is_full)
    log_named(request, kind, plan, lines)
    rows = [
        *((line.what, line.number, line.name, line.field, line.before, line.after) for line in lines),
        *((_("Spørgsmål"), each.number, each.name, each.text, "", "") for each in plan.asked),
        *((_("Fejl"), "", "", str(problem), "", "") for problem in plan.problems.kept),
    ]
    columns = [_("Hvad"), kind.number_label, _("Navn"), _("Felt"), _("Før"), _("Efter")]
    file = csv_file([Column(str(heading), 0) for heading in columns], [[str(cell) for cell in row] for row in rows])
    return FileResponse(file, as_attachment=True, filename="indlaesning.csv", content_type="text/csv; charset=utf-8")


def preview(  # noqa: PLR0913  # what the page shows
    request: HttpRequest,
    kind: FileKind,
    upload: Upload,
    plan: FilePlan,
    answers: dict[str, str],
    *,
    status: int = 200,
) -> TemplateResponse:
    lines = plan.lines(with_missing=upload.is_full)
    shown = lines[:LINES_SHOWN]
    log_named(request, kind, plan, shown)
    context = {
        "upload": upload,
        "plan": plan,
        "tallies": plan.tallies(),
        "notes": plan.notes(with_missing=upload.is_full),
        "left_out": kind.counted(plan.left_out),
        "lines": shown,
        "lines_not_shown": len(lines) - len(shown),
        "lines_page": f"admin:{kind.pages}_import_file",
        "questions": [
            {
                "id": each.id,
                "question": each,
                "choices": [(code, label, answers.get(each.id) == code) for code, label in each.choices],
                "is_missing": status != HTTPStatus.OK and each.id not in answers,
            }
            for each in plan.asked
        ],
        "is_unanswered": status != HTTPStatus.OK,
    }
    return page(request, kind, "preview", context, status=status)


def log_named(request: HttpRequest, kind: FileKind, plan: FilePlan, lines: Sequence[Line]) -> None:
    """A reading of the students whose data the page tells, also by what it asks and refuses."""
    if kind.purpose:
        named = {line.student for line in lines if line.student} | plan.named
        log_access(request.membership, kind.purpose, named)  # type: ignore[attr-defined]


def refused(request: HttpRequest, kind: FileKind, rejected: FileRejected, *, is_full: bool) -> TemplateResponse:
    context = {"form": FileForm(kind, initial={"is_full": is_full}), "problems": rejected.problems}
    return page(request, kind, "upload", context, status=422)


def user_of(request: HttpRequest) -> User:
    user = request.user
    assert user.is_authenticated  # noqa: S101  # the admin site has let them in
    return user


def page(
    request: HttpRequest, kind: FileKind, name: str, context: dict[str, Any], *, status: int = 200
) -> TemplateResponse:
    common = {
        **admin.site.each_context(request),
        "title": kind.title,
        "kind": kind,
        "upload_page": f"admin:{kind.pages}_import",
    }
    return TemplateResponse(request, f"admin/imports/{name}.html", {**common, **context}, status=status)
