"""The school's pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from laereplads.access.permissions import from_the_replica, requires_permission
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH, names_students
from laereplads.audit.models import Event
from laereplads.people.models import AgreementType, ProfileVisibility, Student
from laereplads.people.template_filters import agreement_type, profile_visibility
from laereplads.web.http import Request, page_or_part, path_of, way_back
from laereplads.web.paging import links
from laereplads.web.spreadsheets import busy, take_turn_for_large
from schools.absence import absence_of, delivers
from schools.forms import NoticeFilterForm, StudentFilterForm, hits_in_words, irrelevant_in_words, numbers_of
from schools.group_views import group_links
from schools.groups import groups_of, groups_with
from schools.models import StudentListEntry
from schools.notices import DAYS_AHEAD, DAYS_SHOWN, Notices
from schools.operations import follow_student, note_visit, unfollow_student
from schools.profile import agreements_of, assessments_of, next_due_of, one_student
from schools.purposes import (
    FOLLOWED_STUDENTS,
    NOTICE_OVERVIEW,
    STUDENT_ABSENCE,
    STUDENT_OVERVIEW,
    STUDENT_PROFILE,
    STUDENT_SPREADSHEET,
)
from schools.queries import is_followed, overview
from schools.saved_filter_views import saved_filter_links
from schools.spreadsheets import student_sheet
from schools.timeline import timeline

EVENTS_SHOWN = 100
EXPORT = "schools.export_student"

COURSE, ABSENCE, PROFILE = "uddannelsesforloeb", "fravaer", "profil"
SEARCHES, ACTIVITY = "soegelog", "aktivitetslog"
TABS = {
    COURSE: _("Uddannelsesforløb"),
    ABSENCE: _("Fravær"),
    PROFILE: _("Profil"),
    SEARCHES: _("Søgelog"),
    ACTIVITY: _("Aktivitetslog"),
}


@requires_permission("schools.view_student")
@from_the_replica
@names_students(STUDENT_OVERVIEW)
@require_safe
def student_list(request: Request) -> HttpResponseBase:
    filters = StudentFilterForm(
        request.GET, groups_of(request.membership), last_visit=lambda: note_visit(request.membership)
    )
    found = overview(request.membership, filters.wanted, filters.chosen_order)
    page = found.page(request.GET)
    query = filters.query(**page.address).removeprefix("?")
    path = path_of("schools:student_list")
    address = f"{path}?{query}" if query else path
    log_access(request.membership, STUDENT_OVERVIEW, [line.student_id for line in page])
    log_access(request.membership, SEARCH, found.told_of(page, request.GET))
    context = {
        "filters": filters,
        "counts": numbers_of(found.counts),
        "irrelevant": irrelevant_in_words(found.counts),
        "hits": hits_in_words(page.count),
        "order": filters.order_in_words,
        "page": page,
        "address": address,
        "file": file_link(filters, page.count) if request.membership.grants(EXPORT) else None,
        # Of profiles, to where the list stood.
        "way_back": f"?{urlencode({'liste': query})}" if query else "",
        "today": timezone.localdate(),
        # Once for each, and not for each row.
        "agreement_types": {code: agreement_type(code).lower() for code in AgreementType.values},
        "visibilities": {code: profile_visibility(code) for code in ProfileVisibility.values},
        "follows_nobody": not page.count and filters.value("mine") and not follows_somebody(request),
        "page_links": links(filters, page, target="#results"),
        **group_links(filters, page.count, request.membership),
        **saved_filter_links(filters, request.membership),
    }
    response = page_or_part(request, "schools/student_list.html", context, part="overview")
    if request.htmx and not request.htmx.history_restore_request:
        # The address to keep is the short one, without the filters that ask for nothing.
        response.headers["HX-Push-Url"] = address
    return response


def file_link(filters: StudentFilterForm, count: int) -> dict[str, str]:
    """The way to the spreadsheet of all that were found."""
    address = path_of("schools:student_xlsx") + filters.suffix
    return {"address": address, "text": _("Hent %(hits)s som regneark") % {"hits": hits_in_words(count)}}


@requires_permission(EXPORT)
@from_the_replica
@names_students(STUDENT_SPREADSHEET)
@require_safe
def student_xlsx(request: Request) -> HttpResponseBase:
    if not take_turn_for_large(request.user.pk):
        return busy(request, back_to="schools:student_list", back_words=gettext("Tilbage til elevoversigten"))
    file = student_sheet(request.membership, StudentFilterForm(request.GET, groups_of(request.membership)))
    return FileResponse(file, as_attachment=True, filename=f"elever-{timezone.localdate():%Y-%m-%d}.xlsx")


def follows_somebody(request: Request) -> bool:
    return StudentListEntry.objects.visible_to(request.membership).filter(is_followed(request.membership)).exists()


@requires_permission("schools.view_student")
@names_students(STUDENT_PROFILE, STUDENT_ABSENCE)
@require_safe
def student_detail(request: Request, public_id: UUID) -> HttpResponseBase:
    entry = one_student(request.membership, public_id)
    if entry is None:
        raise Http404
    student = entry.student
    assessments = assessments_of(request.membership, student.pk)
    chosen = request.GET.get("fane", COURSE)
    tab = chosen if chosen in TABS else COURSE
    back = request.GET.get("liste", "")
    log_access(request.membership, STUDENT_ABSENCE if tab == ABSENCE else STUDENT_PROFILE, [student.pk])
    of_today = [each for each in assessments if each.agreement_id == entry.agreement_id]
    latest = of_today[-1] if of_today else None
    context: dict[str, Any] = {
        "student": student,
        "entry": entry,
        "current": latest if latest and latest.level else None,
        "removed": latest if latest and not latest.level else None,
        "tab": tab,
        "tab_heading": TABS[tab],
        "pages": [tab_link(request, key, is_current=key == tab) for key in TABS],
        "back": back,
        "today": timezone.localdate(),
    }
    if tab == COURSE:
        context |= {
            "agreements": agreements_of(request.membership, student.pk),
            "assessments": assessments[::-1],
            "timeline": timeline(assessments),
            "next_due": next_due_of(request.membership, student.pk),
        }
    if tab == PROFILE:
        context["groups"] = groups_with(request.membership, student.pk)
    if tab == ABSENCE:
        context["absence"] = absence_of(request.membership, student.pk)
    if tab == ACTIVITY:
        # Student data are in sight because the student is: `public_id` was just found among the visible ones.
        events = list(Event.objects.about(student.public_id)[: EVENTS_SHOWN + 1])
        context |= {"events": events[:EVENTS_SHOWN], "has_older_events": len(events) > EVENTS_SHOWN}
    return TemplateResponse(request, "schools/student_detail.html", context)


def tab_link(request: Request, key: str, *, is_current: bool) -> dict[str, str | bool]:
    asked = request.GET.copy()
    asked["fane"] = key
    return {"address": f"?{asked.urlencode()}", "text": str(TABS[key]), "is_current": is_current}


@requires_permission("absence.view_absence")
@names_students(NOTICE_OVERVIEW)
@require_safe
def notice_list(request: Request) -> HttpResponseBase:
    filters = NoticeFilterForm(request.GET)
    notices = Notices(request.membership, tuple(filters.value("states") or ()))
    page = notices.page(request.GET)
    log_access(request.membership, NOTICE_OVERVIEW, [row.student_id for row in page])
    log_access(request.membership, SEARCH, notices.told_of(page, request.GET))
    context = {
        "filters": filters,
        "counts": {state: str(count) for state, count in notices.counts.items()},
        "hits": page.count,
        "page": page,
        "lines": notices.lines(page),
        "page_links": links(filters, page),
        "days_ahead": DAYS_AHEAD,
        "days_shown": DAYS_SHOWN,
        "delivers": bool(page) or delivers(request.membership),
    }
    return TemplateResponse(request, "schools/notice_list.html", context)


@requires_permission("schools.follow_student")
@names_students(FOLLOWED_STUDENTS)
@require_POST
def student_follow(request: Request, public_id: UUID) -> HttpResponseBase:
    """Set the star as the button said, so that a second click of an old page changes nothing."""
    student = get_object_or_404(Student.objects.visible_to(request.membership), public_id=public_id)
    wants = request.POST.get("foelg") == "ja"
    if wants:
        follow_student(student, by=request.membership)
    else:
        unfollow_student(student, by=request.membership)
    if request.htmx:
        log_access(request.membership, FOLLOWED_STUDENTS, [student.pk])
        return TemplateResponse(request, "schools/followed.html", {"student": student, "is_on": wants})
    return way_back(request, reverse("schools:student_detail", args=[public_id]), at=f"foelg-{public_id}")
