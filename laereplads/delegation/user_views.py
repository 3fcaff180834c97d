"""Brugere: who acts for the organisation, and how somebody comes to and ceases to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from laereplads.access.idempotency import process_once
from laereplads.access.models import RIGHTS, Membership
from laereplads.access.permissions import requires_permission
from laereplads.access.roles import MANAGE_USERS
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import names_no_students, names_students
from laereplads.delegation import confirmations, operations
from laereplads.delegation.database_roles import USER_ADMINISTRATOR
from laereplads.delegation.forms import EndForm, InviteForm, RightsForm, StudentFilterForm
from laereplads.delegation.models import AccessRequest, Confirmation, Invitation
from laereplads.delegation.pasted import MOST_LINES, Person, people_in
from laereplads.delegation.purposes import STUDENT_CODES
from laereplads.delegation.queries import BY_NAME, colleagues, open_codes, students_of_letters
from laereplads.people.models import Student
from laereplads.web.http import Request
from laereplads.web.paging import links, page_at, uuid_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from laereplads.access.permissions import NamedView
    from laereplads.people.models import Company, School

UNPROCESSABLE, CONFLICT = 422, 409
STUDENTS_ON_A_PAGE = 50
# As many letters as one prints at once.
MOST_LETTERS = 300
# A name of the yearly confirmation is answered in a field of its own.
ANSWER, YES, NO = "svar-", "ja", "nej"


def of_user_administrators(view: Callable[..., HttpResponseBase]) -> NamedView:
    return requires_permission(MANAGE_USERS, database_role=USER_ADMINISTRATOR)(view)


def organisation_of(request: Request) -> Company | School:
    party = request.membership.company or request.membership.school
    if party is None:
        raise Http404
    return party


@of_user_administrators
@names_no_students
@require_safe
def user_list(request: Request) -> HttpResponseBase:
    own = request.membership
    requests = AccessRequest.objects.visible_to(own).open()
    invitations = Invitation.objects.visible_to(own).open().select_related("workplace")
    confirmation = Confirmation.objects.visible_to(own).open().select_related("company", "school").first()
    context = {
        "users": colleagues(own).order_by(*BY_NAME),
        "requests": list(requests),
        "invitations": list(invitations),
        "confirmation": confirmation,
        "waiting": len(confirmations.to_answer(confirmation, own)) if confirmation else 0,
        "is_school": bool(own.school_id),
    }
    return TemplateResponse(request, "delegation/user_list.html", context)


@of_user_administrators
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
@process_once
@sensitive_variables()
def user_invite(request: Request) -> HttpResponseBase:
    """Whom to invite; what was understood of it, line by line; and yes, which invites those whose lines are right."""
    is_sent = request.method == "POST"
    form = InviteForm(request.POST if is_sent else None, request.FILES if is_sent else None, by=request.membership)
    if not is_sent:
        return TemplateResponse(request, "delegation/user_invite.html", {"form": form})
    if not form.is_valid():
        return TemplateResponse(request, "delegation/user_invite.html", {"form": form}, status=UNPROCESSABLE)
    people = people_in(form.cleaned_data["people"])
    if len(people) > MOST_LINES:
        form.add_error("people", _("Der er %(count)d personer. Inviter højst %(most)d ad gangen.") % told(people))
        return TemplateResponse(request, "delegation/user_invite.html", {"form": form}, status=UNPROCESSABLE)
    held = with_access(request.membership, people)
    lines = [(person, person.problem or (person.email in held and _("Har allerede adgang."))) for person in people]
    right = [person for person, problem in lines if not problem]
    if "yes" not in request.POST or not right:
        context = {
            "form": form,
            "lines": lines,
            "right": right,
            "wrong": [(person, problem) for person, problem in lines if problem],
            "text": "\n".join(f"{person.name}; {person.email}" for person in right),
            "rights": form.rights,
        }
        return TemplateResponse(
            request, "delegation/user_invite_preview.html", context, status=200 if right else UNPROCESSABLE
        )
    try:
        invite_each(organisation_of(request), right, by=request.membership, **form.rights)
    except ValidationError as refusal:
        form.add_error("people", refusal)
        return TemplateResponse(request, "delegation/user_invite.html", {"form": form}, status=UNPROCESSABLE)
    words = ngettext("%(count)d person er inviteret.", "%(count)d personer er inviteret.", len(right))
    messages.success(request, words % {"count": len(right)})
    return redirect("user_list")


def told(people: list[Person]) -> dict[str, int]:
    return {"count": len(people), "most": MOST_LINES}


def with_access(own: Membership, people: list[Person]) -> set[str]:
    """The addresses of those who need no invitation."""
    held = colleagues(own).filter(user__email__in=[person.email for person in people])
    return {email for email in held.values_list("user__email", flat=True) if email}


@transaction.atomic
def invite_each(organisation: Company | School, people: Iterable[Person], **invitation: Any) -> None:
    """Raises ValidationError that names whom it is about, and invites nobody, where somebody cannot be invited."""
    for person in people:
        try:
            operations.invite(organisation, name=person.name, email=person.email, **invitation)
        except ValidationError as refusal:
            raise ValidationError([f"{person.email}: {message}" for message in refusal.messages]) from refusal


@of_user_administrators
@names_no_students
@require_POST
def invitation_again(request: Request, public_id: UUID) -> HttpResponseBase:
    found = one_invitation(request, public_id)
    operations.send_again(found, by=request.membership)
    messages.success(request, _("Invitationen er sendt igen. Det gamle link virker ikke længere."))
    return redirect("user_list")


@of_user_administrators
@names_no_students
@require_POST
def invitation_withdraw(request: Request, public_id: UUID) -> HttpResponseBase:
    operations.withdraw(one_invitation(request, public_id))
    messages.success(request, _("Invitationen er trukket tilbage. Linket virker ikke længere."))
    return redirect("user_list")


def one_invitation(request: Request, public_id: UUID) -> Invitation:
    """An open one; whoever takes it just now is waited for."""
    own = Invitation.objects.visible_to(request.membership).open().select_for_update(of=("self",))
    return get_object_or_404(own.select_related("company", "school"), public_id=public_id)


@of_user_administrators
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
def user_detail(request: Request, public_id: UUID) -> HttpResponseBase:
    """One user: since when, what they may, and two forms: other rights, and an end."""
    membership = get_object_or_404(colleagues(request.membership), public_id=public_id)
    is_own = membership.user_id == request.user.pk
    held = {name: getattr(membership, name) for name in RIGHTS} | {
        "workplace": membership.workplace.p_number if membership.workplace else None
    }
    ends = request.method == "POST" and "ends_on" in request.POST
    changes = request.method == "POST" and not ends
    rights = RightsForm(request.POST if changes else None, by=request.membership, initial=held)
    end = EndForm(request.POST if ends else None)
    form = end if ends else rights
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                if ends:
                    operations.end_membership(membership, on=end.cleaned_data["ends_on"], by=request.membership)
                else:
                    operations.change_rights(membership, rights.rights, by=request.membership)
            except ValidationError as refusal:
                form.add_error("ends_on" if ends else None, refusal)
            else:
                messages.success(request, _("Adgangen for %(name)s er rettet.") % {"name": membership.user.name})
                return redirect("user_list")
        status = UNPROCESSABLE
    context = {"user": membership, "is_own": is_own, "rights": rights, "end": end, "wrong": form}
    return TemplateResponse(request, "delegation/user_detail.html", context, status=status)


@of_user_administrators
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request: Request, public_id: UUID) -> HttpResponseBase:
    """Somebody asks for access: who the broker says they are, and yes with rights, or no."""
    asked = get_object_or_404(
        AccessRequest.objects.visible_to(request.membership).select_related("company", "school"), public_id=public_id
    )
    form = RightsForm(request.POST if request.method == "POST" else None, by=request.membership)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                if "no" in request.POST:
                    operations.refuse(asked, by=request.membership)
                    messages.success(request, _("Du har sagt nej. Personen får besked."))
                else:
                    operations.grant(asked, by=request.membership, rights=form.rights)
                    messages.success(request, _("Personen har fået adgang og får besked."))
            except ValidationError as refusal:
                form.add_error(None, refusal)
                status = CONFLICT
            else:
                return redirect("user_list")
        else:
            status = UNPROCESSABLE
    return TemplateResponse(request, "delegation/request_detail.html", {"asked": asked, "form": form}, status=status)


@of_user_administrators
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
def user_confirmation(request: Request) -> HttpResponseBase:
    """ÅRLIG BEKRÆFTELSE: each name, and whether they still act for the organisation."""
    own = request.membership
    confirmation = Confirmation.objects.visible_to(own).select_related("company", "school").first()
    status = 200
    if request.method == "POST":
        if confirmation is None:
            raise Http404
        given = {
            int(name.removeprefix(ANSWER)): value == YES
            for name, value in request.POST.items()
            if name.startswith(ANSWER) and name.removeprefix(ANSWER).isdecimal() and value in {YES, NO}
        }
        is_alone = not confirmations.to_answer(confirmation, own)
        try:
            done = confirmations.answer(confirmation, given, by=own)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return redirect("user_confirmation")
        if is_alone:
            messages.success(request, _("Tak. Du er bekræftet for i år."))
            return redirect("user_confirmation")
        if done:
            words = ngettext("%(count)d svar er gemt.", "%(count)d svar er gemt.", done)
            messages.success(request, words % {"count": done})
            return redirect("user_confirmation")
        status = UNPROCESSABLE
    lines = confirmations.lines_of(confirmation) if confirmation else []
    waiting = {line.pk for line in confirmations.to_answer(confirmation, own)} if confirmation else set()
    context = {
        "confirmation": confirmation,
        "waiting": [line for line in lines if line.pk in waiting],
        "answered": [line for line in lines if line.answered_at],
        "nothing_chosen": status == UNPROCESSABLE,
    }
    return TemplateResponse(request, "delegation/user_confirmation.html", context, status=status)


@of_user_administrators
@names_students(STUDENT_CODES)
@require_safe
def student_codes(request: Request) -> HttpResponseBase:
    """A school's students without access, to print letters for: all that are found, or those that are ticked."""
    if not request.membership.school_id:
        raise Http404
    filters = StudentFilterForm(request.GET)
    found = filters.narrow(students_of_letters(request.membership, has_access=False))
    page = page_at(
        request.GET,
        lambda page_range: page_range.of(found, ("sort_key", "id")),
        lambda public_id: found.filter(public_id=public_id).values_list("sort_key", "id").first(),
        count=found.count(),
        size=STUDENTS_ON_A_PAGE,
    )
    log_access(request.membership, STUDENT_CODES, [student.pk for student in page])
    codes = open_codes(page.rows)
    context = {
        "filters": filters,
        "page": page,
        "rows": [(student, codes.get(student.pk)) for student in page],
        "page_links": links(filters, page),
        "most": MOST_LETTERS,
        "with_access": students_of_letters(request.membership, has_access=True).count(),
    }
    return TemplateResponse(request, "delegation/student_codes.html", context)


