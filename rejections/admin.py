"""How administrators maintain the list of reasons, and see when it lacks one. Rejections themselves are not shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.audit.admin import RecordAdmin
from rejections.models import (
    PERCENT_OF_CATCH_ALL_TO_WARN_AT,
    Rejection,
    RejectionReason,
    RejectionReasonQuerySet,
    in_percent,
    share,
)


class ValidFilter(admin.SimpleListFilter):
    """Reasons that can be chosen today, and those that cannot."""

    title = gettext_lazy("gælder i dag")
    parameter_name = "gaelder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", gettext_lazy("Ja")), ("nej", gettext_lazy("Nej"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "ja":
            return queryset.valid_today()
        if self.value() == "nej":
            return queryset.exclude(pk__in=RejectionReason.objects.valid_today())
        return queryset


@admin.register(RejectionReason)
class RejectionReasonAdmin(RecordAdmin[RejectionReason]):
    list_display = ("label", "code", "order", "valid_from", "valid_until", "share_of_all")
    list_filter = (ValidFilter,)
    search_fields = ("label", "code")
    fields = ("code", "label", "help_text", "order", "valid_from", "valid_until", "is_catch_all")

    def get_queryset(self, request: HttpRequest) -> RejectionReasonQuerySet:
        reasons: RejectionReasonQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        return reasons.with_uses()

    def get_readonly_fields(self, request: HttpRequest, obj: RejectionReason | None = None) -> tuple[str, ...]:
        """A code is chosen once."""
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: RejectionReason | None = None) -> bool:
        """A reason is retired by a date: old rejections go on giving it."""
        return False

    @admin.display(description=gettext_lazy("andel af afslag i de seneste 12 hele måneder"), ordering="uses")
    def share_of_all(self, reason: Any) -> str:
        """Of the primary reasons."""
        return f"{in_percent(reason.uses, reason.total)} ({reason.uses})"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        catch_all, total = Rejection.objects.catch_all_share()
        # What is read is what decides: 15,04 % is shown as 15,0 %.
        if share(catch_all, total, 1000) > 10 * PERCENT_OF_CATCH_ALL_TO_WARN_AT:
            told = {"share": in_percent(catch_all, total), "limit": PERCENT_OF_CATCH_ALL_TO_WARN_AT}
            words = _(
                "%(share)s af afslagene i de seneste 12 hele måneder har begrundelsen Andet. Når det er over "
                "%(limit)d %%, "
                "mangler listen sandsynligvis en begrundelse."
            )
            messages.warning(request, words % told)
        return super().changelist_view(request, extra_context)
