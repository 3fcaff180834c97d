"""The company's pages: registering rejections one after the other, and reading them without the applicants."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from companies.rejection_forms import RejectionFilterForm, RejectionForm
from laereplads.access.permissions import requires_permission
from laereplads.access_log.purposes import names_no_students
from laereplads.accounts.pending_forms import never_kept
from laereplads.design_system.charts import Bars, Group
from laereplads.web.http import Request
from laereplads.web.paging import Page, links, page_at
from laereplads.web.spreadsheets import busy, take_turn
from rejections.models import DAYS_TO_REGISTER, Rejection
from rejections.operations import FormSavedBefore, RegisteredBefore, register_rejection
from rejections.spreadsheets import csv_file, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import IO

    from rejections.models import ReasonCount, RejectionQuerySet

PAGE_SIZE = 25
# Descending, both.
NEWEST_FIRST = ("given_on", "pk")
REPETITION = "repetition"


@requires_permission("rejections.add_rejection")
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
@never_kept("applicant", REPETITION)
@sensitive_variables()
def rejection_create(request: Request) -> HttpResponseBase:
    if request.method != "POST":
        just_saved = len(messages.get_messages(request)) > 0
        return form_page(request, RejectionForm(just_saved=just_saved))

    form = RejectionForm(request.POST)
    if not form.is_valid():
        return form_page(request, form, status=422)
    repetition = form.repetition(request.membership.company) if request.membership.company else ""
    try:
        rejection = register_rejection(
            **form.cleaned_data, by=request.membership, repetition_confirmed=request.POST.get(REPETITION) == repetition
        )
    except RegisteredBefore:
        return form_page(request, form, status=409, repetition=repetition)
    except FormSavedBefore:
        form.renew()
        form.add_error(
            None,
            _("Du har allerede gemt denne formular med andre oplysninger. Er det et nyt afslag, så tryk Gem igen."),
        )
        return form_page(request, form, status=409)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return form_page(request, form, status=422)
    say_what_was_saved(request, rejection)
    return redirect("companies:rejection_create")


def form_page(request: Request, form: RejectionForm, *, status: int = 200, repetition: str = "") -> TemplateResponse:
    """The form; `repetition` asks whether the rejection is registered already."""
    context = {
        "form": form,
        "repetition": repetition,
        "punctuality": Rejection.objects.visible_to(request.membership).punctuality(),
        "explained_reasons": [reason for reason in form.reasons.values() if reason.help_text],
    }
    return TemplateResponse(request, "companies/rejection_create.html", context, status=status)


def say_what_was_saved(request: Request, rejection: Rejection) -> None:
    """In words that repeat nothing of the applicant: messages rest in the session until they are shown."""
    told = {
        "education": rejection.education.name,
        "reason": rejection.primary_reason.label,
        "day": date_format(rejection.given_on, "j. F Y"),
    }
    messages.success(request, _("Afslaget er gemt: %(education)s, %(reason)s, givet den %(day)s.") % told)
    if rejection.is_late:
        last_day = rejection.given_on + datetime.timedelta(days=DAYS_TO_REGISTER)
        messages.warning(
            request,
            _("Afslaget er registreret for sent. Fristen var den %(day)s, to uger efter, at ansøgeren fik besked.")
            % {"day": date_format(last_day, "j. F Y")},
        )


@requires_permission("rejections.view_rejection")
@names_no_students
@require_safe
def rejection_list(request: Request) -> HttpResponseBase:
    own = Rejection.objects.visible_to(request.membership)
    filters = RejectionFilterForm(request.GET)
    found = filters.narrow(own)
    reasons = found.reason_counts()
    hits = sum(reason.count for reason in reasons)
    words = found.with_words()
    page: Page[Rejection] = page_at(
        request.GET,
        lambda page_range: page_range.reversed().of(words, NEWEST_FIRST),
        lambda public_id: found.filter(public_id=public_id).values_list(*NEWEST_FIRST).first(),
        count=hits,
        size=PAGE_SIZE,
    )
    context: dict[str, Any] = {
        "filters": filters,
        "punctuality": own.punctuality(),
        "reasons": reasons,
        "chart": reason_chart(reasons),
        "hits": hits,
        "page": page,
        "page_links": links(filters, page),
    }
    return TemplateResponse(request, "companies/rejection_list.html", context)


def reason_chart(reasons: Sequence[ReasonCount]) -> Bars:
    return Bars(
        id="reasons",
        name=_("Søjlediagram over de primære begrundelser"),
        caption=_("Primære begrundelser"),
        heading=_("Begrundelse"),
        series=[_("Antal")],
        groups=[
            Group(reason.label, [reason.count], beside=[f"{reason.percent}\N{NO-BREAK SPACE}%"]) for reason in reasons
        ],
        beside=[_("Andel")],
    )


@requires_permission("rejections.view_rejection")
@names_no_students
@require_safe
def rejection_xlsx(request: Request) -> HttpResponseBase:
    return made_in_turn(request, xlsx, "xlsx")


@requires_permission("rejections.view_rejection")
@names_no_students
@require_safe
def rejection_csv(request: Request) -> HttpResponseBase:
    return made_in_turn(request, csv_file, "csv")


def made_in_turn(request: Request, make: Callable[[RejectionQuerySet], IO[bytes]], kind: str) -> HttpResponseBase:
    if not take_turn(request.user.pk):
        return busy(request, back_to="companies:rejection_list", back_words=_("Tilbage til registrerede afslag"))
    return download(make(chosen(request)), kind)


def chosen(request: Request) -> RejectionQuerySet:
    """The rows that the list shows for the same address."""
    return RejectionFilterForm(request.GET).narrow(Rejection.objects.visible_to(request.membership))


def download(file: IO[bytes], kind: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=f"afslag-{timezone.localdate():%Y-%m-%d}.{kind}")
