"""Adds the pages that invite from a file to the administrators' list of users, and those that invite one person."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from laereplads.access.admin import UserAdmin
from laereplads.access.roles import Role
from laereplads.accounts.models import User
from laereplads.audit.admin import PlainModelForm, RecordAdmin, yes_or_no
from laereplads.delegation.import_users.kind import USERS
from laereplads.delegation.models import Invitation
from laereplads.delegation.operations import invite, party_of, refuse_who_has_access, role_at

admin.site.unregister(User)


@admin.register(User)
class InvitingUserAdmin(UserAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [*USERS.urls(self.admin_site), *super().get_urls()]


class InvitationForm(PlainModelForm):
    """Whom the authority invites to an organisation: above all its first Brugeradministrator."""

    class Meta:
        model = Invitation
        fields = ("company", "school", "name", "email", "is_user_administrator")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_user_administrator" in self.fields:
            self.fields["is_user_administrator"].initial = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        parties = [party for party in (cleaned.get("company"), cleaned.get("school")) if party]
        for name in ("name", "email"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Skriv navn og e-mailadresse."))
        if len(parties) != 1:
            raise ValidationError(_("Vælg enten en virksomhed eller en skole."))
        refuse_who_has_access(role_at(parties[0]), party_of(parties[0]), cleaned.get("email", "").lower())
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin[Invitation]):
    """Invitations to staff; those to students are their school's."""

    form = InvitationForm
    list_display = ("name", "email", "party_name", "looks_after_users", "state")
    list_display_links = None
    search_fields = ("name", "email", "company__search_key", "school__search_key")
    ordering = ("-created_at", "id")
    sortable_by = ()
    autocomplete_fields = ("company", "school")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).exclude(role=Role.STUDENT).select_related("company", "school")

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    @admin.display(description=_lazy("brugeradministrator"))
    def looks_after_users(self, invitation: Invitation) -> str:
        return yes_or_no(invitation.is_user_administrator)

    @admin.display(description=_lazy("tilstand"))
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return _("Taget imod")
        if invitation.withdrawn_at:
            return _("Trukket tilbage")
        return _("Udløbet") if invitation.has_expired else _("Venter")

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:  # noqa: FBT001
        """By the operation, which also writes the mail."""
        told = form.cleaned_data
        made = invite(
            told["company"] or told["school"],
            name=told["name"],
            email=told["email"],
            is_user_administrator=told["is_user_administrator"],
            by=request.membership,  # type: ignore[attr-defined]  # set by its middleware
        )
        obj.pk, obj.name = made.pk, made.name

    def log_addition(self, request: HttpRequest, obj: Invitation, message: Any) -> Any:
        """The database records it."""

    def response_add(self, request: HttpRequest, obj: Invitation, post_url_continue: str | None = None) -> Any:
        messages.success(request, _("%(name)s er inviteret og får en mail.") % {"name": obj.name})
        return redirect("admin:delegation_invitation_changelist")
