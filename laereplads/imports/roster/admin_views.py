"""The administrator's import: upload a file, see what it would do, say yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from laereplads.access_log.operations import log_access
from laereplads.database.timeouts import allow_statements
from laereplads.imports.models import RosterUpload
from laereplads.imports.purposes import ROSTER_IMPORT
from laereplads.imports.roster.apply import import_roster, plan_roster
from laereplads.imports.roster.columns import AGREEMENT_COLUMNS, STUDENT_COLUMNS
from laereplads.imports.roster.parse import MAX_MEGABYTES, MEGABYTE
from laereplads.imports.roster.problems import RosterRejected

if TYPE_CHECKING:
    from uuid import UUID

    from laereplads.accounts.models import User

MISSING_SHOWN = 200
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
    """Choose a file. One with problems is answered with all of them; a good one waits for its confirmation."""
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
    """What the file would do, as the database is now; POST does it or drops the file."""
    require_import_permission(request)
    uploads = RosterUpload.objects.filter(uploaded_by=user_of(request))
    if request.method != "POST":
        upload = get_object_or_404(uploads, public_id=public_id)
        try:
            plan = plan_roster(bytes(upload.content))
        except RosterRejected as rejected:
            return page(
                request,
                "import",
                {"form": RosterForm(initial={"is_full": upload.is_full}), "problems": rejected.problems},
                status=422,
            )
        missing = plan.missing if upload.is_full else []
        shown, not_shown = missing[:MISSING_SHOWN], len(missing[MISSING_SHOWN:])
        log_access(request.membership, ROSTER_IMPORT, [student.pk for student in shown])  # type: ignore[attr-defined]
        context = {"upload": upload, "plan": plan, "missing": shown, "missing_not_shown": not_shown}
        return page(request, "import_preview", context)

    # The lock makes the second of two clicks wait, and find the file gone.
    waiting = uploads.select_for_update().filter(public_id=public_id).first()
    if waiting is None:
        messages.warning(request, _("Filen er allerede indlæst eller slettet."))
        return redirect("admin:people_student_import")
    if "drop" in request.POST:
        waiting.delete()
        messages.success(request, _("Filen er slettet. Intet er ændret."))
        return redirect("admin:people_student_import")
    allow_statements(SECONDS_OF_A_STATEMENT)
    try:
        plan = import_roster(bytes(waiting.content), by=request.membership)  # type: ignore[attr-defined]
    except RosterRejected as rejected:
        return page(
            request,
            "import",
            {"form": RosterForm(initial={"is_full": waiting.is_full}), "problems": rejected.problems},
            status=422,
        )
    waiting.delete()
    messages.success(
        request,
        _(
            "Filen er indlæst: %(new)s nye og %(changed)s ændrede elever, "
            "%(new_agreements)s nye og %(changed_agreements)s ændrede aftaler."
        )
        % {
            "new": len(plan.new_students),
            "changed": len(plan.changed_students),
            "new_agreements": len(plan.new_agreements),
            "changed_agreements": len(plan.changed_agreements),
        },
    )
    return redirect("admin:people_student_changelist")


def user_of(request: HttpRequest) -> User:
    user = request.user
    assert user.is_authenticated  # noqa: S101  # the admin site has let her in
    return user


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
    common = {
        **admin.site.each_context(request),
        "title": _("Indlæs elever fra en fil"),
        "student_columns": STUDENT_COLUMNS,
        "agreement_columns": AGREEMENT_COLUMNS,
    }
    return TemplateResponse(request, f"admin/people/student/{name}.html", {**common, **context}, status=status)
