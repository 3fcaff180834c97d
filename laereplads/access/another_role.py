"""A form is saved for whom it was filled in: it carries the membership that its page acted as.

Somebody may switch role in another window meanwhile. Then nothing is saved: they are told, and may switch back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_variables

from laereplads.access.operations import act_as
from laereplads.web.http import SAFE_METHODS
from laereplads.web.navigation import FILLED_IN_FOR

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from laereplads.web.http import Request

SWITCH = "skift_rolle"
# What the page with the question writes itself.
NOT_REPEATED = {"csrfmiddlewaretoken", FILLED_IN_FOR, SWITCH}


@sensitive_variables()
def refusal_of_another_roles_form(request: Request) -> HttpResponseBase | None:
    """The question what to do with a form that was filled in for another membership than the request acts as.

    None where there is nothing to ask, or where the answer was to switch back: then the request acts as that one.
    """
    if request.method in SAFE_METHODS:
        return None
    named = request.POST.get(SWITCH) or request.POST.get(FILLED_IN_FOR, "")
    # Forms of the admin name nobody, and a user is an administrator once. All pages' own name somebody.
    if not named or (request.membership and str(request.membership.public_id) == named):
        return None
    filled_in_for = next((own for own in request.memberships if str(own.public_id) == named), None)
    if filled_in_for and SWITCH in request.POST:
        act_as(filled_in_for, request)
        return None
    sent = [(name, value) for name, values in request.POST.lists() if name not in NOT_REPEATED for value in values]
    context = {"filled_in_for": filled_in_for, "sent": sent, "SWITCH": SWITCH}
    # A page of its own, wherever its form stood.
    whole = {"HX-Retarget": "body", "HX-Reswap": "outerSync"}
    return TemplateResponse(request, "access/another_role.html", context, status=409, headers=whole)
