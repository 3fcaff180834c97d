"""The form that a file is sent with, on every page that takes files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from laereplads.design_system.forms import DateField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from laereplads.imports.files.kinds import FileKind
    from laereplads.imports.files.plan import Covers

# A page reads no more than this; larger files are the command's. The proxy takes in one more, for the rest of the form.
MOST_MEGABYTES = 20
WINDOW = ("covers_from", "covers_to")


class FileForm(forms.Form):
    """A file of one of the kinds, and what is said of it as a whole: that it has everybody, or all of some days."""

    file = forms.FileField(
        label=_("Fil"),
        error_messages={"required": _("Vælg en fil."), "empty": _("Filen er tom. Vælg en fil med rækker.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    is_full = forms.BooleanField(required=False)
    covers_from = DateField(label=_("Filen er komplet fra"), required=False)
    covers_to = DateField(label=_("Filen er komplet til og med"), required=False)

    def __init__(self, kinds: Sequence[FileKind], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        layouts = [layout for kind in kinds for layout in kind.layouts]
        most = min(MOST_MEGABYTES, max(layout.max_megabytes for layout in layouts))
        self.layout = layouts[0]
        self.most = most
        self.fields["file"].help_text = _("En CSV-fil på højst %(max)s MB.") % {"max": most}
        if label := next((kind.file_label for kind in kinds if kind.file_label), ""):
            self.fields["file"].label = str(label)
        full = next((kind for kind in kinds if kind.full_label), None)
        if full:
            self.fields["is_full"].label = str(full.full_label)
            self.fields["is_full"].help_text = str(full.full_help)
        else:
            del self.fields["is_full"]
        whole = next((kind for kind in kinds if kind.covers_help), None)
        if whole:
            self.fields["covers_from"].help_text = str(whole.covers_help)
        else:
            for name in WINDOW:
                del self.fields[name]

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size and file.size > self.most * 1024 * 1024:
            raise forms.ValidationError(self.layout.too_big(self.most))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = (cleaned.get(name) for name in WINDOW)
        if not set(WINDOW) & self.errors.keys():
            if starts and ends and starts > ends:
                self.add_error("covers_to", _("Vælg en dag, der ikke ligger før den første."))
            elif starts and not ends:
                self.add_error("covers_to", _("Skriv også den sidste dag, eller slet den første."))
            elif ends and not starts:
                self.add_error("covers_from", _("Skriv også den første dag, eller slet den sidste."))
        return cleaned

    def say_too_large(self, announced: int) -> None:
        """Of a form that was so long that Django has not taken its file in, and believes that there was none."""
        if announced > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self.errors["file"] = self.error_class([str(self.layout.too_big(self.most))])

    @property
    def covers(self) -> Covers | None:
        starts, ends = (self.cleaned_data.get(name) for name in WINDOW)
        return (starts, ends) if starts and ends else None
