"""The company's pages."""

from uuid import UUID

from django.http import HttpResponseBase
from django.template.response import TemplateResponse

from laereplads.access.permissions import requires_permission
from laereplads.http import Request


@requires_permission("risk.view_riskassessment")
def assessment_list(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "risk/assessment_list.html")


@requires_permission("risk.add_riskassessment")
def assessment_update(request: Request, public_id: UUID) -> HttpResponseBase:
    return TemplateResponse(request, "risk/assessment_update.html")


@requires_permission("people.view_agreement")
def agreement_list(request: Request) -> HttpResponseBase:
    return TemplateResponse(request, "risk/agreement_list.html")
