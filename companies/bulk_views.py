"""Many students set to Lav at once: a page that names them, and then each gets an assessment of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from companies.assessment_forms import AssessmentFilterForm
from companies.assessment_views import finished, students_of
from companies.purposes import RISK_OVERVIEW
from laereplads.access.permissions import requires_permission
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import names_students
from laereplads.web.http import Request
from laereplads.web.paging import number_in, uuid_in
from risk.operations import higher_level, record_low
from risk.queries import PAGE_SIZE, assessable_lines, latest_of

if TYPE_CHECKING:
    from risk.queries import Line


@requires_permission("risk.add_riskassessment")
@names_students(RISK_OVERVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def low_for_many(request: Request) -> HttpResponseBase:
    """Whom one is about to set to Lav; and yes, which saves it."""
    came_from = AssessmentFilterForm(request.GET, request.membership)
    is_sent = request.method == "POST"
    chosen = chosen_in(request.POST.getlist("valgt") if is_sent else request.GET.getlist("valgt"))
    context: dict[str, Any] = {
        "query": came_from.suffix,
        "list_url": reverse("companies:assessment_list") + came_from.suffix,
    }
    if problem := problem_of(chosen):
        return TemplateResponse(request, "companies/low_for_many.html", context | {"problem": problem}, status=422)
    lines = assessable_lines(request.membership, chosen)
    if len(lines) != len(chosen):
        raise Http404
    if not is_sent:
        latest = latest_of(request.membership, lines)
        kept = [(line, reason) for line in lines if (reason := reason_of(line))]
        context |= {
            "lines": [(line, latest.get(line.agreement_id, 0)) for line in lines if not reason_of(line)],
            "kept": kept,
        }
        log_access(request.membership, RISK_OVERVIEW, students_of(lines))
        return TemplateResponse(request, "companies/low_for_many.html", context)

    # The form says with each what its page had seen; a form that does not say has seen nothing.
    seen = [(line, number_in(request.POST.get(f"seen-{line.public_id}", ""))) for line in lines]
    recorded = record_low(seen, by=request.membership)
    done = ngettext(
        "%(count)d lærling er vurderet til Lav.", "%(count)d lærlinge er vurderet til Lav.", len(recorded.saved)
    )
    words = done % {"count": len(recorded.saved)}
    if not recorded.kept:
        # Kept in the session until it is shown, so it names nobody.
        messages.success(request, words + finished(came_from))
        return redirect(context["list_url"])
    kept = sorted(recorded.kept, key=lambda each: each[0].sort_key)
    log_access(request.membership, RISK_OVERVIEW, students_of(line for line, _reason in kept))
    context |= {"words": words, "kept": kept, "lines": [], "saved": len(recorded.saved)}
    return TemplateResponse(request, "companies/low_for_many.html", context, status=409)


def chosen_in(values: list[str]) -> set[UUID]:
    """The public ids that were ticked. What is none is nobody's."""
    chosen = {uuid_in(value) for value in values}
    if None in chosen:
        raise Http404
    return {public_id for public_id in chosen if public_id}


def problem_of(chosen: set[UUID]) -> str:
    if not chosen:
        return _("Sæt mindst ét flueben ud for en lærling, og tryk Sæt til Lav igen.")
    if len(chosen) > PAGE_SIZE:
        return _("Vælg højst %(most)d lærlinge ad gangen.") % {"most": PAGE_SIZE}
    return ""


def reason_of(line: Line) -> str:
    """Why a student is left out."""
    return _("Er meldt ud af skolen og kan ikke vurderes.") if line.signed_off_on else higher_level(line.level)
