"""The company's pages of school periods: the absence in them, one student's days, and who is away when."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from absence.mails import CHOSEN_KINDS
from absence.operations import see_notices
from absence.queries import periods_of, sum_of
from companies.absence_detail import PeriodView
from companies.absence_forms import AbsenceFilterForm, SchoolPeriodFilterForm
from companies.absence_spreadsheets import absence_sheet, school_period_sheet
from companies.purposes import (
    ABSENCE,
    ABSENCE_OVERVIEW,
    ABSENCE_SPREADSHEET,
    SCHOOL_PERIOD_OVERVIEW,
    SCHOOL_PERIOD_SPREADSHEET,
)
from laereplads.access.permissions import requires_permission
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH, names_no_students, names_students
from laereplads.notifications.forms import MailsForm
from laereplads.web.http import Request, page_or_part
from laereplads.web.paging import links
from laereplads.web.spreadsheets import busy, take_turn

if TYPE_CHECKING:
    from typing import IO

    from absence.models import PeriodListEntry
    from companies.absence_forms import PeriodFilterForm
    from laereplads.access_log.purposes import Purpose
    from laereplads.web.paging import Page


@requires_permission("companies.view_absence")
@names_students(ABSENCE_OVERVIEW)
@require_safe
def absence_list(request: Request) -> HttpResponseBase:
    filters = AbsenceFilterForm(request.GET, request.membership)
    context = overview(request, filters, ABSENCE_OVERVIEW)
    page: Page[PeriodListEntry] = context["page"]
    context["sums"] = filters.periods.sums_of_agreements(page)
    if not request.htmx:
        context["mails"] = MailsForm(membership=request.membership, among=CHOSEN_KINDS)
    response = page_or_part(request, "companies/absence_list.html", context, part="results")
    if request.htmx and not request.htmx.history_restore_request:
        # An address that holds what was chosen, and no empty fields.
        return push_url(response, request.path + filters.query(**page.address).removesuffix("?"))
    return response


@requires_permission("companies.view_absence")
@names_no_students
@require_POST
def absence_mails(request: Request) -> HttpResponseBase:
    """Which messages of absence one wants: some of those of Mine beskeder."""
    form = MailsForm(request.POST, membership=request.membership, among=CHOSEN_KINDS)
    if form.is_valid():
        form.save()
        messages.success(request, _("Dine valg er gemt."))
    return redirect("companies:absence_list")


@requires_permission("companies.view_absence")
@names_students(SCHOOL_PERIOD_OVERVIEW)
@require_safe
def school_period_list(request: Request) -> HttpResponseBase:
    filters = SchoolPeriodFilterForm(request.GET, request.membership)
    context = overview(request, filters, SCHOOL_PERIOD_OVERVIEW)
    # Whoever asks who is away asks it of each workplace.
    groups = by_workplace(context["page"]) if filters.chosen_week else [("", context["page"].rows)]
    return TemplateResponse(request, "companies/school_period_list.html", context | {"groups": groups})


@requires_permission("companies.view_absence")
@names_students(ABSENCE)
@require_safe
def absence_detail(request: Request, public_id: UUID) -> HttpResponseBase:
    periods = periods_of(request.membership, public_id)
    if not periods:
        raise Http404
    newest = periods[0].entry
    # A reading that writes, on purpose: that the company looked is what the school shall know, and nobody presses a
    # button for it. What browsers fetch before anybody asks, and HEAD, is no look.
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        see_notices(newest.agreement_id, by=request.membership)  # type: ignore[arg-type]  # each has one
    log_access(request.membership, ABSENCE, {period.entry.student_id for period in periods})
    context = {
        "newest": newest,
        "periods": [PeriodView(period) for period in periods],
        "sums": sum_of(periods),
        "today": timezone.localdate(),
        "has_days": any(period.entry.last_day for period in periods),
    }
    return TemplateResponse(request, "companies/absence_detail.html", context)


@requires_permission("companies.view_absence")
@names_students(ABSENCE_SPREADSHEET)
@require_safe
def absence_xlsx(request: Request) -> HttpResponseBase:
    if not take_turn(request.user.pk):
        return busy(request, back_to="companies:absence_list", back_words=_("Tilbage til Fraværsoversigt"))
    return download(absence_sheet(AbsenceFilterForm(request.GET, request.membership)), "fravaer")


@requires_permission("companies.view_absence")
@names_students(SCHOOL_PERIOD_SPREADSHEET)
@require_safe
def school_period_xlsx(request: Request) -> HttpResponseBase:
    if not take_turn(request.user.pk):
        return busy(request, back_to="companies:school_period_list", back_words=_("Tilbage til Skoleophold"))
    return download(school_period_sheet(SchoolPeriodFilterForm(request.GET, request.membership)), "skoleophold")


def download(file: IO[bytes], name: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=f"{name}-{timezone.localdate():%Y-%m-%d}.xlsx")


def overview(request: Request, filters: PeriodFilterForm, purpose: Purpose) -> dict[str, Any]:
    """One page of a list and the ways on from it; whom it names is logged, and whom its filters leave out."""
    periods = filters.periods
    counts = periods.counts
    page = periods.page(request.GET, counts["rows"])
    named = {entry.student_id for entry in page}
    log_access(request.membership, purpose, named)
    log_access(request.membership, SEARCH, periods.told_of(page, request.GET) - named)
    return {
        "filters": filters,
        "counts": counts,
        "page": page,
        "page_links": links(filters, page),
    }


def by_workplace(page: Page[PeriodListEntry]) -> list[tuple[str, list[PeriodListEntry]]]:
    """The rows under the names of their workplaces."""
    return [
        (name, list(rows))
        for (_place, name), rows in groupby(page, lambda entry: (entry.workplace_id, entry.workplace_name))
    ]
