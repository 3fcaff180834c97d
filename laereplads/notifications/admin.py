"""Where administrators see which mails went, and send those again that did not arrive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from laereplads.access.admin import students_of_user
from laereplads.access.purposes import USER_MAINTENANCE
from laereplads.access_log.naming_admin import NamingAdmin
from laereplads.audit.operations import record
from laereplads.notifications.auditing import MAIL_SENT_AGAIN
from laereplads.notifications.kinds import mail_kinds
from laereplads.notifications.models import OutgoingMail, Reason
from laereplads.notifications.operations import send_again

UNDELIVERED = _("Kunne ikke leveres")


class StateFilter(admin.SimpleListFilter):
    """What became of a mail."""

    title = _("hvad der skete")
    parameter_name = "tilstand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("opgivet", UNDELIVERED), ("venter", _("Venter")), ("sendt", _("Sendt"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "opgivet":
                return queryset.undelivered()
            case "venter":
                return queryset.filter(sent_at=None, gave_up_at=None)
            case "sendt":
                return queryset.exclude(sent_at=None)
        return queryset


@admin.register(OutgoingMail)
class OutgoingMailAdmin(NamingAdmin[OutgoingMail]):
    """The outbox. What a mail said is its kind's; the one-time link in it is its receiver's alone."""

    purpose = USER_MAINTENANCE
    is_called_by_name = False
    list_display = ("created_at", "called", "receiver", "organisation", "state", "attempts")
    list_display_links = None
    list_filter = (StateFilter,)
    search_fields = ("user__email", "address")
    search_help_text = _("Skriv en e-mailadresse.")
    ordering = ("-created_at", "id")
    sortable_by = ()
    actions = ("send_again",)
    fields = ("called", "receiver", "organisation", "created_at", "due_at", "attempts", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        rows = super().get_queryset(request).select_related("user").defer("link", "counts", "user__password")
        return rows.annotate(as_students=students_of_user("user"))

    def named_by(self, record: OutgoingMail) -> Iterable[int]:
        students: list[int] = record.as_students  # type: ignore[attr-defined]  # annotated above
        return students

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.send_again")

    @admin.display(description=_("slags"))
    def called(self, mail: OutgoingMail) -> str:
        """Its kind; what no app declares any more is called by its name alone."""
        kind = mail_kinds().get(mail.kind)
        return str(kind.label) if kind else mail.kind

    @admin.display(description=_("til"))
    def receiver(self, mail: OutgoingMail) -> str:
        return (mail.user.email or "") if mail.user else mail.address

    @admin.display(description=_("tilstand"))
    def state(self, mail: OutgoingMail) -> str:
        if mail.gave_up_because == Reason.NO_RECEIVER:
            return mail.get_gave_up_because_display()
        if mail.gave_up_because:
            return f"{UNDELIVERED}: {mail.get_gave_up_because_display()}"
        return str(_("Sendt") if mail.sent_at else _("Venter"))

    @admin.action(description=_("Send igen"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, chosen: Any) -> None:
        """Of the chosen those that the portal has given up; the others went, or are on their way."""
        mails = list(chosen.undelivered())
        for mail in mails:
            send_again(mail)
            record(MAIL_SENT_AGAIN, about=mail.user)
        if not mails:
            messages.warning(request, _("Kun mails, der ikke kunne leveres, kan sendes igen."))
            return
        text = ngettext("%(number)d mail bliver sendt igen.", "%(number)d mails bliver sendt igen.", len(mails))
        messages.success(request, text % {"number": len(mails)})
