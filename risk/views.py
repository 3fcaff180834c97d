"""The company's pages: its students' dropout risk, the window that records it, and all its students and agreements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url, trigger_client_event

from laereplads.access.permissions import requires_permission
from laereplads.audit.readings import Purpose, log_reading
from laereplads.http import Request, page_or_part
from laereplads.paging import PARAMETER, Page, Position, Stretch, keys_of, links, page_at
from laereplads.people.models import Agreement
from risk.forms import AgreementFilterForm, AssessmentFilterForm, AssessmentForm, OverviewFilterForm
from risk.models import KEYS, Hits, Level, OverviewQuerySet
from risk.operations import AssessedMeanwhile, record_assessment
from risk.queries import as_it_stands, assessable_with_id, progress_of, stretch_of
from risk.rows import agreement_rows, assessed_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from laereplads.access.models import Membership

PAGE_SIZE = 50
BY_STUDENT = ("student__sort_key", "starts_on", "pk")
# In the address of a window that "Gem og næste" opened, where htmx is not there to say so.
IN_A_ROW = ("raekke", "ja")


@requires_permission("risk.add_riskassessment")
@require_safe
def assessment_list(request: Request) -> HttpResponseBase:
    students = assessable_by(request.membership)
    filters = AssessmentFilterForm(request.GET, students)
    found = filters.narrow(students)
    progress, hits = students.progress_and_hits(found)
    context = {"progress": progress, **overview(request, filters, found, hits, KEYS[filters.chosen_order])}
    context["rows"] = assessed_rows(context["page"], filters.suffix)
    log_reading(request.membership, Purpose.RISK_OVERVIEW, students_of(context["page"]))
    return with_its_address(request, "risk/assessment_list.html", context)


@requires_permission("risk.view_agreement")
@require_safe
def agreement_list(request: Request) -> HttpResponseBase:
    agreements = of_company(request.membership)
    filters = AgreementFilterForm(request.GET, agreements)
    found = filters.narrow(agreements)
    context = overview(request, filters, found, found.hits(), BY_STUDENT)
    context["rows"] = agreement_rows(context["page"])
    log_reading(request.membership, Purpose.AGREEMENT_OVERVIEW, students_of(context["page"]))
    return with_its_address(request, "risk/agreement_list.html", context)


@requires_permission("risk.add_riskassessment")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_update(request: Request, public_id: UUID) -> HttpResponseBase:
    students = assessable_by(request.membership)
    came_from = StudentList(students, AssessmentFilterForm(request.GET, students))
    if request.method != "POST":
        shown = get_object_or_404(students.for_overview(), public_id=public_id)
        in_a_row = request.GET.get(IN_A_ROW[0]) == IN_A_ROW[1]
        context = window(shown, came_from, came_from.next_after(shown), in_a_row=in_a_row)
        log_window(request, context)
        return page_or_part(request, "risk/assessment_update.html", context, part="window")

    if (agreement := assessable_with_id(request.membership, public_id)) is None:
        raise Http404
    form = AssessmentForm(request.POST)
    form.full_clean()
    # The next student is the one that the window named: saving may move this one to another place in the list.
    wanted = form.cleaned_data.get("next")
    following = students.for_overview().filter(public_id=wanted).first() if wanted else None
    status, meanwhile = 422, False
    if form.is_valid():
        level = form.cleaned_data["level"]
        try:
            record_assessment(agreement, level, by=request.membership, seen=form.cleaned_data["seen"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except AssessedMeanwhile:
            status, meanwhile = 409, True
        else:
            return saved(request, agreement, level, came_from, following)
    agreement = as_it_stands(request.membership, agreement)
    still_next = following or came_from.next_after(agreement)
    context = window(agreement, came_from, still_next, in_a_row=bool(following), form=form) | {"meanwhile": meanwhile}
    log_window(request, context)
    return page_or_part(request, "risk/assessment_update.html", context, part="window", status=status)


@dataclass(frozen=True)
class StudentList:
    """The list that a window was opened from: who comes next in it, and the way back to a student's row."""

    students: OverviewQuerySet
    filters: AssessmentFilterForm

    @property
    def found(self) -> OverviewQuerySet:
        return self.filters.narrow(self.students)

    @property
    def keys(self) -> tuple[str, ...]:
        return KEYS[self.filters.chosen_order]

    def next_after(self, agreement: Agreement) -> Agreement | None:
        position = Position("after", keys_of(agreement, self.keys), 0)
        return next(iter(stretch_of(self.found, Stretch(position, False, 1), self.keys)), None)

    def url_at(self, agreement: Agreement) -> str:
        """The page of the list on which `agreement` stands, at its row."""
        position = Position("before", keys_of(agreement, self.keys), 0)
        number = Stretch(position, True, 0).beyond(self.found, self.keys).count()
        page = None
        if number >= PAGE_SIZE:
            # The last row of the page before.
            on_page = number % PAGE_SIZE
            nearest = stretch_of(self.found, Stretch(position, True, on_page + 1), self.keys)
            page = Position("after", keys_of(nearest[on_page], self.keys), number - on_page).sealed()
        row = f"#agreement-{agreement.public_id}"
        return address(reverse("risk:assessment_list"), self.filters, page) + row


