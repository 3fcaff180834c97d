"""Gemte filtre: an employee's own, from Elevoversigt and back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from laereplads.access.permissions import requires_permission
from laereplads.access_log.purposes import names_no_students
from laereplads.web.http import Request, path_of
from schools.forms import StudentFilterForm
from schools.groups import groups_of
from schools.list_forms import SavedFilterForm
from schools.models import SavedFilter
from schools.saved_filters import (
    CHANGE_FILTERS,
    MOST_SAVED,
    NEVER_SAVED,
    change_filter,
    delete_filter,
    filter_of,
    query_to_save,
    save_filter,
    saved_filters_of,
)

if TYPE_CHECKING:
    from laereplads.access.models import Membership

UNPROCESSABLE = 422
FORM_METHODS = ["GET", "HEAD", "POST"]


def saved_filter_links(filters: StudentFilterForm, membership: Membership) -> dict[str, Any]:
    """The ways from Elevoversigt to one's saved filters, and to save the one that is in force."""
    if not membership.grants(CHANGE_FILTERS):
        return {"saved_filters": [], "save_filter": ""}
    query = query_to_save(filters)
    saved = [
        {
            "query": f"?{each.query}",
            "name": each.name,
            "is_current": each.query == query and NEVER_SAVED not in filters.filters,
        }
        for each in saved_filters_of(membership)
    ]
    is_saved = any(each["is_current"] for each in saved)
    save = path_of("schools:saved_filter_create") + filters.suffix if query and not is_saved else ""
    return {"saved_filters": saved, "save_filter": save}


@requires_permission(CHANGE_FILTERS)
@names_no_students
@require_safe
def saved_filter_list(request: Request) -> HttpResponseBase:
    own = SavedFilter.objects.visible_to(request.membership).order_by("sort_key", "id")
    groups = groups_of(request.membership)
    saved = [(each, filter_of(each.query, groups)) for each in own]
    return TemplateResponse(request, "schools/saved_filter_list.html", {"saved": saved, "most": MOST_SAVED})


@requires_permission(CHANGE_FILTERS)
@names_no_students
@require_http_methods(FORM_METHODS)
def saved_filter_create(request: Request) -> HttpResponseBase:
    groups = groups_of(request.membership)
    filters = StudentFilterForm(request.GET, groups)
    query, status = query_to_save(filters), 200
    form = SavedFilterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and query:
            try:
                save_filter(**form.cleaned_data, query=query, by=request.membership)
            except ValidationError as refusal:
                form.add_error("name", refusal.messages)
            else:
                messages.success(request, _("Filteret “%(name)s” er gemt.") % form.cleaned_data)
                return HttpResponseRedirect(f"{path_of('schools:student_list')}?{query}")
    context = {
        "form": form,
        "filters": filter_of(query, groups),
        "leaves_out_the_name": NEVER_SAVED in filters.filters,
        "back": path_of("schools:student_list") + filters.suffix,
    }
    return TemplateResponse(request, "schools/saved_filter_create.html", context, status=status)


@requires_permission(CHANGE_FILTERS)
@names_no_students
@require_http_methods(FORM_METHODS)
def saved_filter_update(request: Request, public_id: UUID) -> HttpResponseBase:
    own, status = request.membership, 200
    saved = get_object_or_404(SavedFilter.objects.visible_to(own), public_id=public_id)
    held = {"name": saved.name, "tells_of_new": saved.tells_of_new}
    form = SavedFilterForm(request.POST if request.method == "POST" else None, initial=held)
    if request.method == "POST":
        if form.is_valid():
            try:
                change_filter(saved, **form.cleaned_data, by=own)
            except ValidationError as refusal:
                form.add_error("name", refusal.messages)
            else:
                messages.success(request, _("Filteret “%(name)s” er gemt.") % form.cleaned_data)
                return redirect("schools:saved_filter_list")
        status = UNPROCESSABLE
    context = {"saved": saved, "form": form, "filters": filter_of(saved.query, groups_of(own))}
    return TemplateResponse(request, "schools/saved_filter_update.html", context, status=status)


@requires_permission(CHANGE_FILTERS)
@names_no_students
@require_POST
def saved_filter_delete(request: Request, public_id: UUID) -> HttpResponseBase:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.membership), public_id=public_id)
    delete_filter(saved, by=request.membership)
    messages.success(request, _("Filteret “%(name)s” er slettet.") % {"name": saved.name})
    return redirect("schools:saved_filter_list")
