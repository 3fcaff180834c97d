"""The pages that tell everybody what the portal does with what it knows of them, and how long it keeps it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from laereplads.access.permissions import public
from laereplads.retention.descriptions import published_rules
from laereplads.retention.notice import sections


@public
@require_safe
def retention(request: HttpRequest) -> HttpResponseBase:
    return TemplateResponse(request, "retention.html", {"kept": published_rules()})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponseBase:
    context = {"sections": sections(), "data_protection_officer": settings.DATA_PROTECTION_EMAIL}
    return TemplateResponse(request, "privacy.html", context)
