"""Logging in as a persona with one button, and the page that shows all components."""

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from laereplads.access.permissions import public
from laereplads.accounts import pending_forms
from laereplads.accounts.models import User
from laereplads.demo.components import examples
from laereplads.demo.personas import PERSONAS


@public
@require_POST
def log_in_as(request: HttpRequest) -> HttpResponseBase:
    """Log in as one of the personas, and as nobody else: the button is the password, not the second step.

    What was typed before the session ended comes along, as with a password.
    """
    email = request.POST.get("persona", "")
    if email not in {persona.email for persona in PERSONAS}:
        raise Http404
    user = get_object_or_404(User, email=email, is_active=True)
    logout(request)
    response: HttpResponseBase = perform_login(request, user)
    pending_forms.restore_after_login(request)
    return response


@public
@require_safe
def component_list(request: HttpRequest) -> HttpResponseBase:
    return TemplateResponse(request, "demo/component_list.html", examples())
