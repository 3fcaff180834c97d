"""The administrator's search in the access log: by student, employee, organisation, day and purpose.

It names no student. What the log refers to lies in apps above this one, so models are asked for by name.
"""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.admin import RecordAdmin
from laereplads.database.text import between_spaces, found_by

# So many of the newest that fit can be leafed through; counting all would read the whole log.
LEAFED_THROUGH = 5000
STUDENTS_SHOWN = 200


class NewestPaginator(Paginator[AccessLogEntry]):
    @cached_property
    def count(self) -> int:
        newest: Any = self.object_list[:LEAFED_THROUGH]
        return int(newest.count())


@admin.register(AccessLogEntry)
class AccessLogAdmin(RecordAdmin[AccessLogEntry]):
    paginator = NewestPaginator
    list_display = ("at", "organisation", "purpose", "employee", "how_many")
    list_filter = ("purpose",)
    # Django shows the field for words only where there are some; `get_search_results` says what they find.
    search_fields = ("company__search_key", "school__search_key")
    search_help_text = _(
        "Skriv en elevs portal-id, en medarbejder, en organisation eller en dag (02.03.2026). "
        "Listen har de 5.000 nyeste visninger, der passer."
    )
    ordering = ("-id",)
    fields = ("at", "organisation", "purpose", "employee", "request", "named")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessLogEntry | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessLogEntry]:
        return (
            super()
            .get_queryset(request)
            .select_related("membership__user", "company", "school")
            .only("at", "purpose", "request", "membership__user__name", "company__name", "school__name")
            .annotate(how_many=F("students__len"))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AccessLogEntry], search_term: str
    ) -> tuple[QuerySet[AccessLogEntry], bool]:
        found = queryset
        for word in between_spaces(search_term):
            found = found.filter(meant_by(word))
        return found, False

    @admin.display(description=_("organisation"))
    def organisation(self, entry: AccessLogEntry) -> str:
        party = entry.company or entry.school
        return party.name if party else str(_("Administrationen"))

    @admin.display(description=_("medarbejder"))
    def employee(self, entry: AccessLogEntry) -> SafeString:
        address = reverse("admin:access_membership_change", args=[entry.membership_id])
        return format_html('<a href="{}">{}</a>', address, entry.membership.user.name)

    @admin.display(description=_("elever"))
    def how_many(self, entry: AccessLogEntry) -> int:
        return entry.how_many  # type: ignore[attr-defined, no-any-return]  # annotated above

    @admin.display(description=_("elever"))
    def named(self, entry: AccessLogEntry) -> SafeString:
        """By their numbers: whom to look for is the administrator's question, and looking leaves its own entry."""
        students = rows_of("people.Student").filter(pk__in=entry.students[:STUDENTS_SHOWN]).order_by("pk")
        rows = (
            (reverse("admin:people_student_change", args=[pk]), public_id)
            for pk, public_id in students.values_list("pk", "public_id")
        )
        more = len(entry.students) - STUDENTS_SHOWN
        rest = format_html("<li>{}</li>", _("… og %(count)d mere") % {"count": more}) if more > 0 else ""
        listed = format_html_join("", '<li><a href="{}">{}</a></li>', rows)
        return format_html('<ul class="plain">{}{}</ul>', listed, rest)


def rows_of(model: str) -> Any:
    """All rows of a model above this app, such as "people.Student"."""
    return apps.get_model(model).objects.all()


def meant_by(word: str) -> Q:
    """The entries that a word of the search asks for: a student's number, a day, or part of a name of who looked."""
    try:
        student = rows_of("people.Student").filter(public_id=UUID(word)).values_list("pk", flat=True)
        return Q(students__overlap=list(student))
    except ValueError:
        pass
    try:
        day = forms.DateField().clean(word)
    except ValidationError:
        return of_organisations(word) | of_employees(word)
    begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    ends = timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))
    return Q(at__gte=begins, at__lt=ends)


def of_organisations(word: str) -> Q:
    # Fetched first: the log is then found by their numbers.
    named = found_by("search_key", word)
    companies = rows_of("people.Company").filter(named).values_list("pk", flat=True)
    schools = rows_of("people.School").filter(named).values_list("pk", flat=True)
    return Q(company__in=list(companies)) | Q(school__in=list(schools))


def of_employees(word: str) -> Q:
    """By their organisation too, where they have one: the log has an index of those, and none of memberships."""
    named = found_by("user__search_key", word)
    found = list(rows_of("access.Membership").filter(named, student=None).values_list("pk", "company", "school"))
    theirs = Q(membership__in=[pk for pk, _company, _school in found])
    if not all(company or school for _pk, company, school in found):
        return theirs
    companies = {company for _pk, company, _school in found}
    schools = {school for _pk, _company, school in found}
    return theirs & (Q(company__in=companies) | Q(school__in=schools))
