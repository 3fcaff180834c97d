"""Skift rolle: whom the session acts for."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from laereplads.access.operations import act_as
from laereplads.access.permissions import for_any_user
from laereplads.web.errors import NoRole
from laereplads.web.http import Request


@for_any_user
@require_http_methods(["GET", "HEAD", "POST"])
def choose_membership(request: Request) -> HttpResponseBase:
    if not request.memberships:
        raise NoRole
    if request.method == "POST":
        wanted = request.POST.get("membership")
        membership = next((own for own in request.memberships if str(own.public_id) == wanted), None)
        if membership is None:
            raise Http404
        act_as(membership, request)
        return redirect("front_page")
    return TemplateResponse(request, "access/choose_membership.html", {"memberships": request.memberships})
