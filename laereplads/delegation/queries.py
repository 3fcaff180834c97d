"""Who acts for an organisation, and which of a school's students have no access yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from laereplads.access.models import STAFF_ROLES, Membership, holds_on
from laereplads.access.roles import Role
from laereplads.delegation.models import Invitation, of_own_organisation
from laereplads.people.models import Student

if TYPE_CHECKING:
    from laereplads.access.models import MembershipQuerySet
    from laereplads.people.models.students import StudentQuerySet

# What no page about users needs of them, and so may not read.
UNREAD_OF_USERS = ("password", "last_login", "is_break_glass")
BY_NAME = ("user__sort_key", "pk")


def colleagues(own: Membership) -> MembershipQuerySet:
    """Everybody who acts, or is about to act, for the organisation; limited to a workplace where `own` is.

    Each with `last_signed_in_at`, by the organisation's own login; never by another's.
    """
    if own.role not in STAFF_ROLES:
        return Membership.objects.none()
    today = timezone.localdate()
    held = Membership.objects.filter(of_own_organisation(own), user__is_active=True)
    cvr = own.company.cvr if own.company else own.school.cvr if own.school else ""
    of_this_organisation = Q(user__identities__cvr=cvr, user__identities__ended_at=None)
    return (
        held.filter(Q(ends_on=None) | Q(ends_on__gte=today))
        .select_related("user", "workplace")
        .defer(*(f"user__{column}" for column in UNREAD_OF_USERS))
        .annotate(last_signed_in_at=Max("user__identities__last_signed_in_at", filter=of_this_organisation))
    )


def students_of_letters(own: Membership, *, has_access: bool) -> StudentQuerySet:
    """The school's students who can log in today, or who cannot."""
    held = Membership.objects.filter(holds_on(timezone.localdate()), student=OuterRef("pk"), role=Role.STUDENT)
    return (
        Student.objects.visible_to(own)
        .only(
            "id", "public_id", "name", "sort_key", "student_number", "birth_date", "email", "education_id", "school_id"
        )
        .filter(Exists(held) if has_access else ~Exists(held))
    )


def open_codes(students: list[Student]) -> dict[int, Invitation]:
    """The open codes of these students, by student."""
    found = Invitation.objects.open().filter(student__in=[student.pk for student in students])
    return {invitation.student_id: invitation for invitation in found if invitation.student_id}
