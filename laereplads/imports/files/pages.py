"""The way of a file through pages, wherever they stand: it is sent, one sees what it would do, and says yes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from laereplads.access_log.operations import log_access
from laereplads.database.locks import lock
from laereplads.database.timeouts import allow_statements
from laereplads.imports.files.forms import WINDOW, FileForm
from laereplads.imports.files.plan import NO, OTHER, YES, FileUnanswered
from laereplads.imports.files.problems import FileRejected
from laereplads.imports.files.reading import read_table
from laereplads.imports.models import Upload
from laereplads.web.spreadsheets import Column, csv_file

if TYPE_CHECKING:
    from uuid import UUID

    from django.template.response import TemplateResponse

    from laereplads.imports.files.changes import Line
    from laereplads.imports.files.kinds import FileKind
    from laereplads.imports.files.plan import FilePlan
    from laereplads.imports.files.problems import Problems
    from laereplads.web.http import Request

LINES_SHOWN = 100
ANSWERS = (YES, NO, OTHER)
# Many rows are copied, compared and written in some dozens of statements, on a slow machine.
SECONDS_OF_A_STATEMENT = 90


class FilePages(ABC):
    """The pages that take files of some kinds. A subclass says what they look like, and where each of them is."""

    form_class: ClassVar[type[FileForm]] = FileForm

    def __init__(self, kinds: Sequence[FileKind]) -> None:
        self.kinds = kinds

    @abstractmethod
    def address(self, page: str, *args: UUID) -> str:
        """Where a page is: "upload", or "preview" and "lines" of a file that waits."""

    @abstractmethod
    def done(self, kind: FileKind) -> str:
        """Where one comes to when a file is read in."""

    @abstractmethod
    def render(self, request: Request, page: str, context: dict[str, Any], *, status: int) -> TemplateResponse: ...

    def upload(self, request: Request) -> HttpResponseBase:
        """Choose a file. One that cannot be read is answered with why; any other waits for its confirmation."""
        kinds = self.kinds_for(request)
        if request.method != "POST":
            return self.form_page(request, self.form_class(kinds))
        form = self.form_class(kinds, request.POST, request.FILES)
        if not form.is_valid():
            form.say_too_large(int(request.headers.get("Content-Length") or 0))
            return self.form_page(request, form, status=422)
        allow_statements(SECONDS_OF_A_STATEMENT)
        content = form.cleaned_data["file"].read()
        try:
            kind = kind_of(content, kinds)
            if form.covers and not kind.covers_help:
                form.add_error(WINDOW[0], _("Filen kan ikke være komplet for en periode. Slet begge datoer."))
                return self.form_page(request, form, status=422)
            kind.plan(content, **kind.options(by=request.membership, covers=form.covers))
        except FileRejected as rejected:
            return self.refused(request, rejected, form.cleaned_data)
        Upload.objects.expired().delete()
        starts, ends = form.covers or (None, None)
        # Sent twice, it waits once; the second of two clicks waits for the first.
        lock("uploads", request.membership.pk)
        upload, _is_new = Upload.objects.get_or_create(
            kind=kind.code,
            uploaded_by=request.membership,
            content=content,
            is_full=form.cleaned_data.get("is_full", False),
            covers_from=starts,
            covers_to=ends,
        )
        return redirect(self.address("preview", upload.public_id))

    def preview(self, request: Request, public_id: UUID) -> HttpResponseBase:
        """What the file would do, as the database is now, and what it asks; POST does it or drops the file."""
        kinds = self.kinds_for(request)
        if request.method == "POST":
            return self.answer(request, kinds, public_id)
        upload = get_object_or_404(Upload.objects.waiting(kinds, request.membership), public_id=public_id)
        try:
            kind, plan = self.planned(request, upload)
        except FileRejected as rejected:
            return self.refused(request, rejected, said_of(upload))
        return self.preview_page(request, kind, upload, plan, {})

    def answer(self, request: Request, kinds: Sequence[FileKind], public_id: UUID) -> HttpResponseBase:
        # Makes the second of two clicks wait, and find the file gone.
        lock("upload", str(public_id))
        upload = Upload.objects.waiting(kinds, request.membership).filter(public_id=public_id).first()
        if upload is None:
            messages.warning(request, _("Filen er allerede indlæst eller slettet."))
            return redirect(self.address("upload"))
        if "drop" in request.POST:
            upload.delete()
            messages.success(request, _("Filen er slettet. Intet er ændret."))
            return redirect(self.address("upload"))
        allow_statements(SECONDS_OF_A_STATEMENT)
        kind = self.kind(upload)
        answers = {name: value for name, value in request.POST.items() if name.startswith("svar-") and value in ANSWERS}
        try:
            plan = kind.save(
                bytes(upload.content),
                **kind.options(by=request.membership, covers=upload.covers),
                answers=answers,
                partial=True,
                answered=True,
            )
        except FileUnanswered as unanswered:
            return self.preview_page(request, kind, upload, unanswered.plan, answers, status=422)
        except FileRejected as rejected:
            return self.refused(request, rejected, said_of(upload))
        upload.delete()
        counts = " ".join(
            _("%(label)s: %(new)s nye, %(changed)s ændrede%(removed)s.")
            % {"label": tally.label, "new": tally.new, "changed": tally.changed, "removed": tally.removal}
            for tally in plan.tallies()
        )
        messages.success(request, _("Filen er indlæst. %(counts)s") % {"counts": counts})
        if left_out := plan.left_out + plan.declined:
            messages.warning(request, _("%(what)s er udeladt. Ret dem i filen.") % {"what": kind.counted(left_out)})
        return redirect(self.done(kind))

    def lines(self, request: Request, public_id: UUID) -> HttpResponseBase:
        """Everything that the preview shows, for a file of many changes: a line for each, and for each wrong row."""
        kinds = self.kinds_for(request)
        upload = get_object_or_404(Upload.objects.waiting(kinds, request.membership), public_id=public_id)
        try:
            kind, plan = self.planned(request, upload)
        except FileRejected as rejected:
            return self.refused(request, rejected, said_of(upload))
        lines = plan.lines(with_missing=upload.is_full)
        log_named(request, kind, plan, lines)
        headings = [_("Hvad"), kind.number_label, _("Navn"), _("Felt"), _("Før"), _("Efter")]
        file = csv_file([Column(str(heading), 0) for heading in headings], rows_of(plan, lines))
        return FileResponse(
            file, as_attachment=True, filename="indlaesning.csv", content_type="text/csv; charset=utf-8"
        )

    def kinds_for(self, request: Request) -> list[FileKind]:
        """Those that the acting membership may read in. Raises PermissionDenied where there is none."""
        kinds = [kind for kind in self.kinds if request.user.has_perm(kind.permission)]
        if not kinds:
            raise PermissionDenied
        return kinds

    def kind(self, upload: Upload) -> FileKind:
        return next(kind for kind in self.kinds if kind.code == upload.kind)

    def planned(self, request: Request, upload: Upload) -> tuple[FileKind, FilePlan]:
        allow_statements(SECONDS_OF_A_STATEMENT)
        kind = self.kind(upload)
        options = kind.options(by=request.membership, covers=upload.covers)
        return kind, kind.plan(bytes(upload.content), **options)

    def preview_page(  # noqa: PLR0913  # what the page shows
        self,
        request: Request,
        kind: FileKind,
        upload: Upload,
        plan: FilePlan,
        answers: dict[str, str],
        *,
        status: int = 200,
    ) -> TemplateResponse:
        lines: Sequence[Line] = plan.lines(with_missing=upload.is_full)
        shown = lines[:LINES_SHOWN]
        log_named(request, kind, plan, shown)
        tallies = plan.tallies()
        context = {
            "kind": kind,
            "upload": upload,
            "plan": plan,
            "tallies": tallies,
            "removes": any(tally.removed is not None for tally in tallies),
            "notes": plan.notes(with_missing=upload.is_full),
            "left_out": kind.counted(plan.left_out),
            "lines": shown,
            "lines_not_shown": len(lines) - len(shown),
            "lines_page": self.address("lines", upload.public_id),
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
        return self.page(request, "preview", context, status=status)

    def refused(self, request: Request, rejected: FileRejected, said: dict[str, Any]) -> TemplateResponse:
        """The form once more, with what was said of a file that cannot be read, and why it cannot."""
        form = self.form_class(self.kinds_for(request), initial={name: said.get(name) for name in ("is_full", *WINDOW)})
        return self.form_page(request, form, problems=rejected.problems, status=422)

    def form_page(
        self, request: Request, form: FileForm, *, problems: Problems | None = None, status: int = 200
    ) -> TemplateResponse:
        return self.page(request, "upload", {"form": form, "problems": problems}, status=status)

    def page(self, request: Request, name: str, context: dict[str, Any], *, status: int) -> TemplateResponse:
        common = {"kinds": self.kinds_for(request), "upload_page": self.address("upload")}
        return self.render(request, name, {**common, **context}, status=status)


def kind_of(content: bytes, kinds: Sequence[FileKind]) -> FileKind:
    """The kind that the file's headings fit best. Raises FileRejected as `read_table` does."""
    layout = read_table(content, *(layout for kind in kinds for layout in kind.layouts)).layout
    return next(kind for kind in kinds if any(own is layout for own in kind.layouts))


def said_of(upload: Upload) -> dict[str, Any]:
    return {"is_full": upload.is_full, "covers_from": upload.covers_from, "covers_to": upload.covers_to}


def rows_of(plan: FilePlan, lines: Sequence[Line]) -> Iterator[list[str]]:
    """A row for each line, each question and each problem."""
    for line in lines:
        yield [str(cell) for cell in (line.what, line.number, line.name, line.field, line.before, line.after)]
    for each in plan.asked:
        yield [_("Spørgsmål"), each.number, each.name, str(each.text), "", ""]
    for problem in plan.problems.kept:
        yield [_("Fejl"), "", "", str(problem), "", ""]


def log_named(request: Request, kind: FileKind, plan: FilePlan, lines: Sequence[Line]) -> None:
    """A reading of the students whose data the page tells, also by what it asks and refuses."""
    if kind.purpose:
        named = {line.student for line in lines if line.student} | plan.named
        log_access(request.membership, kind.purpose, named)
