"""Log ind with a broker, an invitation taken, access asked for, and logout that either side begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laereplads.access.permissions import public
from laereplads.accounts import limits, pending_forms
from laereplads.accounts.models import Session, User
from laereplads.accounts.security_log import sign_in_refused
from laereplads.accounts.sessions import BROKER_SID_KEY, IDENTITY_KEY
from laereplads.accounts.sign_in import brokers
from laereplads.accounts.sign_in.claims import Scheme
from laereplads.accounts.sign_in.errors import BrokerAway, Cancelled, Refused
from laereplads.accounts.sign_in.leaving import leave_for, remember_for_logout
from laereplads.accounts.views import too_many
from laereplads.database.cpr import refuse_cpr_number
from laereplads.delegation import operations
from laereplads.delegation.codes import hashed
from laereplads.delegation.database_roles import as_sign_in
from laereplads.delegation.models import Invitation
from laereplads.delegation.sign_ins import (
    SESSION_KEY,
    Turn,
    is_sure_enough,
    known_identity,
    organisations_of,
    outcome_of,
    remember,
    remembered,
)

if TYPE_CHECKING:
    from laereplads.accounts.models import Identity
    from laereplads.accounts.sign_in.claims import SignIn

# What a session keeps on the way: the hash of the invitation that was followed, where to go, what was typed before.
INVITATION_KEY, NEXT_KEY, KEPT_KEY = "invitation", "next_after_sign_in", "kept_until_sign_in"
BACKEND = settings.AUTHENTICATION_BACKENDS[0]
# Where somebody goes on who is nobody here yet.
NEXT_PAGES = {Turn.ASK: "access_request", Turn.CODE: "invitation"}
UNAVAILABLE, FORBIDDEN, UNPROCESSABLE, ACCEPTED = 503, 403, 422, 202


@public
@require_POST
@transaction.non_atomic_requests
def sign_in_start(request: HttpRequest, broker: str) -> HttpResponseBase:
    """Begin a sign-in; where to go afterwards, and what was typed before a session ended, wait in the session.

    An invitation that was followed is gone on with from its own page only: whoever leaves it logs in as before.
    """
    known = brokers.brokers().get(broker)
    if known is None:
        raise Http404
    wanted = request.POST.get("next", "")
    if "invitation" not in request.POST:
        request.session.pop(INVITATION_KEY, None)
    request.session[NEXT_KEY] = wanted if get_adapter(request).is_safe_url(wanted) else ""
    request.session[KEPT_KEY] = request.POST.get(pending_forms.FIELD, "")[: 2 * pending_forms.LONGEST]
    callback = request.build_absolute_uri(reverse("sign_in_callback", args=[broker]))
    try:
        answer = brokers.start(request, broker, callback_url=callback)
    except BrokerAway:
        return away(request, known.label)
    return leave_for(request, answer.url, known.label)


@public
@require_GET
@transaction.non_atomic_requests
@sensitive_variables()
def sign_in_callback(request: HttpRequest, broker: str) -> HttpResponseBase:
    """Where the broker sends the browser back: checked, then decided by what it proves."""
    known = brokers.brokers().get(broker)
    if known is None:
        raise Http404
    try:
        sign_in = brokers.finish(request, broker)
        if not is_sure_enough(sign_in):
            raise Refused("level")  # noqa: TRY301  # answered as what the broker's own checks refuse
    except BrokerAway:
        return away(request, known.label)
    except (Cancelled, Refused) as refusal:
        return turned_away(request, refusal.reason, known.label)
    if INVITATION_KEY in request.session:
        remember(request.session, sign_in)
        return redirect("invitation_accept")
    outcome = outcome_of(sign_in)
    if outcome.turn == Turn.IN and outcome.identity:
        return log_in(request, outcome.identity, sign_in)
    if outcome.turn in NEXT_PAGES:
        remember(request.session, sign_in)
        return redirect(NEXT_PAGES[outcome.turn])
    return turned_away(request, outcome.turn.value, known.label)


def log_in(request: HttpRequest, identity: Identity, sign_in: SignIn) -> HttpResponseBase:
    """Begin the session of the identity's user, in the place of any other in this browser."""
    wanted, kept = request.session.get(NEXT_KEY, ""), request.session.get(KEPT_KEY, "")
    logout(request)
    # Whole, which the roles above may not read.
    user = User.objects.get(pk=identity.user_id)
    if not user.is_active:
        return turned_away(request, "inactive", "")
    login(request, user, backend=BACKEND)
    request.session[IDENTITY_KEY] = identity.pk
    request.session[BROKER_SID_KEY] = sign_in.sid
    remember_for_logout(request.session, sign_in)
    if kept:
        request.session[pending_forms.SESSION_KEY] = kept
    return redirect(wanted or settings.LOGIN_REDIRECT_URL)


def away(request: HttpRequest, label: str) -> HttpResponseBase:
    sign_in_refused("broker away")
    return TemplateResponse(request, "sign_in/away.html", {"label": label}, status=UNAVAILABLE)


