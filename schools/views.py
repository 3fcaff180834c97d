"""The school's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise as Text

from laereplads.access.permissions import requires_permission
from laereplads.audit.models import Event
from laereplads.audit.readings import Purpose, log_reading
from laereplads.http import Request, page_or_part
from laereplads.people.models import Agreement, Student
from risk.models import RiskAssessment
from schools.forms import StudentFilterForm, hits_in_words
from schools.operations import follow_student, unfollow_student
from schools.queries import IS_FOLLOWED, in_order, level_counts, overview
from schools.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from laereplads.people.models.students import StudentQuerySet

STUDENTS_PER_PAGE = 25
EVENTS_SHOWN = 100

ORDER_LABELS = {"name": _("Navn"), "risk": _("Højeste risiko"), "oldest": _("Ældste vurdering")}

COURSE, PROFILE, SEARCHES, ACTIVITY = "uddannelsesforloeb", "profil", "soegelog", "aktivitetslog"
TABS = {
    COURSE: _("Uddannelsesforløb"),
    PROFILE: _("Profil"),
    SEARCHES: _("Søgelog"),
    ACTIVITY: _("Aktivitetslog"),
}


@dataclass(frozen=True)
class PageLink:
    text: Text
    query: str


class CountedPaginator(Paginator[Student]):
    """A paginator that is told how many there are: the tick boxes' counts have said so already."""

    def __init__(self, students: StudentQuerySet, *, count: int) -> None:
        super().__init__(students, STUDENTS_PER_PAGE)
        self.count = count


@requires_permission("schools.view_student")
@require_safe
def student_list(request: Request) -> HttpResponseBase:
    filters = StudentFilterForm(request.GET)
    found = filters.apply(overview(request.membership))
    counts = level_counts(found)
    students = in_order(filters.at_levels(found), filters.chosen_order)
    hits = counts.of(filters.ticked_levels)
    page = CountedPaginator(students, count=hits).get_page(request.GET.get("side"))
    query = filters.query(side=page.number if page.number > 1 else None)
    address = reverse("schools:student_list") + query.removesuffix("?")
    shown = list(page.object_list) if hits else []
    log_reading(request.membership, Purpose.STUDENT_OVERVIEW, [student.pk for student in shown])
    context = {
        "filters": filters,
        "counts": counts,
        "hits": hits_in_words(hits),
        "page": page,
        "students": shown,
        "follows_nobody": not hits and filters.value("mine") and not follows_somebody(request),
        "orders": [(order, label, filters.query(order=order)) for order, label in ORDER_LABELS.items()],
        "everybody": filters.query(without=filters.active),
        "address": address,
        "list_query": query.removeprefix("?"),
        "page_links": list(page_links(filters, page)),
    }
    response = page_or_part(request, "schools/student_list.html", context, part="overview")
    if request.htmx and not request.htmx.history_restore_request:
        # The address to keep is the short one, without the filters that ask for nothing.
        response.headers["HX-Push-Url"] = address
    return response


def page_links(filters: StudentFilterForm, page: Page[Student]) -> Iterator[PageLink]:
    """The ways on from a page of the list, with all filters kept."""
    if page.has_previous():
        yield PageLink(_("Første"), filters.query())
        yield PageLink(_("Forrige"), filters.query(side=page.previous_page_number()))
    if page.has_next():
        yield PageLink(_("Næste"), filters.query(side=page.next_page_number()))
        yield PageLink(_("Sidste"), filters.query(side=page.paginator.num_pages))


def follows_somebody(request: Request) -> bool:
    return overview(request.membership).filter(IS_FOLLOWED).exists()


@requires_permission("schools.view_student")
@require_safe
def student_detail(request: Request, public_id: UUID) -> HttpResponseBase:
    student = get_object_or_404(overview(request.membership), public_id=public_id)
    visible = RiskAssessment.objects.visible_to(request.membership).filter(agreement__student=student)
    assessments = list(visible.with_recorder().select_related("agreement").order_by("id"))
    chosen = request.GET.get("fane", COURSE)
    tab = chosen if chosen in TABS else COURSE
    back = request.GET.get("liste", "")
    current_id = student.current_assessment  # type: ignore[attr-defined]  # annotated by overview()
    log_reading(request.membership, Purpose.STUDENT_PROFILE, [student.pk])
    context: dict[str, Any] = {
        "student": student,
        "current": next((each for each in assessments if each.pk == current_id), None),
        "assessments": assessments[::-1],
        "timeline": timeline(assessments),
        "tab": tab,
        "tab_heading": TABS[tab],
        "tabs": TABS,
        "back": back,
        "today": timezone.localdate(),
    }
    if tab == COURSE:
        agreements = Agreement.objects.visible_to(request.membership).filter(student=student)
        context["agreements"] = list(
            agreements.select_related("company", "workplace", "education").order_by("-starts_on")
        )
    if tab == ACTIVITY:
        # Student data are in sight because the student is: `public_id` was just found among the visible ones.
        events = list(Event.objects.about(student.public_id)[: EVENTS_SHOWN + 1])
        context |= {"events": events[:EVENTS_SHOWN], "has_older_events": len(events) > EVENTS_SHOWN}
    return TemplateResponse(request, "schools/student_detail.html", context)


@requires_permission("schools.follow_student")
@require_POST
def student_follow(request: Request, public_id: UUID) -> HttpResponseBase:
    """Set the star as the button said, so that a second click of an old page changes nothing."""
    student = get_object_or_404(Student.objects.visible_to(request.membership), public_id=public_id)
    wants = request.POST.get("foelg") == "ja"
    if wants:
        follow_student(student, by=request.membership)
    else:
        unfollow_student(student, by=request.membership)
    back = request.POST.get("next", "")
    if request.htmx:
        log_reading(request.membership, Purpose.FOLLOWED_STUDENTS, [student.pk])
        context = {"student": student, "is_followed": wants, "address": back}
        return TemplateResponse(request, "schools/star.html", context)
    is_safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if is_safe else reverse("schools:student_detail", args=[public_id]))
