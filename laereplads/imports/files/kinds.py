"""What a kind of file brings to the pages and the command that all kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path

from laereplads.imports.files import admin_views

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.utils.functional import Promise

    from laereplads.access.models import Membership
    from laereplads.access_log.purposes import Purpose
    from laereplads.imports.files.plan import Covers, FilePlan
    from laereplads.imports.files.reading import Layout


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how it is planned and saved, what its pages are called and who may open them."""

    # Kept with the file that waits for a yes.
    code: str
    permission: str
    # A file has one of these.
    layouts: tuple[Layout, ...]
    # Both take the file's bytes, `by` (None when the operator runs the command), `answers` and `progress`, and `covers`
    # where the file may be complete for a window; the second takes `partial` and `answered` as well.
    plan: Callable[..., FilePlan]
    save: Callable[..., FilePlan]
    title: str | Promise
    description: str | Promise
    # What is left out when a row is wrong: one, and several.
    left_out: tuple[str | Promise, str | Promise]
    # What a line of the preview is about, and what that is known by.
    subject: str | Promise
    number_label: str | Promise
    # Where the preview names students.
    purpose: Purpose | None = None
    # For a file that may have everybody: what the tick says.
    full_label: str | Promise = ""
    full_help: str | Promise = ""
    # For a file that may be complete from a day until a day: what becomes of what it lacks.
    covers_help: str | Promise = ""
    # In the administration: what its pages' URL names begin with, the list they come from, and the words of its own.
    pages: str = ""
    list_page: str = ""
    list_title: str | Promise = ""
    file_label: str | Promise = ""
    introduction: str | Promise = ""

    def counted(self, count: int) -> str:
        """“2 elever”."""
        return f"{count} {self.left_out[0] if count == 1 else self.left_out[1]}"

    def options(self, *, by: Membership | None, covers: Covers | None) -> dict[str, Any]:
        """What `plan` and `save` are told beside the file."""
        return {"by": by, "covers": covers} if self.covers_help else {"by": by}

    def urls(self, site: AdminSite) -> list[URLPattern]:
        return [
            path("indlaes/", site.admin_view(admin_views.file_import), {"kind": self}, name=f"{self.pages}_import"),
            path(
                "indlaes/<uuid:public_id>/",
                site.admin_view(admin_views.file_import_preview),
                {"kind": self},
                name=f"{self.pages}_import_preview",
            ),
            path(
                "indlaes/<uuid:public_id>/fil/",
                site.admin_view(admin_views.file_import_lines),
                {"kind": self},
                name=f"{self.pages}_import_file",
            ),
        ]
