"""The administrator's import: upload a file, see what it would do, say yes."""

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
from laereplads.imports.models import RosterUpload
from laereplads.imports.purposes import ROSTER_IMPORT
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.columns import AGREEMENT_COLUMNS, STUDENT_COLUMNS
from laereplads.imports.roster.parse import MAX_MEGABYTES, MEGABYTE
from laereplads.imports.roster.plan import NO, OTHER, YES, told
from laereplads.imports.roster.problems import RosterRejected, RosterUnanswered
from laereplads.web.spreadsheets import Column, csv_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from laereplads.accounts.models import User
    from laereplads.imports.roster.plan import Line, Plan

LINES_SHOWN = 100
ANSWERS = (YES, NO, OTHER)
# 25,000 rows are written in some dozens of statements, on a slow machine.
SECONDS_OF_A_STATEMENT = 60
TOO_BIG = _("Filen fylder mere end %(max)s MB. Del den op, fx i én fil for hver skole.") % {"max": MAX_MEGABYTES}


class RosterForm(forms.Form):
    default_renderer = DjangoTemplates

    file = forms.FileField(
        label=_("Fil med elever"),
        help_text=_("En CSV-fil på højst %(max)s MB.") % {"max": MAX_MEGABYTES},
        error_messages={"required": _("Vælg en fil."), "empty": _("Filen er tom. Vælg en fil med elever.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    is_full = forms.BooleanField(
        label=_("Filen har alle skolens elever"),
        help_text=_("Så viser portalen, hvilke elever filen ikke har med. De bliver ikke ændret."),
        required=False,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_MEGABYTES * MEGABYTE:
            raise forms.ValidationError(TOO_BIG)
        return file


def require_import_permission(request: HttpRequest) -> None:
    if not request.user.has_perm("people.import_roster"):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def student_import(request: HttpRequest) -> HttpResponseBase:
    """Choose a file. One that cannot be read is answered with why; any other waits for its confirmation."""
    require_import_permission(request)
    if request.method != "POST":
        return page(request, "import", {"form": RosterForm()})
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        if int(request.headers.get("Content-Length") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            # Django has not taken the file in, so the form believes that there was none.
            form.errors["file"] = form.error_class([TOO_BIG])
        return page(request, "import", {"form": form}, status=422)
    content = form.cleaned_data["file"].read()
    try:
        plan_roster(content)
    except RosterRejected as rejected:
        return page(
            request,
            "import",
            {"form": RosterForm(initial={"is_full": form.cleaned_data["is_full"]}), "problems": rejected.problems},
            status=422,
        )
    RosterUpload.objects.expired().delete()
    upload = RosterUpload.objects.create(
        uploaded_by=user_of(request), content=content, is_full=form.cleaned_data["is_full"]
    )
    return redirect("admin:people_student_import_preview", upload.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def student_import_preview(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """What the file would do, as the database is now, and what it asks; POST does it or drops the file."""
    require_import_permission(request)
    if request.method == "POST":
        return answer_preview(request, public_id)
    upload = get_object_or_404(RosterUpload.objects.filter(uploaded_by=user_of(request)), public_id=public_id)
    try:
        plan = plan_roster(bytes(upload.content))
    except RosterRejected as rejected:
        return refused(request, upload, rejected)
    return preview(request, upload, plan, {})


def answer_preview(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    # The lock makes the second of two clicks wait, and find the file gone.
    uploads = RosterUpload.objects.filter(uploaded_by=user_of(request))
    waiting = uploads.select_for_update().filter(public_id=public_id).first()
    if waiting is None:
        messages.warning(request, _("Filen er allerede indlæst eller slettet."))
        return redirect("admin:people_student_import")
    if "drop" in request.POST:
        waiting.delete()
        messages.success(request, _("Filen er slettet. Intet er ændret."))
        return redirect("admin:people_student_import")
    allow_statements(SECONDS_OF_A_STATEMENT)
    answers = {name: value for name, value in request.POST.items() if name.startswith("svar-") and value in ANSWERS}
    try:
        plan = import_roster(
            bytes(waiting.content),
            by=request.membership,  # type: ignore[attr-defined]
            answers=answers,
            partial=True,
            answered=True,
        )
    except RosterUnanswered as unanswered:
        return preview(request, waiting, unanswered.plan, answers, status=422)
    except RosterRejected as rejected:
        return refused(request, waiting, rejected)
    waiting.delete()
    said = _(
        "Filen er indlæst: %(new)s nye og %(changed)s ændrede elever, "
        "%(new_agreements)s nye og %(changed_agreements)s ændrede aftaler."
    ) % {
        "new": len(plan.new_students),
        "changed": len(plan.changed_students),
        "new_agreements": len(plan.new_agreements),
        "changed_agreements": len(plan.changed_agreements),
    }
    messages.success(request, said)
    if plan.left_out or plan.declined:
        messages.warning(
            request, _("%(count)s elever er udeladt. Ret dem i filen.") % {"count": plan.left_out + plan.declined}
        )
    return redirect("admin:people_student_changelist")


@require_safe
def student_import_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Everything that the preview shows, for a file of many changes: a line for each, and for each wrong row."""
    require_import_permission(request)
    upload = get_object_or_404(RosterUpload.objects.filter(uploaded_by=user_of(request)), public_id=public_id)
    try:
        plan = plan_roster(bytes(upload.content))
    except RosterRejected as rejected:
        return refused(request, upload, rejected)
    lines = told(plan, with_missing=upload.is_full)
    log_named(request, plan, lines)
    rows = [
        *((line.what, line.student_number, line.name, line.field, line.before, line.after) for line in lines),
        *((_("Spørgsmål"), each.student_number, each.name, each.text, "", "") for each in plan.asked),
        *((_("Fejl"), "", "", str(problem), "", "") for problem in plan.problems.kept),
    ]
    columns = [_("Hvad"), _("Elevnummer"), _("Navn"), _("Felt"), _("Før"), _("Efter")]
    file = csv_file([Column(str(heading), 0) for heading in columns], [[str(cell) for cell in row] for row in rows])
    return FileResponse(file, as_attachment=True, filename="indlaesning.csv", content_type="text/csv; charset=utf-8")


def preview(
    request: HttpRequest, upload: RosterUpload, plan: Plan, answers: dict[str, str], *, status: int = 200
) -> TemplateResponse:
    lines = told(plan, with_missing=upload.is_full)
    shown, questions = lines[:LINES_SHOWN], plan.asked
    log_named(request, plan, shown)
    context = {
        "upload": upload,
        "plan": plan,
        "lines": shown,
        "lines_not_shown": len(lines) - len(shown),
        "questions": [
            {
                "id": each.id,
                "question": each,
                "choices": [(code, label, answers.get(each.id) == code) for code, label in each.choices],
                "is_missing": status != HTTPStatus.OK and each.id not in answers,
            }
            for each in questions
        ],
        "is_unanswered": status != HTTPStatus.OK,
    }
    return page(request, "import_preview", context, status=status)


def log_named(request: HttpRequest, plan: Plan, lines: Sequence[Line]) -> None:
    """A reading of the students whose data the page tells, also by what it asks and refuses."""
    named = {line.student for line in lines if line.student} | plan.named
    log_access(request.membership, ROSTER_IMPORT, named)  # type: ignore[attr-defined]


def refused(request: HttpRequest, upload: RosterUpload, rejected: RosterRejected) -> TemplateResponse:
    context = {"form": RosterForm(initial={"is_full": upload.is_full}), "problems": rejected.problems}
    return page(request, "import", context, status=422)


def user_of(request: HttpRequest) -> User:
    user = request.user
    assert user.is_authenticated  # noqa: S101  # the admin site has let them in
    return user


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
    common = {
        **admin.site.each_context(request),
        "title": _("Indlæs elever fra en fil"),
        "student_columns": STUDENT_COLUMNS,
        "agreement_columns": AGREEMENT_COLUMNS,
    }
    return TemplateResponse(request, f"admin/people/student/{name}.html", {**common, **context}, status=status)
