"""What all of the administration has in common: it shows what was done, finds Danish names, and deletes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.db.models import Q
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from laereplads.audit.models import Event, EventQuerySet, name_references
from laereplads.database.text import between_spaces, found_by, holding

EVENTS_ON_A_PAGE = 50
# What the addresses of a list hold besides its filters: words, order, page, and whether all are shown.
OWN_PARAMETERS = {SEARCH_VAR, ORDER_VAR, PAGE_VAR, ALL_VAR}
# Digits that a row's number can have.
LONGEST_NUMBER = 18


class Autocomplete(AutocompleteSelect):
    """A search field that forgets what is no row's number: Django's own would fail when it shows the form again."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        numbers = [each for each in value if each.isdecimal() and len(each) <= LONGEST_NUMBER]
        return super().optgroups(name, numbers, attrs)


class PlainActionForm(ActionForm):
    default_renderer = DjangoTemplates


class PlainModelForm(forms.ModelForm[Any]):
    """A form as the admin's own style sheet expects it, not as the design system draws it."""

    default_renderer = DjangoTemplates


def yes_or_no(value: object) -> str:
    """Ja or Nej: Django's icon says "True" to those who hear the page."""
    return gettext("Ja") if value else gettext("Nej")


class RecordAdmin[Record: models.Model](admin.ModelAdmin[Record]):
    """An administrator's pages for one kind of record; the database records each addition and change."""

    form = PlainModelForm
    action_form = PlainActionForm
    list_per_page = 50
    show_full_result_count = False
    # A count beside a filter tells of the few whom it counts, and nothing would log that.
    show_facets = admin.ShowFacets.NEVER

    def save_model(self, request: HttpRequest, obj: Record, form: Any, change: bool) -> None:  # noqa: FBT001
        if change:
            # Only what was changed: the database lets administrators write the form's columns and no others.
            obj.save(update_fields=form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    # Django's own log would keep names, and nothing would ever remove them: the events take its place.
    def log_addition(self, request: HttpRequest, obj: Record, message: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, request: HttpRequest, obj: Record, message: Any) -> None:  # type: ignore[override]
        pass

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The events about the record, newest first, wherever they were done."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        events = self.events_about(obj).select_related("actor").defer("actor__password")
        pages = Paginator(events.order_by("-at", "-id"), EVENTS_ON_A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        name_references(page.object_list)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Historik for %(name)s") % {"name": obj},
            "module_name": capfirst(self.opts.verbose_name_plural),
            "object": obj,
            "opts": self.opts,
            "events": page.object_list,
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def events_about(self, record: Record) -> EventQuerySet:
        """What its history shows."""
        return Event.objects.filter(object_type=self.opts.label_lower, object_id=record.pk)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the filters beside the list ask; Django would let any field be asked, in any way."""
        return lookup in self.filter_parameters()

    def filter_parameters(self) -> set[str]:
        """What the addresses behind the filters hold."""
        names: set[str] = set()
        for each in self.list_filter:
            if isinstance(each, type) and issubclass(each, admin.SimpleListFilter):
                names.add(str(each.parameter_name))
                continue
            path = str(each[0] if isinstance(each, tuple) else each)
            field = get_fields_from_path(self.model, path)[-1]
            target = f"__{field.target_field.name}" if isinstance(field, models.ForeignKey) else ""
            names |= {f"{path}{target}__exact", f"{path}__isnull"}
        return names

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        known = {*OWN_PARAMETERS, *self.filter_parameters()}
        # No text in PostgreSQL holds a null character, so it would be an error to look for.
        if not known.issuperset(request.GET) or any("\x00" in value for value in request.GET.values()):
            messages.warning(request, _("Listen kan ikke filtreres på den måde. Her er hele listen."))
            return redirect(request.path)
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The field alone: what it refers to has its own page, so no icons open windows beside it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if field:
            if isinstance(field, (forms.DateField, forms.DateTimeField)):
                asks = _("Skriv datoen i feltet %(label)s.")
            elif isinstance(field, forms.ChoiceField):
                asks = _("Vælg %(field)s.")
            else:
                asks = _("Skriv %(field)s.")
            field.error_messages["required"] = asks % {"field": db_field.verbose_name, "label": field.label}
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Record], search_term: str
    ) -> tuple[models.QuerySet[Record], bool]:
        """Those in which each word stands somewhere in a name or number; ø is oe, å is aa, capitals do not matter."""
        for word in between_spaces(search_term):
            anywhere = Q()
            for path in self.search_fields:
                anywhere |= (found_by if path.endswith("search_key") else holding)(path, word.strip(",;"))
            queryset = queryset.filter(anywhere)
        return queryset, False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form; what only the database can refuse, such as another's change meanwhile, is said and not a crash."""
        if not {IS_POPUP_VAR, TO_FIELD_VAR}.isdisjoint({*request.GET, *request.POST}):
            # No page here opens another in a window of its own.
            messages.warning(request, _("Siden kan ikke vises på den måde. Her er hele listen."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            text = _("Intet er gemt: oplysningerne passer ikke med andre i portalen. Genindlæs siden, og prøv igen.")
            messages.error(request, text)
            return redirect(request.get_full_path())
