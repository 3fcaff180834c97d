"""Grupper: the school's lists of students, and how students come into them and out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from laereplads.access.permissions import requires_permission
from laereplads.access_log.left_out import FEW, left_out
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH, names_no_students
from laereplads.people.models import Student
from laereplads.web.http import Request, path_of
from schools.forms import StudentFilterForm, hits_in_words
from schools.groups import (
    CHANGE_GROUPS,
    MOST_AT_ONCE,
    add_students,
    create_group,
    delete_group,
    groups_of,
    groups_with,
    groups_with_counts,
    remove_students,
    rename_group,
)
from schools.list_forms import GroupAddForm, GroupForm
from schools.models import StudentGroup, StudentListEntry

if TYPE_CHECKING:
    from laereplads.access.models import Membership
    from schools.queries import StudentFilter

UNPROCESSABLE, CONFLICT = 422, 409
FORM_METHODS = ["GET", "HEAD", "POST"]


def group_links(filters: StudentFilterForm, count: int, membership: Membership) -> dict[str, Any]:
    """The ways from Elevoversigt to put all that were found into a group, or take them out of the one shown."""
    if not count or not membership.grants(CHANGE_GROUPS):
        return {"group_links": None}
    words = ngettext("Føj den ene elev til en gruppe", "Føj de %(count)d elever til en gruppe", count)
    found: dict[str, Any] = {
        "remove": None,
        "add": {"address": path_of("schools:group_add") + filters.suffix, "text": words % {"count": count}},
    }
    if filters.chosen_group:
        names = {"count": count, "group": filters.chosen_group.name}
        words = ngettext("Fjern den ene elev fra “%(group)s”", "Fjern de %(count)d elever fra “%(group)s”", count)
        address = reverse("schools:group_remove", args=[filters.chosen_group.public_id])
        found["remove"] = {"address": address + filters.query(without=("group",)), "text": words % names}
    return {"group_links": found}


def shown_in_overview(group: UUID) -> str:
    """Elevoversigt with the students of a group."""
    return f"{path_of('schools:student_list')}?{StudentFilterForm.PARAMETERS['group']}={group}"


@requires_permission(CHANGE_GROUPS)
@names_no_students
@require_http_methods(FORM_METHODS)
def group_list(request: Request) -> HttpResponseBase:
    form, status = GroupForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if form.is_valid():
            try:
                group = create_group(form.cleaned_data["name"], by=request.membership)
            except ValidationError as refusal:
                form.add_error("name", refusal.messages)
            else:
                messages.success(request, _("Gruppen “%(name)s” er oprettet.") % {"name": group.name})
                return redirect("schools:group_list")
        status = UNPROCESSABLE
    context = {
        "form": form,
        "groups": [(group, shown_in_overview(group.public_id)) for group in groups_with_counts(request.membership)],
    }
    return TemplateResponse(request, "schools/group_list.html", context, status=status)


def one_group(request: Request, public_id: UUID) -> StudentGroup:
    return get_object_or_404(groups_with_counts(request.membership), public_id=public_id)


@requires_permission(CHANGE_GROUPS)
@names_no_students
@require_http_methods(FORM_METHODS)
def group_update(request: Request, public_id: UUID) -> HttpResponseBase:
    group, status = one_group(request, public_id), 200
    form = GroupForm(request.POST if request.method == "POST" else None, initial={"name": group.name})
    if request.method == "POST":
        if form.is_valid():
            try:
                group = rename_group(group, form.cleaned_data["name"], by=request.membership)
            except ValidationError as refusal:
                form.add_error("name", refusal.messages)
            else:
                messages.success(request, _("Gruppen hedder nu “%(name)s”.") % {"name": group.name})
                return redirect("schools:group_list")
        status = UNPROCESSABLE
    context = {"group": group, "form": form, "address": shown_in_overview(group.public_id)}
    return TemplateResponse(request, "schools/group_update.html", context, status=status)


@requires_permission(CHANGE_GROUPS)
@names_no_students
@require_http_methods(FORM_METHODS)
def group_delete(request: Request, public_id: UUID) -> HttpResponseBase:
    """What goes and what stays; and yes."""
    group = one_group(request, public_id)
    if request.method == "POST":
        delete_group(group, by=request.membership)
        messages.success(request, _("Gruppen “%(name)s” er slettet.") % {"name": group.name})
        return redirect("schools:group_list")
    return TemplateResponse(request, "schools/group_delete.html", {"group": group})


def found_by(request: Request, wanted: StudentFilter) -> list[int]:
    """The keys of all students who are found; told of without being named, they are logged as a search where few."""
    own, membership = StudentListEntry.objects.visible_to(request.membership), request.membership
    found = list(wanted.of(own, membership).values_list("student", flat=True))
    told = left_out(own, wanted.conditions(membership))
    log_access(membership, SEARCH, told.union(found if len(found) <= FEW else ()))
    return found


def about(filters: StudentFilterForm, found: list[int]) -> dict[str, Any]:
    """What both pages say of whom they are about."""
    return {
        "filters": filters,
        "count": len(found),
        "hits": hits_in_words(len(found)),
        "most": MOST_AT_ONCE,
        "has_changed": False,
        "is_possible": 0 < len(found) <= MOST_AT_ONCE and not filters.unusable,
    }


def is_as_seen(request: Request, found: list[int]) -> bool:
    """Whether the page that was answered told of as many as are found now."""
    return request.POST.get("antal") == str(len(found))


@requires_permission(CHANGE_GROUPS)
@names_no_students
@require_http_methods(FORM_METHODS)
def group_add(request: Request) -> HttpResponseBase:
    """How many the filter finds, and into which group they go."""
    own, is_sent = request.membership, request.method == "POST"
    groups = groups_of(own)
    filters = StudentFilterForm(request.GET, groups)
    found = found_by(request, filters.wanted)
    form, status = GroupAddForm(request.POST if is_sent else None, groups), 200
    context = {**about(filters, found), "form": form, "back": path_of("schools:student_list") + filters.suffix}
    if is_sent:
        status = UNPROCESSABLE
        if context["is_possible"] and form.is_valid():
            if not is_as_seen(request, found):
                context["has_changed"], status = True, CONFLICT
            else:
                try:
                    group = group_chosen_in(form, own)
                except ValidationError as refusal:
                    form.add_error("name", refusal.messages)
                else:
                    messages.success(request, said_of_added(add_students(group, found, by=own), len(found), group))
                    return HttpResponseRedirect(shown_in_overview(group.public_id))
    return TemplateResponse(request, "schools/group_add.html", context, status=status)


def group_chosen_in(form: GroupAddForm, own: Membership) -> StudentGroup:
    if public_id := form.cleaned_data.get("group"):
        return get_object_or_404(StudentGroup.objects.visible_to(own), public_id=public_id)
    return create_group(form.cleaned_data["name"], by=own)


def said_of_added(new: int, found: int, group: StudentGroup) -> str:
    words = ngettext(
        "%(count)d elev er føjet til gruppen “%(name)s”.", "%(count)d elever er føjet til gruppen “%(name)s”.", new
    ) % {"count": new, "name": group.name}
    if new == found:
        return words
    there = ngettext("%(count)d var der allerede.", "%(count)d var der allerede.", found - new)
    return f"{words} {there % {'count': found - new}}"


@requires_permission(CHANGE_GROUPS)
@names_no_students
@require_http_methods(FORM_METHODS)
def group_remove(request: Request, public_id: UUID) -> HttpResponseBase:
    """How many of the group the filter finds; and yes, which takes them out of it."""
    group, own = one_group(request, public_id), request.membership
    filters = StudentFilterForm(request.GET, groups_of(own))
    found = found_by(request, replace(filters.wanted, group=group.pk))
    back = shown_in_overview(group.public_id)
    context, status = {**about(filters, found), "group": group, "back": back}, 200
    if request.method == "POST":
        if context["is_possible"] and is_as_seen(request, found):
            removed = remove_students(group, found, by=own)
            words = ngettext(
                "%(count)d elev er fjernet fra gruppen “%(name)s”.",
                "%(count)d elever er fjernet fra gruppen “%(name)s”.",
                removed,
            )
            messages.success(request, words % {"count": removed, "name": group.name})
            return HttpResponseRedirect(back)
        context["has_changed"], status = context["is_possible"], CONFLICT if context["is_possible"] else UNPROCESSABLE
    return TemplateResponse(request, "schools/group_remove.html", context, status=status)


@requires_permission(CHANGE_GROUPS)
@names_no_students
@require_POST
def student_groups(request: Request, public_id: UUID) -> HttpResponseBase:
    """Put one student into the groups that were ticked, and take them out of those that were no longer.

    What the page did not change stays as colleagues have left it meanwhile.
    """
    own = request.membership
    student = get_object_or_404(Student.objects.visible_to(own), public_id=public_id)
    before, after = set(request.POST.getlist("foer")), set(request.POST.getlist("gruppe"))
    changed = before ^ after
    for name, is_in in groups_with(own, student.pk):
        key = str(name.public_id)
        if key not in changed:
            continue
        changed.remove(key)
        if is_in != (key in after):
            change = add_students if key in after else remove_students
            change(StudentGroup(pk=name.pk), [student.pk], by=own)
    if changed:
        messages.warning(request, _("En gruppe, du valgte, er slettet i mellemtiden. Resten er gemt."))
    else:
        messages.success(request, _("Elevens grupper er gemt."))
    back = {"liste": request.POST["liste"]} if request.POST.get("liste") else {}
    address = reverse("schools:student_detail", args=[public_id], query={"fane": "profil", **back}, fragment="grupper")
    return HttpResponseRedirect(address)
