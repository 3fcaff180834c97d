"""allauth's views, with the portal's manners."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from allauth.account import views as allauth_views
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from laereplads.http import Request

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


def change_password(request: Request) -> HttpResponseBase:
    """For those who log in with a password; others have none to change."""
    if not request.user.has_usable_password():
        raise Http404
    response: HttpResponseBase = allauth_views.password_change(request)
    return response


login = form_page(allauth_views.login)
logout = form_page(allauth_views.logout)
account_inactive = allauth_views.account_inactive
password_change = form_page(change_password)
password_reset = form_page(allauth_views.password_reset)
password_reset_done = allauth_views.password_reset_done
password_reset_from_key = form_page(allauth_views.password_reset_from_key)
password_reset_from_key_done = allauth_views.password_reset_from_key_done
