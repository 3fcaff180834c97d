"""allauth's views, with the portal's manners."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from allauth.account import views as allauth_views
from allauth.core import ratelimit
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from laereplads.accounts import limits, pending_forms
from laereplads.accounts.models import Session
from laereplads.accounts.new_address import change_address, known_by, what_was_asked
from laereplads.accounts.operations import end_sessions
from laereplads.accounts.second_factor import changes_factors
from laereplads.accounts.sessions import hashed
from laereplads.accounts.sign_in.leaving import leave_for, way_out
from laereplads.database.identity import in_the_name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from laereplads.web.http import Request

    type View = Callable[..., HttpResponseBase]


def form_page(view: View) -> View:
    """Let `view` answer 422 to a form that was not filled in right, as the portal's own forms do."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        # allauth redirects after success: a page in answer to a POST is the form with its errors.
        if request.method == "POST" and isinstance(response, TemplateResponse):
            response.status_code = 422
        return response

    return require_http_methods(["GET", "HEAD", "POST"])(answer)


def set_password_by_link(request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
    """The page that a mail's link leads to. Nobody's number stands for a blank one, over which allauth falls."""
    response: HttpResponseBase = allauth_views.password_reset_from_key(request, uidb36=uidb36.strip() or "-", key=key)
    return response


def change_password(request: Request) -> HttpResponseBase:
    """For those who log in with a password; others have none to change."""
    if not request.user.has_usable_password():
        raise Http404
    response: HttpResponseBase = allauth_views.password_change(request)
    return response


def too_many(request: HttpRequest) -> HttpResponseBase:
    answer: HttpResponseBase = ratelimit.respond_429(request)
    return answer


def log_in(request: HttpRequest) -> HttpResponseBase:
    """The login of allauth; what was typed before the session ended comes along."""
    # What is typed into the form's one field is an address.
    is_known = bool(limits.knows(request, request.POST.get("login", "")))
    if request.method == "POST" and not is_known and limits.take(request, "login") is None:
        return too_many(request)
    response: HttpResponseBase = allauth_views.login(request)
    if request.method == "POST" and not isinstance(response, TemplateResponse):
        pending_forms.restore_after_login(request)
    return response


def forgotten(request: HttpRequest) -> HttpResponseBase:
    """The page that sends a link; from one address only so many, for they go to anybody whom it names."""
    if request.method == "POST" and limits.take(request, "mail") is None:
        return too_many(request)
    response: HttpResponseBase = allauth_views.password_reset(request)
    return response


def log_out(request: HttpRequest) -> HttpResponseBase:
    """The logout of allauth, then the broker's; the browser is asked to forget what it has of the portal."""
    way = way_out(request) if request.method == "POST" else None
    response: HttpResponseBase = allauth_views.logout(request)
    if request.method == "POST":
        if way:
            response = leave_for(request, *way)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: Request) -> HttpResponseBase:
    """Where the user is logged in, newest first, and a way to end all of it but this."""
    key = hashed(request.session.session_key)
    if request.method == "POST":
        end_sessions(request.user, but=key)
        messages.success(request, _("Du er logget af alle andre steder."))
        return redirect("account_sessions")
    sessions = Session.objects.open().filter(user=request.user).order_by("-last_seen_at")
    limits = {"minutes": settings.SESSION_IDLE_LIMIT.seconds // 60, "hours": settings.SESSION_LIMIT.seconds // 3600}
    return TemplateResponse(request, "account/sessions.html", {"sessions": sessions, "own_key": key, **limits})


@require_safe
def go_on(request: Request) -> HttpResponseBase:
    """The form that came too late, ready to be sent again by the one who filled it in."""
    form = pending_forms.opened(request.session.get(pending_forms.SESSION_KEY, ""), request.user)
    return TemplateResponse(request, "account/kept.html", {"form": form})


@require_http_methods(["GET", "POST"])
def time_left(request: HttpRequest) -> HttpResponseBase:
    """How many seconds the session goes on, for the script that warns; to ask is no activity, to send is."""
    session = request.session
    if request.method == "GET":
        request.is_no_activity = True  # type: ignore[attr-defined]  # read by SessionMiddleware
    elif request.user.is_authenticated:
        session.touch()  # type: ignore[attr-defined]  # our own store
    left = session.seconds_left() if request.user.is_authenticated else (0, 0)  # type: ignore[attr-defined]
    return JsonResponse({"left": left[0], "atMost": left[1]})


@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The link of the mail to the old address: to open it says what will happen, the button does it."""
    asked = what_was_asked(secret)
    context: dict[str, Any] = {"asked": asked, "is_done": False}
    if asked and request.method == "POST":
        with in_the_name_of(known_by(asked.user)):
            context |= {"is_done": change_address(asked)}
        if not context["is_done"]:
            context["asked"] = None
    return TemplateResponse(request, "account/new_address.html", context, status=200 if context["asked"] else 404)


login = form_page(log_in)
logout = form_page(log_out)
account_inactive = allauth_views.account_inactive
password_change = form_page(change_password)
password_reset = form_page(forgotten)
password_reset_done = allauth_views.password_reset_done
password_reset_from_key = form_page(set_password_by_link)
password_reset_from_key_done = allauth_views.password_reset_from_key_done

second_step = form_page(mfa_views.authenticate)
second_factors = require_safe(mfa_views.index)
activate_app = form_page(changes_factors(totp_views.activate_totp))
remove_app = form_page(changes_factors(totp_views.deactivate_totp))
add_key = form_page(changes_factors(webauthn_views.add_webauthn))
remove_key = form_page(
    changes_factors(webauthn_views.RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index")))
)
recovery_codes = require_safe(recovery_views.view_recovery_codes)
new_recovery_codes = form_page(changes_factors(recovery_views.generate_recovery_codes))
confirm_by_password = form_page(allauth_views.reauthenticate)
confirm_by_code = form_page(mfa_views.reauthenticate)
confirm_by_key = form_page(webauthn_views.reauthenticate_webauthn)
