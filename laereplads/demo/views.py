"""Logging in as a persona with one button, the mails of the demo, and the page that shows all components."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.db.transaction import non_atomic_requests
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from laereplads.access.permissions import public
from laereplads.accounts import pending_forms
from laereplads.accounts.models import User
from laereplads.demo.absence_files import FILES, folder
from laereplads.demo.components import examples
from laereplads.demo.mail import mails
from laereplads.demo.personas import PERSONAS
from laereplads.notifications.timetable import run_due


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


@public
@require_safe
def file_list(request: HttpRequest) -> HttpResponseBase:
    """Files to try reading in."""
    return TemplateResponse(request, "demo/file_list.html", {"files": FILES})


@public
@require_safe
def file_download(request: HttpRequest, name: str) -> HttpResponseBase:
    path = folder() / name
    # The demo's command writes them.
    if name not in FILES or not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


@public
@require_safe
def mail_list(request: HttpRequest) -> HttpResponseBase:
    """The mails that would have gone to whoever they are for, newest first."""
    found = list(mails())
    counted = ngettext("%(number)d mail", "%(number)d mails", len(found)) % {"number": len(found)}
    return TemplateResponse(request, "demo/mail_list.html", {"mails": found, "counted": counted})


@public
@require_POST
@non_atomic_requests
def run_jobs(request: HttpRequest) -> HttpResponseBase:
    """Do at once what the process that runs jobs does each minute. Only here may a page act as it."""
    ran = run_due()
    sent = ngettext("%(number)d mail er sendt.", "%(number)d mails er sendt.", ran.mails.sent)
    jobs = ngettext("%(number)d job er kørt.", "%(number)d job er kørt.", ran.jobs)
    text = f"{jobs % {'number': ran.jobs}} {sent % {'number': ran.mails.sent}}"
    messages.success(request, text)
    return redirect("demo:mail_list")
