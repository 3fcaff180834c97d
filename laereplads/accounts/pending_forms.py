"""What somebody had typed when their session ended: sealed into the login page, given back to nobody but them.

Nothing is stored on the way, neither in the database nor in the browser: what was typed travels through the login form.
Only between the login and the next form it waits, still sealed, in the new session. Decision 0014 says why. What a view
names as `never_kept` is not even sealed: it is asked again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from laereplads.accounts.forms import LoginForm
from laereplads.accounts.models import Session
from laereplads.accounts.sealing import box
from laereplads.accounts.sessions import hashed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from laereplads.accounts.models import User

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

FIELD = SESSION_KEY = "kept"
PURPOSE = b"laereplads.accounts.pending_forms"
FORM_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # a field's name
LONGEST = 100_000
FORBIDDEN = 403


class KeepingView(Protocol):
    fields_never_kept: tuple[str, ...]

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def never_kept(*fields: str) -> Callable[[Callable[..., HttpResponseBase]], KeepingView]:
    """Let what is sent in `fields` lie nowhere: neither in a form that waits for a login nor in a report of an error.

    Of a field "applicant" its parts and repetitions, such as "applicant_name", too.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> KeepingView:
        guarded: Any = sensitive_post_parameters()(view)
        guarded.fields_never_kept = fields
        return guarded  # type: ignore[no-any-return]

    return decorate


@dataclass(frozen=True)
class PendingForm:
    """A form as it was sent: whose, whereto, and every field with every value, in order."""

    user_id: int
    path: str
    fields: list[tuple[str, str]]


@sensitive_variables()
def sealed(kept: PendingForm) -> str:
    """What a page may hold of it; empty when it is too long for one."""
    text = json.dumps([kept.user_id, kept.path, kept.fields])
    return box(settings.SECRET_KEY, PURPOSE).encrypt(text.encode()).decode() if len(text) <= LONGEST else ""


@sensitive_variables()
def opened(token: str, user: User) -> PendingForm | None:
    """What was kept for `user`, if it was theirs and is not older than a session may rest."""
    limit = int(settings.SESSION_IDLE_LIMIT.total_seconds())
    try:
        user_id, path, fields = json.loads(box(settings.SECRET_KEY, PURPOSE).decrypt(token.encode(), ttl=limit))
    except InvalidToken:
        return None
    kept = PendingForm(user_id, path, [(name, value) for name, value in fields])
    return kept if kept.user_id == user.pk else None


def ended_session(request: HttpRequest) -> Session | None:
    """The session of somebody that has ended by itself; one that was logged out, or lost its rights, is gone."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return Session.objects.filter(session_key=hashed(key)).exclude(user=None).first() if key else None


class PendingFormMiddleware:
    """Answers a form that comes after the end of its session with the login page, which keeps what was typed.

    What was sent after logging out, and files, it does not keep, and says so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        if request.method != "POST":
            return None
        if request.user.is_authenticated:
            # Whatever is sent now, what waited has been shown by then; the second step of a login is not yet that far.
            request.session.pop(SESSION_KEY, None)
            return None
        if not getattr(view, "login_required", True):
            return None
        never: tuple[str, ...] = getattr(view, "fields_never_kept", ())
        # Passwords and codes are typed on our own pages, and nothing worth keeping.
        if view.__module__.startswith(("allauth.", "laereplads.accounts.")):
            return None
        session = ended_session(request)
        if session and not request.FILES:
            return login_page(request, session, never)
        return not_kept(request)


def not_kept(request: HttpRequest) -> HttpResponseBase:
    """To the login, where it is said that the last thing was not saved."""
    messages.warning(request, _("Du er logget af, så det sidste blev ikke gemt. Log ind, og prøv igen."))
    return redirect_to_login(request.get_full_path())


@sensitive_variables()
def login_page(request: HttpRequest, session: Session, never: tuple[str, ...]) -> HttpResponse:
    kept = [(name, values) for name, values in request.POST.lists() if not name.startswith((FORM_TOKEN, *never))]
    fields = [(name, value) for name, values in kept for value in values]
    token = sealed(PendingForm(session.user_id or 0, request.path, fields))
    form: Any = LoginForm(request=request)
    context = {"form": form, FIELD: token, "next": reverse("account_kept") if token else request.path}
    return TemplateResponse(request, "account/login.html", context, status=FORBIDDEN)


def restore_after_login(request: HttpRequest) -> None:
    """After the password, and before a second step: what was kept waits in the session for the page that shows it."""
    token = request.POST.get(FIELD, "")
    if token and len(token) <= 2 * LONGEST:
        request.session[SESSION_KEY] = token
