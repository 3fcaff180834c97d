"""The school's pages of local agreements: with which companies, what is agreed, proposals and answers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from laereplads.access.permissions import requires_permission
from laereplads.access.roles import CHANGE_LOCAL_AGREEMENT_AS_SCHOOL
from laereplads.access_log.purposes import names_no_students
from laereplads.web.http import Request
from risk.local_agreement_pages import LocalAgreementPages

PAGES = LocalAgreementPages(
    {
        "list": "schools:local_agreement_list",
        "detail": "schools:local_agreement_detail",
        "propose": "schools:local_agreement_propose",
        "answer": "schools:local_agreement_answer",
        "end": "schools:local_agreement_end",
    }
)


@requires_permission("schools.view_localagreement")
@names_no_students
@require_safe
def local_agreement_list(request: Request) -> HttpResponseBase:
    return PAGES.list(request)


@requires_permission("schools.view_localagreement")
@names_no_students
@require_safe
def local_agreement_detail(request: Request, number: str) -> HttpResponseBase:
    return PAGES.detail(request, number)


@requires_permission(CHANGE_LOCAL_AGREEMENT_AS_SCHOOL)
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
def local_agreement_propose(request: Request, number: str) -> HttpResponseBase:
    return PAGES.propose(request, number)


@requires_permission(CHANGE_LOCAL_AGREEMENT_AS_SCHOOL)
@names_no_students
@require_POST
def local_agreement_answer(request: Request, number: str) -> HttpResponseBase:
    return PAGES.answer(request, number)


@requires_permission(CHANGE_LOCAL_AGREEMENT_AS_SCHOOL)
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
def local_agreement_end(request: Request, public_id: UUID) -> HttpResponseBase:
    return PAGES.end(request, public_id)
