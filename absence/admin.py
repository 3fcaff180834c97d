"""Where administrators see which files with absence schools have read in, and how many rows: nothing of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from absence.models import AbsenceDelivery
from laereplads.audit.admin import RecordAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(AbsenceDelivery)
class AbsenceDeliveryAdmin(RecordAdmin[AbsenceDelivery]):
    list_display = (
        "imported_at", "school", "kind", "covers_from", "covers_to", "rows_new", "rows_changed", "rows_removed"
    )  # fmt: skip
    list_display_links = None
    list_filter = ("kind", "school")
    list_select_related = ("school",)
    ordering = ("-imported_at", "-id")
    sortable_by = ()
    fields = (*list_display, "sha256")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AbsenceDelivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AbsenceDelivery | None = None) -> bool:
        return False