def turned_away(request: HttpRequest, reason: str, label: str) -> HttpResponseBase:
    """Say what happened and what to do; the reason is a word of ours, never what the broker wrote."""
    sign_in_refused(reason)
    context = {"reason": reason, "label": label}
    return TemplateResponse(request, "sign_in/turned_away.html", context, status=FORBIDDEN)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Kode"),
        help_text=_("Koden står i brevet fra din skole, fx BCDF-GHJK-MNPQ."),
        max_length=50,
        error_messages={"required": _("Skriv koden fra brevet."), "max_length": _("Koden er for lang. Tjek den.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def invitation(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Where a letter's code is typed, or a mail's link leads. The session remembers which; no address says it on."""
    if not code and request.method != "POST":
        context = {"form": CodeForm(), "signed_in": remembered(request.session)}
        return TemplateResponse(request, "sign_in/invitation.html", context)
    form = CodeForm({"code": code} if code else request.POST)
    if limits.take(request, "code") is None:
        return too_many(request)
    if form.is_valid():
        secret_hash = hashed(form.cleaned_data["code"])
        if usable(secret_hash):
            request.session[INVITATION_KEY] = secret_hash
            return redirect("invitation_accept")
        form.add_error(
            "code",
            _("Koden virker ikke. Den kan være brugt, for gammel eller skrevet forkert. Tjek den, eller bed om en ny."),
        )
    context = {"form": form, "signed_in": remembered(request.session)}
    return TemplateResponse(request, "sign_in/invitation.html", context, status=UNPROCESSABLE)


def usable(secret_hash: str) -> Invitation | None:
    with as_sign_in(secret_hash=secret_hash):
        shown = Invitation.objects.usable().filter(secret_hash=secret_hash)
        return shown.select_related("company", "school", "workplace").first()


@public
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def invitation_accept(request: HttpRequest) -> HttpResponseBase:
    """Who invites whom to what; the way to sign in; and when that is done, whom one ties to what, and yes."""
    secret_hash = request.session.get(INVITATION_KEY, "")
    shown = usable(secret_hash)
    if shown is None:
        request.session.pop(INVITATION_KEY, None)
        return redirect("invitation")
    sign_in = remembered(request.session)
    known = request.user if request.user.is_authenticated else None
    context: dict[str, Any] = {
        "invitation": shown,
        "sign_in": sign_in,
        "known": known,
        "brokers": [broker for broker in brokers.brokers().values() if broker.scheme == scheme_for(shown)],
    }
    if sign_in is None:
        status = UNPROCESSABLE if request.method == "POST" else 200
        return TemplateResponse(request, "sign_in/invitation_shown.html", context, status=status)
    identity = known_identity(sign_in)
    context["known"] = identity.user if identity else known
    try:
        with as_sign_in(sign_in, secret_hash=secret_hash, known=context["known"]):
            operations.may_take(shown, sign_in)
            if request.method != "POST":
                context["name"] = shown.students_own[0] if shown.student_id else shown.name
                return TemplateResponse(request, "sign_in/invitation_accept.html", context)
            _membership, identity = operations.accept(shown, sign_in, known=context["known"])
    except operations.NotForYou as refusal:
        request.session.pop(SESSION_KEY, None)
        return TemplateResponse(
            request, "sign_in/not_for_you.html", context | {"reason": refusal.reason}, status=FORBIDDEN
        )
    return log_in(request, identity, sign_in)


def scheme_for(invitation: Invitation) -> Scheme:
    return Scheme.MITID if invitation.student_id else Scheme.MITID_ERHVERV


class AccessRequestForm(forms.Form):
    organisation = forms.ChoiceField(
        label=_("Hvem skal du have adgang hos?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg en skole eller virksomhed.")},
    )
    email = forms.EmailField(
        label=_("Din e-mailadresse på arbejdet"),
        help_text=_("Vi skriver til dig, når der er svar."),
        validators=[refuse_cpr_number],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Skriv din e-mailadresse."),
            "invalid": _("Skriv en e-mailadresse som navn@eksempel.dk."),
        },
    )

    def __init__(self, organisations: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {f"{each._meta.model_name}-{each.pk}": each for each in organisations}
        if len(organisations) == 1:
            del self.fields["organisation"]
        else:
            choices = [(key, each.name) for key, each in self.organisations.items()]
            self.fields["organisation"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Any:
        only = next(iter(self.organisations))
        return self.organisations[self.cleaned_data.get("organisation", only)]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def access_request(request: HttpRequest) -> HttpResponseBase:
    """Bed om adgang: for who works at an organisation that the portal knows, and is nobody here yet."""
    sign_in = remembered(request.session)
    organisations = organisations_of(sign_in) if sign_in else []
    if sign_in is None or not organisations:
        return redirect("account_login")
    sent = request.POST if request.method == "POST" else None
    form = AccessRequestForm(organisations, sent, initial={"email": sign_in.email})
    context = {"form": form, "sign_in": sign_in, "organisations": organisations}
    if request.method != "POST":
        return TemplateResponse(request, "sign_in/access_request.html", context)
    if not form.is_valid():
        return TemplateResponse(request, "sign_in/access_request.html", context, status=UNPROCESSABLE)
    with as_sign_in(sign_in):
        asked, is_new = operations.ask_for_access(form.chosen, sign_in, email=form.cleaned_data["email"])
    context = {"asked": asked, "is_new": is_new, "organisation": form.chosen}
    return TemplateResponse(request, "sign_in/access_requested.html", context, status=ACCEPTED)


@csrf_exempt
@public
@require_POST
@transaction.non_atomic_requests
def sign_in_ended(request: HttpRequest, broker: str) -> HttpResponseBase:
    """The broker says that its session is over: ours ends, too (OpenID Connect Back-Channel Logout 1.0)."""
    if broker not in brokers.brokers():
        raise Http404
    try:
        issuer, subject, sid = brokers.logout_token(broker, request.POST.get("logout_token", ""))
    except BrokerAway:
        return HttpResponse(status=UNAVAILABLE)
    except Refused as refusal:
        sign_in_refused(f"logout: {refusal.reason}")
        return HttpResponse(status=400, headers={"Cache-Control": "no-store"})
    ended = Session.objects.filter(identity__issuer=issuer)
    ended = ended.filter(broker_sid=sid) if sid else ended
    ended = ended.filter(identity__subject=subject) if subject else ended
    ended.delete()
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})
