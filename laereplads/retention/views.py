"""The page that tells everybody how long the portal keeps what it knows of them."""

from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from laereplads.access.permissions import public
from laereplads.retention.descriptions import published_rules


@public
@require_safe
def retention(request: HttpRequest) -> HttpResponseBase:
    return TemplateResponse(request, "retention.html", {"kept": published_rules()})