def students_of(agreements: Iterable[Agreement]) -> list[int]:
    return [agreement.student_id for agreement in agreements]


def of_company(membership: Membership) -> OverviewQuerySet:
    return OverviewQuerySet(Agreement).visible_to(membership)


def assessable_by(membership: Membership) -> OverviewQuerySet:
    return of_company(membership).assessable()


def overview(
    request: Request, filters: OverviewFilterForm, found: OverviewQuerySet, hits: Hits, keys: tuple[str, ...]
) -> dict[str, Any]:
    """One page of `found` in the order of its keys, and the ways on from it."""
    page: Page[Agreement] = page_at(
        request.GET.get(PARAMETER, ""),
        lambda stretch: stretch_of(found, stretch, keys),
        keys=keys,
        count=hits["rows"],
        size=PAGE_SIZE,
    )
    return {
        "filters": filters,
        "hits": hits["students"],
        "page": page,
        "page_links": links(filters, page),
    }


def with_its_address(request: Request, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """The page, or after filtering its results, with an address that holds what was chosen and no empty fields."""
    response = page_or_part(request, template, context, part="results")
    if request.htmx and not request.htmx.history_restore_request:
        return push_url(response, address(request.path, context["filters"], context["page"].name))
    return response


def address(path: str, filters: OverviewFilterForm, page: str | None) -> str:
    return path + filters.query(side=page).removesuffix("?")


def window(
    agreement: Agreement,
    came_from: StudentList,
    following: Agreement | None,
    *,
    in_a_row: bool,
    form: AssessmentForm | None = None,
) -> dict[str, Any]:
    """What the window of one student shows; `in_a_row` when "Gem og næste" led to it."""
    history = list(agreement.assessments.with_recorder().order_by("-id"))
    latest = history[0] if history else None
    current = latest if latest and latest.level else None
    return {
        "agreement": agreement,
        "current": current,
        "earlier": history[1:] if current else history,
        "following": following,
        "form": form or AssessmentForm(initial={"level": current.level if current else None}),
        "in_a_row": in_a_row,
        "latest": latest,
        "list_url": came_from.url_at(agreement),
        "query": came_from.filters.suffix,
        "seen": latest.pk if latest else 0,
    }


def log_window(request: Request, context: dict[str, Any]) -> None:
    """The window names its student and the next one; after saving, the row above it names the one saved."""
    named = [context.get(name) for name in ("above", "agreement", "following")]
    log_reading(request.membership, Purpose.ASSESSMENT, students_of(filter(None, named)))


def saved(
    request: Request,
    agreement: Agreement,
    level: Level | None,
    came_from: StudentList,
    following: Agreement | None,
) -> HttpResponseBase:
    """Say what was saved, and go back to the list or on to the next student."""
    chosen = level.label if level else _("Ikke angivet")
    words = _("Gemt: %(name)s, frafaldsrisiko %(level)s.") % {"name": agreement.student.name, "level": chosen}
    left = " " + _("Den næste på listen er ikke længere hos jer.") if request.POST.get("next") and not following else ""
    words += left
    # Read anew: what was saved may have given the student another place in the list.
    agreement = as_it_stands(request.membership, agreement)
    if not request.htmx:
        # Kept in the session until it is shown, so it names nobody; the row that it stands above does.
        messages.success(request, _("Vurderingen er gemt.") + left)
        if not following:
            return redirect(came_from.url_at(agreement))
        window_url = reverse("risk:assessment_update", args=[following.public_id])
        return redirect(f"{window_url}?{urlencode([*came_from.filters.chosen(), IN_A_ROW])}")

    context = {
        "above": agreement,
        "saved": next(assessed_rows([agreement], came_from.filters.suffix)),
        "progress": progress_of(request.membership),
        "words": words,
    }
    if following:
        context |= window(following, came_from, came_from.next_after(following), in_a_row=True)
        event, words = "portal:announce", f"{words} {_('Nu: %(name)s.') % {'name': following.student.name}}"
    else:
        event = "portal:saved"
    log_window(request, context)
    response = TemplateResponse(request, "risk/assessment_update.html#saved", context)
    return trigger_client_event(response, event, {"words": words})
