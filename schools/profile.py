"""What the profile of one student shows: their entry of today, their assessments and their agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BooleanField, ExpressionWrapper

from laereplads.people.models import Agreement
from risk.models import RiskAssessment
from schools.models import StudentListEntry
from schools.queries import is_followed

if TYPE_CHECKING:
    from uuid import UUID

    from laereplads.access.models import Membership


def one_student(membership: Membership, public_id: UUID) -> StudentListEntry | None:
    """Today's entry of one of the school's students, with whether they are followed."""
    entries = StudentListEntry.objects.visible_to(membership).select_related("student__education")
    followed = ExpressionWrapper(is_followed(membership), output_field=BooleanField())
    return entries.filter(public_id=public_id).annotate(is_followed=followed).first()


def assessments_of(membership: Membership, student: int) -> list[RiskAssessment]:
    """The assessments of a student that the school may see, oldest first."""
    visible = RiskAssessment.objects.visible_to(membership).filter(agreement__student=student)
    return list(visible.with_recorder().select_related("agreement").order_by("id"))


def agreements_of(membership: Membership, student: int) -> list[Agreement]:
    """The agreements of a student that the school may see, newest first."""
    visible = Agreement.objects.visible_to(membership).filter(student=student)
    return list(
        visible.select_related("company", "workplace", "education")
        .prefetch_related("takeovers__merger__company")
        .order_by("-starts_on")
    )
