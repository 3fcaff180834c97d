"""The company's pages: its students' dropout risk, the window that records it, and all its students and agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url, trigger_client_event

from companies.assessment_forms import (
    AgreementFilterForm,
    AssessmentFilterForm,
    AssessmentForm,
    OverviewFilterForm,
    PauseForm,
)
from companies.purposes import AGREEMENT_OVERVIEW, ASSESSMENT, ASSESSMENT_BESIDE, RISK_OVERVIEW
from laereplads.access.permissions import requires_permission
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH, names_students
from laereplads.web.http import Request, page_or_part
from laereplads.web.paging import links
from risk.models import DueTab, Level
from risk.operations import AssessedMeanwhile, record_assessment
from risk.queries import (
    assessable_line,
    counted,
    due_counts,
    history_of,
    next_due_of,
    pause_of,
    progress_of,
    told_by,
    told_by_counts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise as Text

    from laereplads.access_log.purposes import Purpose
    from laereplads.web.paging import Address, Page
    from risk.queries import DueCounts, Line, Progress

# The address in which all boxes of the page are ticked.
ALL_CHOSEN = {"valg": "alle"}
# Where a part of the list is empty.
NOBODY: dict[DueTab, Text] = {
    DueTab.NOW: _lazy("Ingen lærlinge bør vurderes nu."),
    DueTab.SOON: _lazy("Ingen lærlinge bør vurderes inden for de næste 14 dage."),
    DueTab.NEVER: _lazy("Alle jeres lærlinge er vurderet mindst én gang, eller aftalen er lige begyndt."),
}


@requires_permission("risk.add_riskassessment")
@names_students(RISK_OVERVIEW)
@require_safe
def assessment_list(request: Request) -> HttpResponseBase:
    filters = AssessmentFilterForm(request.GET, request.membership)
    context = overview(request, filters)
    page, progress = context["page"], context["progress"]
    counts = due_counts(request.membership)
    can_choose = any(can_be_set_to_low(line) for line in page)
    all_chosen = can_choose and request.GET.get("valg") == ALL_CHOSEN["valg"]
    context |= {
        "tab_links": tab_links(counts, filters.chosen_tab),
        "dues": next_due_of(request.membership, page),
        "can_choose": can_choose,
        "all_chosen": all_chosen,
        "choose_all": filters.query(**page.address, **({} if all_chosen else ALL_CHOSEN)),
        "nobody": NOBODY[filters.chosen_tab] if filters.chosen_tab else "",
    }
    # A page of everybody names whomever the numbers tell of.
    names_everybody = not page.is_part and context["hits"] == progress["students"]
    told = set() if names_everybody else told_by_numbers(request, progress, counts)
    log_list(request, RISK_OVERVIEW, filters, page, told=told)
    return with_its_address(request, "companies/assessment_list.html", context)


@requires_permission("risk.view_agreement")
@names_students(AGREEMENT_OVERVIEW)
@require_safe
def agreement_list(request: Request) -> HttpResponseBase:
    filters = AgreementFilterForm(request.GET, request.membership)
    context = overview(request, filters)
    log_list(request, AGREEMENT_OVERVIEW, filters, context["page"], told=set())
    return with_its_address(request, "companies/agreement_list.html", context)


@requires_permission("risk.add_riskassessment")
@names_students(ASSESSMENT, ASSESSMENT_BESIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_update(request: Request, public_id: UUID) -> HttpResponseBase:
    came_from = AssessmentFilterForm(request.GET, request.membership)
    line = assessable_line(request.membership, public_id)
    if line is None:
        raise Http404
    if request.method != "POST":
        context = window(line, came_from, came_from.agreements.following(line))
        log_window(request, context)
        return page_or_part(request, "companies/assessment_update.html", context, part="window")

    form = AssessmentForm(request.POST)
    form.full_clean()
    # The next student is the one that the window named: saving may move this one to another place in the list.
    wanted = form.cleaned_data.get("next")
    following = assessable_line(request.membership, wanted) if wanted else None
    status, meanwhile = 422, False
    if form.is_valid():
        level = form.cleaned_data["level"]
        try:
            made = record_assessment(line, level, by=request.membership, seen=form.cleaned_data["seen"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except AssessedMeanwhile:
            status, meanwhile = 409, True
            # Which may have given the student another place in the list.
            line = assessable_line(request.membership, public_id) or line
        else:
            after = line.assessed(made, request.membership.user.name)
            moves_progress = bool(after.level) != form.cleaned_data["assessed"]
            return saved(request, after, level, came_from, following, moves_progress=moves_progress)
    still_next = following or came_from.agreements.following(line)
    context = window(line, came_from, still_next, form=form) | {"meanwhile": meanwhile}
    log_window(request, context)
    return page_or_part(request, "companies/assessment_update.html", context, part="window", status=status)


def can_be_set_to_low(line: Line) -> bool:
    """Together with others, that is: a higher level is judged alone."""
    return line.signed_off_on is None and line.level not in {Level.HIGH, Level.MEDIUM}


def tab_links(counts: DueCounts, chosen: DueTab | None) -> list[dict[str, Any]]:
    """The parts of the list, without further filters, and how many students stand in each."""
    path = reverse("companies:assessment_list")
    links: list[dict[str, Any]] = [{"address": path, "text": _("Alle"), "is_current": chosen is None}]
    for tab, count in ((DueTab.NOW, counts["now"]), (DueTab.SOON, counts["soon"]), (DueTab.NEVER, counts["never"])):
        links.append({"address": f"{path}?vis={tab}", "text": f"{tab.label} ({count})", "is_current": chosen is tab})
    return links


def told_by_numbers(request: Request, progress: Progress, counts: DueCounts) -> set[int]:
    return told_by(progress, request.membership) | told_by_counts(counts, request.membership)


def students_of(lines: Iterable[Line]) -> list[int]:
    return [line.student_id for line in lines]


def log_list(
    request: Request, purpose: Purpose, filters: OverviewFilterForm, page: Page[Line], *, told: set[int]
) -> None:
    """Log whom the page names, and whom it tells of otherwise: `told`, and whom its filters leave out."""
    named = students_of(page)
    log_access(request.membership, purpose, named)
    log_access(request.membership, SEARCH, (told | filters.agreements.told_of(page, request.GET)).difference(named))


def overview(request: Request, filters: OverviewFilterForm) -> dict[str, Any]:
    """One page of a list, and the ways on from it."""
    progress, hits = counted(request.membership, filters.wanted)
    page = filters.agreements.page(request.GET, hits["rows"])
    return {
        "filters": filters,
        "hits": hits["students"],
        "page": page,
        "page_links": links(filters, page),
        "progress": progress,
        "today": timezone.localdate(),
    }


def with_its_address(request: Request, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """The page, or after filtering its results, with an address that holds what was chosen and no empty fields."""
    response = page_or_part(request, template, context, part="results")
    if request.htmx and not request.htmx.history_restore_request:
        return push_url(response, address(request.path, context["filters"], context["page"].address))
    return response


def address(path: str, filters: OverviewFilterForm, page: Address) -> str:
    return path + filters.query(**page).removesuffix("?")


def url_at(came_from: AssessmentFilterForm, line: Line) -> str:
    """The page of the list on which `line` stands, at its row."""
    return url_on(came_from, line, came_from.agreements.page_of(line))


def url_on(came_from: AssessmentFilterForm, line: Line, page: Address) -> str:
    return address(reverse("companies:assessment_list"), came_from, page) + f"#agreement-{line.public_id}"


def window(
    line: Line,
    came_from: AssessmentFilterForm,
    following: Line | None,
    *,
    form: AssessmentForm | None = None,
    pause_form: PauseForm | None = None,
) -> dict[str, Any]:
    """What the window of one student shows."""
    history = history_of(came_from.membership, line)
    latest = history[0] if history else None
    current = latest if latest and latest.level else None
    way_back = came_from.agreements.page_of(line)
    due = next_due_of(came_from.membership, [line]).get(line.agreement_id)
    # What is due says so itself.
    paused_until = due.paused_until if due else pause_of(came_from.membership, line)
    if paused_until and paused_until < timezone.localdate():
        paused_until = None
    return {
        "assessed": form.cleaned_data.get("assessed") if form else current is not None,
        "current": current,
        "due": due,
        "earlier": history[1:] if current else history,
        "following": following,
        "form": form or AssessmentForm(initial={"level": current.level if current else None}),
        "latest": latest,
        "line": line,
        # Whether a colleague has saved another one since the window was opened.
        "meanwhile": False,
        "list_url": url_on(came_from, line, way_back),
        "pause_form": pause_form or PauseForm(initial={"until": paused_until}),
        "paused_until": paused_until,
        "query": came_from.suffix,
        "seen": latest.pk if latest else 0,
        "today": timezone.localdate(),
        "told": came_from.agreements.told_behind(line, following, way_back),
    }


def log_window(request: Request, context: dict[str, Any]) -> None:
    """The window names its student and the next one; after saving, the row above it names the one saved."""
    opened = students_of(filter(None, [context.get("line")]))
    beside = students_of(filter(None, [context.get("above"), context.get("following")]))
    log_access(request.membership, ASSESSMENT, opened)
    log_access(request.membership, ASSESSMENT_BESIDE, set(beside).difference(opened))
    log_access(request.membership, SEARCH, context.get("told", set()).difference(opened, beside))


def saved(  # noqa: PLR0913  # what was saved takes five words
    request: Request,
    line: Line,
    level: Level | None,
    came_from: AssessmentFilterForm,
    following: Line | None,
    *,
    moves_progress: bool,
) -> HttpResponseBase:
    """Say what was saved, and go back to the list or on to the next student. The line is as it stands after saving.

    How many have an assessment is counted where this student has one since the window opened, or no longer has. What
    colleagues did meanwhile to others is seen when the list is fetched the next time.
    """
    if level:
        words = _("Gemt: %(name)s, frafaldsrisiko %(level)s.") % {"name": line.name, "level": level.label}
    else:
        words = _("Vurderingen af %(name)s er fjernet.") % {"name": line.name}
    left = " " + _("Den næste på listen er ikke længere hos jer.") if request.POST.get("next") and not following else ""
    words += left
    if not request.htmx:
        # Kept in the session until it is shown, so it names nobody; the row that it stands above does.
        if not following:
            done = _("Vurderingen er gemt.") if level else _("Vurderingen er fjernet.")
            messages.success(request, done + left + finished(came_from))
            return redirect(url_at(came_from, line))
        done = _("Vurderingen af den forrige er gemt.") if level else _("Vurderingen af den forrige er fjernet.")
        messages.success(request, f"{done} {_('Her er den næste.')}")
        return redirect(reverse("companies:assessment_update", args=[following.public_id]) + came_from.suffix)

    progress = progress_of(request.membership) if moves_progress else None
    counts = due_counts(request.membership)
    context: dict[str, Any] = {
        "above": line,
        "due_above": next_due_of(request.membership, [line]).get(line.agreement_id),
        "tab_links": tab_links(counts, came_from.chosen_tab),
        "suffix": came_from.suffix,
        "today": timezone.localdate(),
        "progress": progress,
        "words": words,
    }
    if following:
        context |= window(following, came_from, came_from.agreements.following(following))
        event, words = "portal:announce", f"{words} {_('Nu: %(name)s.') % {'name': following.name}}"
    else:
        event, words = "portal:saved", words + finished(came_from)
    context["told"] = context.get("told", set()) | told_by_counts(counts, request.membership)
    if progress:
        context["told"] |= told_by(progress, request.membership)
    log_window(request, context)
    response = TemplateResponse(request, "companies/saved.html", context)
    return trigger_client_event(response, event, {"words": words})


def finished(came_from: AssessmentFilterForm) -> str:
    """What is said when nobody is left in the part of the list that one went through."""
    if came_from.chosen_tab is None or counted(came_from.membership, came_from.wanted)[1]["rows"]:
        return ""
    return " " + _("I er færdige. Der er ikke flere på listen.")
