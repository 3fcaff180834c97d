"""Ikke relevant nu: a student who is not to be assessed until a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies.assessment_forms import AssessmentFilterForm, PauseForm
from companies.assessment_views import log_window, url_at, window
from companies.purposes import ASSESSMENT, ASSESSMENT_BESIDE
from laereplads.access.permissions import requires_permission
from laereplads.access_log.purposes import names_students
from laereplads.web.http import Request, page_or_part
from laereplads.web.words import long_date
from risk.operations import pause_assessments, resume_assessments
from risk.queries import assessable_line

if TYPE_CHECKING:
    from uuid import UUID


@requires_permission("risk.add_riskassessment")
@names_students(ASSESSMENT, ASSESSMENT_BESIDE)
@require_POST
def assessment_pause(request: Request, public_id: UUID) -> HttpResponseBase:
    """Leads back to the row in the list; a day that cannot be used, to the window with what is wrong."""
    came_from = AssessmentFilterForm(request.GET, request.membership)
    line = assessable_line(request.membership, public_id)
    if line is None:
        raise Http404
    form = PauseForm(request.POST)
    try:
        if "ophaev" in request.POST:
            resume_assessments(line, by=request.membership)
            messages.success(request, _("Pausen er ophævet."))
            return redirect(url_at(came_from, line))
        if form.is_valid():
            pause = pause_assessments(line, form.cleaned_data["until"], by=request.membership)
            messages.success(request, _("Ikke relevant nu til og med %(day)s.") % {"day": long_date(pause.until)})
            return redirect(url_at(came_from, line))
    except ValidationError as refusal:
        form.add_error(None, refusal)
    context = window(line, came_from, came_from.agreements.following(line), pause_form=form)
    log_window(request, context)
    return page_or_part(request, "companies/assessment_update.html", context, part="window", status=422)
