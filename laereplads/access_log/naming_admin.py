"""What the administration's pages that name students have in common: each leaves an entry in the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.forms import BaseForm, ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from laereplads.access_log.left_out import left_out
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import ADMINISTRATION_LIST, SEARCH, Purpose
from laereplads.audit.admin import RecordAdmin


class NamingAdmin[Record: models.Model](RecordAdmin[Record]):
    """An administrator's pages for records that name students, in lists, forms and look-ups."""

    purpose: Purpose
    # Whether the record's own words, which head its history, name the student.
    is_called_by_name = True

    def named_by(self, record: Record) -> Iterable[int]:
        """The students whom a row or a form of the record names."""
        raise NotImplementedError

    def named_in_fields(self, form: BaseForm) -> Iterable[int]:
        """The students whom a form names that is no record's yet, because of what was chosen in its fields."""
        return ()

    def log_access_to(self, request: HttpRequest, records: Iterable[Record], purpose: Purpose | None = None) -> None:
        self.log_students(request, (student for record in records for student in self.named_by(record)), purpose)

    def log_students(self, request: HttpRequest, students: Iterable[int], purpose: Purpose | None = None) -> None:
        log_access(request.membership, purpose or self.purpose, students)  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if changes := context_of(response).get("cl"):
            self.log_access_to(request, changes.result_list, ADMINISTRATION_LIST)
            self.log_whom_it_leaves_out(request, changes)
        return response

    def log_whom_it_leaves_out(self, request: HttpRequest, changes: ChangeList) -> None:
        rows = changes.root_queryset
        narrowed = [each.queryset(request, rows) for each in changes.filter_specs if each.used_parameters]
        if changes.query:
            narrowed.append(self.get_search_results(request, rows, changes.query)[0])
        filters = [Q(Exists(each.filter(pk=OuterRef("pk")))) for each in narrowed if each is not None]
        outside = left_out(rows, filters, of="pk")
        told = {student for record in rows.filter(pk__in=outside) for student in self.named_by(record)}
        log_access(request.membership, SEARCH, told)  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        context = context_of(response)
        if record := context.get("original"):
            self.log_access_to(request, [record])
        elif adminform := context.get("adminform"):
            self.log_students(request, self.named_in_fields(adminform.form))
        return response

    def message_user(self, request: HttpRequest, message: Any, level: Any = messages.INFO, *details: Any) -> None:
        """What is said waits in the session until a page is shown, and that may be about others: it names nobody."""
        said = _("Oplysningerne er gemt.") if level == messages.SUCCESS else message
        super().message_user(request, said, level, *details)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        if self.is_called_by_name and (record := context_of(response).get("object")):
            self.log_access_to(request, [record])
        return response


def context_of(response: Any) -> dict[str, Any]:
    """What a page's template is given; nothing for an answer that is no page."""
    return (response.context_data or {}) if isinstance(response, TemplateResponse) else {}


def chosen_in(form: BaseForm, name: str) -> Any:
    """The record that the form's field `name` shows as chosen, if there is such a one."""
    field = form.fields.get(name)
    if not isinstance(field, ModelChoiceField):
        return None
    try:
        return field.to_python(form[name].value())
    except ValidationError:
        return None
