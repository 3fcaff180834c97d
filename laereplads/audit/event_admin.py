"""Where administrators search the change log."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import actions
from laereplads.audit.admin import RecordAdmin
from laereplads.audit.models import Event, name_references
from laereplads.audit.triggers import hidden_actions
from laereplads.database.text import between_spaces, found_by, holding


class ActionFilter(admin.SimpleListFilter):
    """Every action that an administrator can find: one that finds nothing would say that it never happened."""

    title = _("handling")
    parameter_name = "action__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        hidden = hidden_actions()
        return [(str(action), action.label) for action in actions().values() if action not in hidden]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Event]) -> models.QuerySet[Event]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(RecordAdmin[Event]):
    """The change log, to be searched and never changed. It names no student: their public id leads to their page."""

    list_display = ("at", "get_action_display", "actor", "party", "about", "told", "student")
    list_display_links = None
    list_filter = (ActionFilter,)
    # Django shows the field only where there is something to search in; what is searched is said below.
    search_fields = ("student",)
    search_help_text = _(
        "Skriv en elevs portal-id, en dag (02.03.2026), en medarbejder, en virksomhed, en skole eller et id fra en "
        "fejlmelding. Hændelser om frafaldsrisiko er ikke med: dem må administratorer ikke se."
    )
    ordering = ("-at", "-id")
    sortable_by = ()
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Event]:
        return (
            Event.objects.for_administrators().select_related("actor").defer("actor__password").order_by(*self.ordering)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    @admin.display(description=_("handling"))
    def get_action_display(self, event: Event) -> str:
        return event.get_action_display()

    @admin.display(description=_("på vegne af"))
    def party(self, event: Event) -> str:
        """Operators know their commands by name."""
        return event.acting_for if event.acting_membership else f"{event.party} ({event.acting_for})"

    @admin.display(description=_("hvad"))
    def about(self, event: Event) -> str:
        model = event.about
        return f"{capfirst(model._meta.verbose_name)} {event.object_id}" if model else ""

    @admin.display(description=_("ændringer"))
    def told(self, event: Event) -> str:
        return ", ".join(event.told())

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        name_references(shown.result_list)
        return shown

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Event], search_term: str
    ) -> tuple[models.QuerySet[Event], bool]:
        """Those that fit every word: an id, a day, or part of the name of who did it or of whom it was done for."""
        for word in between_spaces(search_term):
            queryset = queryset.filter(meant_by(word))
        return queryset, False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The list says all that there is to say, and nothing is added."""
        if object_id is None:
            raise PermissionDenied
        raise Http404


def meant_by(word: str) -> Q:
    """What the search asks of events with one word."""
    try:
        number = UUID(word)
    except ValueError:
        pass
    else:
        return Q(student=number) | Q(request=number)
    try:
        day = forms.DateField().clean(word)
    except forms.ValidationError:
        return holding("acting_for", word) | found_by("actor__search_key", word)
    begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    ends = timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))
    return Q(at__gte=begins, at__lt=ends)