@of_user_administrators
@names_students(STUDENT_CODES)
@require_POST
@sensitive_variables()
def student_letters(request: Request) -> HttpResponseBase:
    """A page to print, with a letter and a new code for each student that was chosen. The codes are shown only here."""
    if not request.membership.school_id:
        raise Http404
    chosen = [uuid for text in request.POST.getlist("elev") if (uuid := uuid_in(text))]
    found = students_of_letters(request.membership, has_access=False)
    if "alle" in request.POST:
        found = StudentFilterForm(request.POST).narrow(found)
    else:
        found = found.filter(public_id__in=chosen)
    students: list[Student] = list(found.order_by("sort_key", "id")[: MOST_LETTERS + 1])
    if not students or len(students) > MOST_LETTERS:
        text = _("Vælg mindst én elev.") if not students else _("Det er for mange på én gang. Vælg højst 300 elever.")
        messages.error(request, text)
        return redirect("student_codes")
    log_access(request.membership, STUDENT_CODES, [student.pk for student in students])
    letters = [(student, *operations.invite_student(student, by=request.membership)) for student in students]
    context = {
        "letters": letters,
        "school": request.membership.school,
        "invitation_address": request.build_absolute_uri(reverse("invitation")),
    }
    return TemplateResponse(request, "delegation/student_letters.html", context)
